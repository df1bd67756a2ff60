"""P16: three times the peak, then recovery; with clients that give up, and with clients that ask
again at once."""
import json
import os
import subprocess
import sys
import urllib.request

from stage import BINARY, Product, folder, halves, median, on_cores, remove, rss_kib


def borne(retry, seconds):
    """One run: a ramp finds the peak, then three times as much, then half of it."""
    data = folder()
    ours, theirs = halves()
    product = Product(data, cores=ours)
    path = data + ".json"
    try:
        subprocess.run(
            [BINARY, "load", "--url", product.url, "--ramp", "200:8000", "--overload", "3",
             "--duration", f"{seconds}s", "--retry", retry, "--connections", "4000", "--json", path],
            check=True, stdout=subprocess.DEVNULL, preexec_fn=on_cores(theirs))
        with open(path) as file:
            result = json.load(file)
        with urllib.request.urlopen(product.url + "/health/ready", timeout=5) as answer:
            if answer.status != 200:
                raise RuntimeError("the product is not ready after the overload")
        overload = next(each for each in result["phases"] if each["name"] == "overload")
        kinds = ", ".join(f"{name} {count}" for name, count in result["total"]["kinds"].items())
        print(f"  {retry}: {result['overload']}; {kinds}", file=sys.stderr, flush=True)
        recovery = result["overload"]["recovery_seconds"]
        return {"peak": result["overload"]["peak_per_second"],
                "goodput": result["overload"]["goodput_per_second"],
                "ratio": result["overload"]["ratio"],
                "recovery": float("inf") if recovery is None else recovery,
                "p99_ms": overload["latency_us"]["p99"] / 1e3,
                "rss_mib": rss_kib(product.pid) / 1024}
    finally:
        product.stop()
        if os.path.exists(path):
            os.unlink(path)
        remove(data)


def p16(runs, quick):
    rows = []
    seconds = 5 if quick else 10
    measured = {"none": [], "storm": []}
    for _ in range(runs):
        for retry, results in measured.items():
            results.append(borne(retry, seconds))
    for retry, results in measured.items():
        def m(key):
            return median([result[key] for result in results])
        clients = "clients that give up" if retry == "none" else "clients that ask again at once"
        rows.append((
            "P16", f"overload 3 ×, {clients}",
            f"peak {m('peak'):,.0f}/s; under overload {m('goodput'):,.0f}/s, p99 of what was "
            f"acknowledged {m('p99_ms'):,.0f} ms; again as before within {m('recovery'):.0f} s; "
            f"{m('rss_mib'):.0f} MiB afterwards",
            "its own peak", f"{m('ratio'):.2f} ×", "≥ 0.8 goodput; ≤ 10 s",
            m("ratio") >= 0.8 and m("recovery") <= 10))
    return rows
