"""P8: a span with ten attributes, next to opentelemetry-cpp."""
import json
import os
import subprocess

from stage import ROOT, helper, median

RELEASE = os.path.join(ROOT, "build", "release")
MISSING = ("opentelemetry-cpp-dev is missing: Debian 12 has it in bookworm-backports; after "
           "`apt-get install -t bookworm-backports opentelemetry-cpp-dev`, or with OTEL_CPP=the "
           "folder its packages were unpacked to, P8 runs against it")


def otel_root():
    """Where opentelemetry-cpp's headers and libraries are: /usr, or what OTEL_CPP says."""
    for root in (os.environ.get("OTEL_CPP"), "/usr"):
        if root and os.path.isdir(os.path.join(root, "include", "opentelemetry", "sdk")):
            return root
    return None


def build():
    rooms = [os.path.join(RELEASE, f"libwaybill_{name}.a")
             for name in ("telemetry", "runtime", "base")]
    boost = os.path.join(RELEASE, "cmake", "pch", "libwaybill_boost.a")
    subprocess.run(["clang++-19", "-std=c++20", "-O2", "-I" + ROOT,
                    "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
                    "-DBOOST_ASIO_DISABLE_VISIBILITY",
                    os.path.join(ROOT, "bench", "span_bench.cpp"), "-o", helper("span_bench"),
                    *rooms, boost, "-lfmt", "-lssl", "-lcrypto", "-lpthread"], check=True)
    root = otel_root()
    if root is None:
        return False
    libraries = os.path.join(root, "lib", "x86_64-linux-gnu")
    subprocess.run(["clang++-19", "-std=c++20", "-O2", "-I" + ROOT,
                    "-isystem", os.path.join(root, "include"),
                    os.path.join(ROOT, "bench", "otel_bench.cpp"), "-o", helper("otel_bench"),
                    "-L" + libraries, "-Wl,-rpath," + libraries, "-lopentelemetry_trace",
                    "-lopentelemetry_resources", "-lopentelemetry_common"], check=True)
    return True


def nanoseconds(name):
    result = json.loads(subprocess.run([helper(name)], check=True, stdout=subprocess.PIPE).stdout)
    if result["exported"] < result["expected"]:
        raise RuntimeError(f"{name} lost spans: {result}")
    return result["ns"]


def p8(runs, quick):
    peer = build()
    ours, theirs = [], []
    for _ in range(1 if quick else runs):
        ours.append(nanoseconds("span_bench"))
        if peer:
            theirs.append(nanoseconds("otel_bench"))
    own = median(ours)
    if not peer:
        return [("P8", "span with 10 attributes", f"{own:.0f} ns CPU", MISSING, "–",
                 "≤ 100 ns and ≤ 1/10", False)]
    other = median(theirs)
    return [("P8", "span with 10 attributes", f"{own:.0f} ns CPU",
             f"opentelemetry-cpp {other:,.0f} ns", f"1/{other / own:.1f}", "≤ 100 ns and ≤ 1/10",
             own <= 100 and own <= other / 10)]
