"""P5, P6, P7: the gateway's hop, next to nginx (plain proxy) and HAProxy (the same checks)."""
import atexit
import os
import socket
import subprocess
import time

from stage import Product, folder, helper, load, median, remove, tree_cpu, write_lines

PATH = "/v1/orders/01a20e38-4482-7eb0-bfaa-3dd69201cfed"

NGINX = """daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
worker_rlimit_nofile 60000;
events {{ worker_connections 20000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    upstream orders {{ server 127.0.0.1:{upstream}; keepalive 128;
                       keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            proxy_pass http://orders; proxy_http_version 1.1; proxy_set_header Connection "";
        }}
    }}
}}
"""

HAPROXY = """global
    nbthread 2
    maxconn 8000
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    http-reuse always
frontend gateway
    bind 127.0.0.1:{port}
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{key}") -m int 1 }}
    http-request set-var(txn.now) date
    http-request set-var(txn.left) var(txn.bearer),jwt_payload_query('$.exp','int'),sub(txn.now)
    http-request deny deny_status 401 unless {{ var(txn.left) -m int gt 0 }}
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_payload_query('$.iss') -m str "{issuer}" }}
    http-request set-var(txn.scope) var(txn.bearer),jwt_payload_query('$.scope')
    http-request deny deny_status 403 unless {{ var(txn.scope) -m reg (^|\\s)orders\\.read(\\s|$) }}
    http-request set-var(txn.sub) var(txn.bearer),jwt_payload_query('$.sub')
    http-request track-sc0 var(txn.sub) table subjects
    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 1000000 }}
    http-request del-header X-Forwarded- -m beg
    http-request del-header Forwarded
    http-request del-header X-User-Id
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Request-Id %[uuid()]
    http-request set-header traceparent 00-%[rand(2147483647),hex]-%[rand(2147483647),hex]-01
    http-request set-header Via "1.1 gateway"
    http-response set-header Via "1.1 gateway"
    http-response set-header RateLimit "limit=1000000"
    default_backend orders
backend subjects
    stick-table type string len 64 size 100k expire 10s store http_req_rate(1s)
backend orders
    server one 127.0.0.1:{upstream}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A proxy on a free port; ready when the constructor returns."""

    def __init__(self, name, arguments, port):
        self.name, self.port = name, port
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        atexit.register(self.process.terminate)
        self.pid = self.process.pid
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(name + " does not listen")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        atexit.unregister(self.process.terminate)


class Hops:
    """The upstream and, in front of it, the gateway, nginx and HAProxy, all at once."""

    def __init__(self):
        self.data = folder()
        self.home = folder()
        os.chmod(self.home, 0o755)
        self.upstream = subprocess.Popen([helper("upstream")], stdout=subprocess.PIPE, text=True)
        atexit.register(self.upstream.kill)
        port = int(self.upstream.stdout.readline())
        self.upstream_port = port
        upstreams = {f"gateway.upstreams.{name}": f"http://127.0.0.1:{port}"
                     for name in ("orders", "inventory", "notifications", "audit")}
        self.product = Product(self.data, "gateway,identity", upstreams)
        token = self.product.token()
        self.token = write_lines(self.data + ".token", [token])
        key = os.path.join(self.home, "key.pem")
        private = os.path.join(self.data, "identity-signing-key.pem")
        subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", key], check=True,
                       stderr=subprocess.DEVNULL)
        self.private = private
        self.nginx = self._start("nginx", NGINX, "nginx -c", key)
        self.haproxy = self._start("haproxy", HAPROXY, "haproxy -f", key)
        self.all = {"gateway": self.product, "nginx": self.nginx, "haproxy": self.haproxy}

    def _start(self, name, text, command, key):
        port = free_port()
        path = os.path.join(self.home, name + ".conf")
        with open(path, "w") as file:
            file.write(text.format(folder=self.home, upstream=self.upstream_port, port=port,
                                   key=key, issuer=self.product.url + "/realms/waybill"))
        return Peer(name, command.split() + [path], port)

    def tokens(self, count):
        path = self.data + ".tokens"
        with open(self.token) as source, open(path, "w") as target:
            subprocess.run([helper("tokens"), self.private, str(count)], stdin=source,
                           stdout=target, check=True)
        return path

    def cpu_us(self, server, requests, token, connections=64):
        before = tree_cpu(server.pid)
        result = load(server.port, connections=connections, requests=requests, get=PATH,
                      token=token)
        return (tree_cpu(server.pid) - before) / result["ok"] * 1e6, result

    def stop(self):
        for server in self.all.values():
            server.stop()
        self.upstream.kill()
        self.upstream.wait()
        remove(self.data)
        remove(self.home)


def costs(hops, runs, requests, token):
    """Interleaved: CPU-µs a request of each server, and requests a second."""
    rows = {name: [] for name in hops.all}
    rates = {name: [] for name in hops.all}
    for server in hops.all.values():
        hops.cpu_us(server, requests // 10, token)
    for _ in range(runs):
        for name, server in hops.all.items():
            cost, result = hops.cpu_us(server, requests, token)
            rows[name].append(cost)
            rates[name].append(result["ok"] / result["seconds"])
    return ({name: median(values) for name, values in rows.items()},
            {name: median(values) for name, values in rates.items()})


def p5_p6_p7(runs, quick):
    hops = Hops()
    try:
        known, rates = costs(hops, runs, 20_000 if quick else 40_000, hops.token)
        count = 6_000 if quick else 10_000
        fresh, _ = costs(hops, runs, count, hops.tokens(count))
        added = latencies(hops, runs, 5_000 if quick else 15_000)
    finally:
        hops.stop()
    nginx, haproxy = known["gateway"] / known["nginx"], known["gateway"] / known["haproxy"]
    new = fresh["gateway"] / fresh["haproxy"]
    slower = added["gateway"] / added["nginx"]
    return [
        ("P5", "gateway, known token",
         f"{known['gateway']:.1f} µs CPU a request; {rates['gateway']:,.0f}/s",
         f"nginx {known['nginx']:.1f} µs ({rates['nginx']:,.0f}/s); "
         f"HAProxy {known['haproxy']:.1f} µs ({rates['haproxy']:,.0f}/s)",
         f"{nginx:.2f} × and {haproxy:.2f} ×", "≤ 1.0 × nginx; ≤ 0.2 × HAProxy",
         nginx <= 1 and haproxy <= 0.2),
        ("P6", "gateway, a new token each request", f"{fresh['gateway']:.1f} µs CPU a request",
         f"HAProxy {fresh['haproxy']:.1f} µs; nginx, which checks nothing, "
         f"{fresh['nginx']:.1f} µs", f"{new:.2f} ×", "≤ 0.7 × HAProxy", new <= 0.7),
        ("P7", "latency added at one connection, p50", f"+{added['gateway']:.1f} µs",
         f"nginx +{added['nginx']:.1f} µs; HAProxy +{added['haproxy']:.1f} µs",
         f"{slower:.2f} × nginx", "≤ 12 µs where nginx adds 11: 1.09 × nginx", slower <= 12 / 11),
    ]


def latencies(hops, runs, requests):
    rows = {name: [] for name in hops.all}
    for _ in range(runs):
        plain = load(hops.upstream_port, connections=1, requests=requests, get=PATH,
                     token=hops.token)["p50_us"]
        for name, server in hops.all.items():
            result = load(server.port, connections=1, requests=requests, get=PATH,
                          token=hops.token)
            rows[name].append(result["p50_us"] - plain)
    return {name: median(values) for name, values in rows.items()}
