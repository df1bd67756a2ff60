"""P12 and P13: start to ready; memory at rest and of idle connections."""
import os
import re
import subprocess
import time

from hops import NGINX, Peer, free_port
from stage import (Product, folder, helper, load, median, remove, tree_rss_kib)


def started(data):
    product = Product(data)
    product.stop()
    return product.start_seconds * 1e3


def p12(runs, quick):
    count = max(runs, 5 if quick else 15)
    empty, existing = [], []
    data = folder()
    started(data)
    try:
        for _ in range(count):
            fresh = folder()
            empty.append(started(fresh))
            remove(fresh)
            existing.append(started(data))
    finally:
        remove(data)
    keys = median([key_ms() for _ in range(count)])
    return [("P12", "start to ready, embedded",
             f"{median(existing):.0f} ms on existing data, {median(empty):.0f} ms on an empty "
             f"folder (median of {count})",
             f"openssl genrsa 2048: {keys:.0f} ms", "–", "≤ 60 ms; ≤ 350 ms",
             median(existing) <= 60 and median(empty) <= 350)]


def key_ms():
    began = time.monotonic()
    subprocess.run(["openssl", "genrsa", "2048"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1e3


def bytes_a_connection(server, connections):
    """What idle connections, each of which had one answer, add to the process's memory, which has
    seen requests before (its telemetry keeps as much as it may)."""
    path = "/health/live" if isinstance(server, Product) else "/"
    load(server.port, connections=16, requests=40_000, get=path)
    before = tree_rss_kib(server.pid)
    holder = subprocess.Popen([helper("loadgen"), "--port", str(server.port), "--connections",
                               str(connections), "--hold", "3", "--get", path],
                              stdout=subprocess.PIPE, text=True)
    answered = int(re.search(r'"ok":(\d+)', holder.stdout.readline()).group(1))
    if answered != connections:
        raise RuntimeError(f"{answered} of {connections} connections were answered")
    time.sleep(1)
    during = tree_rss_kib(server.pid)
    holder.communicate()
    return (during - before) * 1024 / connections


def idle_nginx(home):
    os.chmod(home, 0o755)
    path, port = os.path.join(home, "nginx.conf"), free_port()
    text = NGINX.replace("proxy_pass http://orders; proxy_http_version 1.1; "
                         'proxy_set_header Connection "";', "return 200;")
    with open(path, "w") as file:
        file.write(text.format(folder=home, upstream=free_port(), port=port))
    return Peer("nginx", ["nginx", "-c", path], port)


def p13(runs, quick):
    connections = 5_000
    rest, ours, theirs = [], [], []
    for _ in range(runs):
        data, home = folder(), folder()
        product = Product(data)
        nginx = idle_nginx(home)
        try:
            time.sleep(2)
            rest.append(tree_rss_kib(product.pid) / 1024)
            ours.append(bytes_a_connection(product, connections))
            theirs.append(bytes_a_connection(nginx, connections))
        finally:
            product.stop()
            nginx.stop()
            remove(data)
            remove(home)
    return [("P13", "memory, all services in one process",
             f"{median(rest):.1f} MiB idle; {median(ours) / 1024:.2f} KiB an idle connection "
             f"({connections:,} of them)",
             f"nginx {median(theirs) / 1024:.2f} KiB a connection",
             f"{median(ours) / median(theirs):.2f} × nginx's connection" if median(theirs) > 0
             else "–",
             "≤ 30 MB; ≤ 1.5 KB",
             median(rest) * 1.048576 <= 30 and median(ours) <= 1536)]
