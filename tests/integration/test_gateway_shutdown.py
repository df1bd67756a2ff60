"""SIGTERM to a gateway whose upstreams, issuer and clients do not play along: it ends in time all
the same, in good order, and says what it cut off."""

import socket
import threading
import unittest

from client import TIMEOUT_S
from harness import Waybill, wait_until

SERVICES = ("orders", "inventory", "notifications", "audit")
ORDER = "/v1/orders/00000000-0000-7000-8000-000000000001"
# What runs is given 10 s to finish; then it is cut off. A request may ask for 30 s.
END_S = 25
CUT_OFF = "the rest is cut off"


class Peer:
    """A listener that answers by path: `/…/stream` begins events and falls silent, `/…/export`
    never stops sending, anything else is read and never answered."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.held, self.asked = [], []
        self.left = threading.Event()  # a stream's reader has gone
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return  # closed
            self.held.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(65536)
            path = head.split()[1].decode()
            self.asked.append(path)
            if path.endswith("/stream"):
                self._begin(sock, b"text/event-stream")
                self._chunk(sock, b"retry: 2000\n\nid: 1\nevent: OrderCreated\ndata: {}\n\n")
                while sock.recv(65536):
                    pass
                self.left.set()
            elif path.endswith("/export"):
                self._begin(sock, b"application/x-ndjson")
                while True:
                    self._chunk(sock, b"{}\n" * 10_000)
        except OSError:
            self.left.set()

    @staticmethod
    def _begin(sock, kind):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind +
                     b"\r\nTransfer-Encoding: chunked\r\n\r\n")

    @staticmethod
    def _chunk(sock, data):
        sock.sendall(b"%x\r\n%s\r\n" % (len(data), data))

    def close(self):
        for sock in (self.listener, *self.held):
            sock.close()


class Shutdown(unittest.TestCase):
    """What the tests share: a gateway before one peer, and the measured end."""

    def start(self, peer, *settings, services):
        self.waybill = Waybill(*(f"gateway.upstreams.{name}={peer.url}" for name in SERVICES),
                               *settings, services=services)
        self.addCleanup(self.waybill.discard)

    def ends(self, cut_off=False):
        """SIGTERM ends it in good order, in time, and with a word if something was cut off."""
        self.waybill.terminate()
        self.assertEqual(self.waybill.wait_end(END_S), 0, self.waybill.tail())
        self.assertEqual(CUT_OFF in self.waybill.text(), cut_off, self.waybill.tail())


class SilentUpstream(Shutdown):
    def setUp(self):
        self.peer = Peer()
        self.addCleanup(self.peer.close)
        self.start(self.peer, services="gateway,identity")

    def ask(self, method, path, *fields, body=b"", user="customer1"):
        """A request whose answer is not waited for; its socket."""
        sock = socket.create_connection(("127.0.0.1", self.waybill.port), timeout=TIMEOUT_S)
        self.addCleanup(sock.close)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.waybill.host}",
                 f"Authorization: Bearer {self.waybill.tokens.of(user)}", *fields, "", ""]
        sock.sendall("\r\n".join(lines).encode() + body)
        return sock

    def wait_asked(self, count):
        wait_until(lambda: len(self.peer.asked) >= count, f"the upstream is asked {count} times")

    def open_stream(self):
        sock = self.ask("GET", f"{ORDER}/stream")
        got = b""
        while b"OrderCreated" not in got:
            got += sock.recv(65536)
        return sock

    def test_streams_that_pass_through_end_whole(self):
        streams = [self.open_stream() for _ in range(4)]
        self.ends()
        for sock in streams:
            rest = b""
            while piece := sock.recv(65536):
                rest += piece
            self.assertTrue(rest.endswith(b"0\r\n\r\n"), rest)

    def test_a_stream_whose_reader_has_gone_leaves_its_upstream(self):
        self.open_stream().close()
        self.assertTrue(self.peer.left.wait(TIMEOUT_S))
        self.ends()

    def test_requests_that_the_upstream_never_answers_are_cut_off(self):
        for _ in range(8):
            self.ask("GET", "/v1/orders", "Request-Timeout: 30")
        self.ask("POST", "/v1/orders", "Request-Timeout: 30", "Content-Type: application/json",
                 "Content-Length: 2", body=b"{}")
        self.wait_asked(9)
        self.ends(cut_off=True)

    def test_a_reader_that_stops_reading_is_cut_off(self):
        sock = self.ask("GET", "/v1/audit/documents/export", user="admin")
        sock.recv(100)
        self.ends(cut_off=True)

    def test_a_body_that_never_comes(self):
        self.ask("POST", "/v1/orders", "Content-Type: application/json", "Content-Length: 100",
                 body=b"{")
        self.ends()

    def test_with_nothing_under_way_kept_connections_do_not_hold_it_up(self):
        self.waybill.client("customer1").get("/health/live").expect(200)
        self.ends()


class SilentIssuer(Shutdown):
    def test_keys_that_never_come_are_not_waited_for(self):
        peer = Peer()
        self.addCleanup(peer.close)
        self.start(peer, f"auth.issuer={peer.url}/realms/waybill", services="gateway")
        wait_until(lambda: peer.asked, "the issuer is asked")
        self.ends()
