"""Runs the real `waybill` for the tests: one process, its own data folder, a free port."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from client import Client
from tokens import Tokens

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOG_TAIL_LINES = 60


def binary():
    """The program under test."""
    return os.environ.get("WAYBILL_BINARY") or os.path.join(ROOT, "build/release/waybill")


def allow(seconds):
    """A deadline that also a sanitizer build can meet."""
    return seconds * (6 if os.environ.get("WAYBILL_SLOW") == "1" else 1)


def wait_until(condition, what, seconds=10.0):
    """Asks again until `condition` answers something true, which it returns."""
    deadline = time.monotonic() + allow(seconds)
    pause = 0.002
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {allow(seconds):g} s: {what}; last: {answer!r}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def clean_environment():
    """The caller's environment without what would configure the program."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("WAYBILL_", "OTEL_"))}


def run_command(*arguments, seconds=20.0, environment=None):
    """Runs `waybill ARGUMENTS` to its end; answers (exit code, standard output, standard error)."""
    done = subprocess.run([binary(), *arguments], capture_output=True, text=True, check=False,
                          timeout=allow(seconds), cwd=tempfile.gettempdir(),
                          env=clean_environment() | (environment or {}))
    return done.returncode, done.stdout, done.stderr


_held_ports = []


def free_port(lowest=20_000, highest=29_999, dice=random):
    """A port for a process whose address others know before it runs, or keep while it is killed
    and started again. It stays this test's own until the test's process ends: a socket is bound to
    it that never listens. Else the system might give it to another, also to a client that keeps
    calling it: a call to a dead port from that same port connects to itself."""
    while True:
        sock = socket.socket()
        try:
            sock.bind(("127.0.0.1", dice.randint(lowest, highest)))
        except OSError:
            sock.close()
            continue
        # Bound alone, and open from now on to who asks for the address to be used again.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _held_ports.append(sock)
        return sock.getsockname()[1]


class Folder:
    """A temporary folder that is removed at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="waybill-test-")

    def file(self, name):
        return os.path.join(self.path, name)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Waybill:
    """One running process. `data` of a former one may be given to start it again."""

    def __init__(self, *settings, data=None, services=None, listen="127.0.0.1:0", wait=True,
                 environment=None):
        self.folder = Folder()
        self.data = data or self.folder.file("data")
        self.log_path = self.folder.file("log")
        self.settings = settings
        arguments = ["serve", "--listen", listen, "--data", self.data]
        for setting in settings:
            arguments += ["--set", setting]
        if services:
            arguments += ["--services", services]
        reader, writer = os.pipe()
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [binary(), *arguments, "--ready-fd", str(writer)], stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, pass_fds=(writer,), cwd=self.folder.path,
            env=clean_environment() | (environment or {}))
        os.close(writer)
        self.ready_pipe = os.fdopen(reader, "rb")
        self.ready_line = b""
        threading.Thread(target=self._read_ready, daemon=True).start()
        self.port = self.host = self.url = self.tokens = None
        if wait:
            self.wait_ready()

    def _read_ready(self):
        with self.ready_pipe as pipe:
            self.ready_line = pipe.readline()

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}\n{self.tail()}")
            return self.ready_line == b"READY=1\n"
        try:
            wait_until(ready, "the process says READY=1", 30)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.tail()}") from None
        wait_until(lambda: " is ready at " in self.text(), "the process names its URL")
        self.url = self.text().split(" is ready at ")[1].split()[0]
        self.host = self.url.split("//")[1]
        self.port = int(self.host.rsplit(":", 1)[1])
        self.tokens = Tokens(self)

    def text(self):
        """All that the process has printed."""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tail(self):
        lines = self.text().splitlines()[-LOG_TAIL_LINES:]
        return "\n".join(["--- the process's last lines ---", *lines, "---"])

    def client(self, user=None, **options):
        """A client with a token of `user`, or none."""
        return Client(self.port, self.tokens.of(user) if user else None, **options)

    def running(self):
        return self.process.poll() is None

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait_end(self, seconds=20.0):
        """The exit code."""
        try:
            return self.process.wait(allow(seconds))
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(allow(10))
            raise AssertionError(f"it did not end within {allow(seconds):g} s and was aborted\n"
                                 f"{self.tail()}") from None

    def stop(self, seconds=20.0):
        """Ends it as an operator would; the exit code."""
        if self.running():
            self.terminate()
        code = self.wait_end(seconds)
        self.log.close()
        return code

    def kill(self):
        """Ends it as a power cut would."""
        if self.running():
            self.process.kill()
        self.process.wait(allow(10))
        self.log.close()

    def discard(self):
        self.kill()
        self.folder.remove()


class Case(unittest.TestCase):
    """Tests that share one running platform, started with `settings`."""

    settings = ()
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.waybill = Waybill(*cls.settings)

    @classmethod
    def tearDownClass(cls):
        code = cls.waybill.stop()
        tail = cls.waybill.tail()
        cls.waybill.discard()
        if code != 0:
            raise AssertionError(f"after these tests the process ended with {code}\n{tail}")

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        answer = super().run(result)
        if len(result.failures) + len(result.errors) > before and hasattr(result, "note"):
            result.note(self.waybill.tail())
        return answer

    def client(self, user=None, **options):
        return self.waybill.client(user, **options)

    def product(self, quantity=100, **members):
        """A new product of this test's own, known to orders."""
        return make_product(self.waybill, quantity, **members)


def make_product(waybill, quantity=100, **members):
    operator = waybill.client("operator")
    body = {"sku": unique("T"), "name": "Thing", "price": "10.00", "quantity": quantity, **members}
    product = operator.post("/v1/inventory/products", body).expect(201).json
    customer = waybill.client("customer2")

    def known():
        # Asserting a wrong price tells whether the catalogue's replica has the product, and
        # never makes an order.
        answer = customer.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1,
                                                         "unitPrice": "0.01"}]})
        return answer.status == 409
    wait_until(known, f"orders knows {product['sku']}")
    return product


_count = 0
_lock = threading.Lock()


def unique(prefix):
    """A name that no other test has."""
    global _count
    with _lock:
        _count += 1
        return f"{prefix}-{os.getpid()}-{_count}"


def in_parallel(calls, threads=None):
    """Runs the callables side by side, all beginning at once; their answers in order."""
    answers = [None] * len(calls)
    failures = []
    begin = threading.Barrier(threads or len(calls))
    share = threads or len(calls)

    def work(worker):
        begin.wait()
        for index in range(worker, len(calls), share):
            try:
                answers[index] = calls[index]()
            except BaseException as error:  # handed to the test below
                failures.append(error)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(share)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return answers


def settled(client, order_id, status, seconds=10.0):
    """The order once it has this status."""
    def look():
        order = client.get(f"/v1/orders/{order_id}").expect(200).json
        return order if order["status"] == status else None
    return wait_until(look, f"order {order_id} is {status}", seconds)


def say(text):
    print(text, file=sys.stderr, flush=True)
