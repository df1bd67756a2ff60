"""What every benchmark stands on: the product as a process, helpers, CPU accounting."""
import atexit
import glob
import json
import os
import re
import resource
import select
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BINARY = os.path.join(ROOT, "build", "release", "waybill")
TICK = os.sysconf("SC_CLK_TCK")
LIMITS = {
    "gateway.rate_limit": "1000000/s",
    "gateway.rate_limit_burst": "10000000",
    "http.connections_max": "100000",
    "http.connections_per_client_max": "100000",
    "log.format": "json",
}


def helper(name):
    """Where the helper program of that name was built (see build_tools)."""
    return os.path.join(os.environ["BENCH_TOOLS"], name)


def build_tools(folder):
    os.makedirs(folder, exist_ok=True)
    os.environ["BENCH_TOOLS"] = folder
    for source, compiler, flags, libraries in (
            ("loadgen.cpp", "clang++-19", ["-std=c++20"], []),
            ("sqlite_peer.c", "clang-19", [], ["-lsqlite3"]),
            ("upstream.c", "clang-19", [], []),
            ("tokens.c", "clang-19", [], ["-lcrypto"])):
        path = os.path.join(HERE, source)
        target = helper(source.split(".")[0])
        if os.path.exists(target) and os.path.getmtime(target) > os.path.getmtime(path):
            continue
        subprocess.run([compiler, "-O2", *flags, path, "-o", target, *libraries], check=True)


def ticks_of(pid):
    """CPU seconds (user and system) that a process and its reaped children have used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / TICK


def tree_cpu(pid):
    """CPU seconds of a process and its living descendants."""
    total = ticks_of(pid)
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        for child in file.read().split():
            total += tree_cpu(int(child))
    return total


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def tree_rss_kib(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return rss_kib(pid) + sum(tree_rss_kib(int(child)) for child in file.read().split())


def many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 100_000)), hard))


def on_cores(cores):
    """For a child process: keeps it on these CPUs."""
    return None if cores is None else lambda: os.sched_setaffinity(0, cores)


def halves():
    """The CPUs of this machine in two parts, so that a generator that works three times as hard
    takes nothing away from what it measures. On a machine with one they are the same."""
    cores = sorted(os.sched_getaffinity(0))
    middle = max(1, len(cores) // 2)
    return set(cores[:middle]), set(cores[middle:] or cores)


def median(values):
    return statistics.median(values)


def folder():
    """A fresh folder on the disk that the product would use."""
    return tempfile.mkdtemp(prefix="waybill-bench-", dir=os.environ.get("BENCH_DISK"))


class Product:
    """`waybill serve` on a free port, ready when the constructor returns. `cores`: the CPUs that
    it may use; nothing: all."""

    def __init__(self, data, services="all", settings=None, binary=None, cores=None):
        ready, told = os.pipe()
        arguments = [binary or BINARY, "serve", "--listen", "127.0.0.1:0", "--data", data,
                     "--services", services, "--ready-fd", str(told)]
        for key, value in {**LIMITS, **(settings or {})}.items():
            arguments += ["--set", f"{key}={value}"]
        self.log = open(data.rstrip("/") + ".log", "ab+")
        began = time.monotonic()
        offset = self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(arguments, pass_fds=[told], stdout=subprocess.DEVNULL,
                                        stderr=self.log, preexec_fn=on_cores(cores))
        atexit.register(self.process.kill)
        os.close(told)
        if not select.select([ready], [], [], 60)[0] or not os.read(ready, 64):
            raise RuntimeError("the product did not start; see " + self.log.name)
        self.start_seconds = time.monotonic() - began
        os.close(ready)
        self.pid = self.process.pid
        self.port = self._port(offset)
        self.url = f"http://127.0.0.1:{self.port}"

    def _port(self, offset):
        for _ in range(200):
            with open(self.log.name) as file:
                file.seek(offset)
                found = re.search(r"http://127\.0\.0\.1:(\d+)", file.read())
            if found:
                return int(found.group(1))
            time.sleep(0.01)
        raise RuntimeError("the product printed no address; see " + self.log.name)

    def token(self, user="customer1"):
        body = (f"grant_type=password&client_id=waybill-cli&username={user}"
                "&password=waybill").encode()
        path = self.url + "/realms/waybill/protocol/openid-connect/token"
        with urllib.request.urlopen(urllib.request.Request(path, body)) as answer:
            return json.load(answer)["access_token"]

    def call(self, path, token=None, body=None, method=None, headers=None):
        request = urllib.request.Request(self.url + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        if token:
            request.add_header("Authorization", "Bearer " + token)
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def metric(self, name, **labels):
        """The sum of a metric's series that carry these labels."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            text = answer.read().decode()
        total = 0.0
        for found in re.finditer(rf"^{name}(?:{{([^\n]*?)}})? (\S+)", text, re.MULTILINE):
            if all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
                total += float(found[2])
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        atexit.unregister(self.process.kill)
        self.log.close()


def load(port, **options):
    """Runs the load generator to its end; its JSON, in which every request must have succeeded."""
    arguments = [helper("loadgen"), "--port", str(port)]
    for name, value in options.items():
        arguments += ["--" + name, str(value)]
    result = json.loads(subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout)
    if result["errors"]:
        raise RuntimeError(f"the load met refusals: {result['errors']}")
    return result


def write_lines(path, lines):
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def remove(path):
    """Removes a folder and the files that stand beside it under its name."""
    shutil.rmtree(path, ignore_errors=True)
    for beside in glob.glob(glob.escape(path) + ".*"):
        os.unlink(beside)
