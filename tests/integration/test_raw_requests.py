"""Request smuggling and path tricks over raw sockets: each is refused and closed, or leads nowhere,
and never opens a guarded route."""

import json
import socket

from client import Client, raw, statuses
from harness import Case, wait_until


def smuggled(host):
    """(name, bytes): malformed requests. A guarded request hides in the body of many."""
    h = f"Host: {host}\r\n"
    inner = f"GET /v1/orders HTTP/1.1\r\n{h}\r\n"
    chunk = f"0\r\n\r\n{inner}"
    post = f"POST /realms/waybill/protocol/openid-connect/token HTTP/1.1\r\n{h}"
    for name, fields, body in (
            ("CL and TE", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", chunk),
            ("TE and CL", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", chunk),
            ("CL of nothing and TE", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", chunk),
            ("two CL", "Content-Length: 0\r\nContent-Length: 60\r\n", inner),
            ("two equal CL", "Content-Length: 5\r\nContent-Length: 5\r\n", "12345"),
            ("a list of CL", "Content-Length: 5, 5\r\n", "12345"),
            ("a signed CL", "Content-Length: +5\r\n", "12345"),
            ("a negative CL", "Content-Length: -5\r\n", "12345"),
            ("a hexadecimal CL", "Content-Length: 0x5\r\n", "12345"),
            ("an endless CL", "Content-Length: 99999999999999999999\r\n", "12345"),
            ("an empty CL", "Content-Length: \r\n", ""),
            ("two TE", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunk),
            ("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", chunk),
            ("chunked not last", "Transfer-Encoding: chunked, identity\r\n", chunk),
            ("an unknown TE", "Transfer-Encoding: xchunked\r\n", chunk),
            ("a quoted TE", "Transfer-Encoding: \"chunked\"\r\n", chunk),
            ("a vertical tab before TE", "Transfer-Encoding: \x0bchunked\r\n", chunk),
            ("a space before the colon", "Transfer-Encoding : chunked\r\n", chunk),
            ("a tab before the colon", "Transfer-Encoding\t: chunked\r\n", chunk),
            ("a folded TE", "Transfer-Encoding:\r\n chunked\r\n", chunk),
            ("a folded field", "X: y\r\n Transfer-Encoding: chunked\r\n", chunk),
            ("a bare CR in a value", "X: y\rTransfer-Encoding: chunked\r\n", chunk),
            ("a bare LF in a value", "X: y\nTransfer-Encoding: chunked\r\n", chunk),
            ("a NUL in a value", "X: y\x00z\r\n", ""), ("a NUL in a name", "X\x00: y\r\n", ""),
            ("a name with a space", "X Y: z\r\n", ""), ("no name", ": y\r\n", ""),
            ("no colon", "Xyz\r\n", ""), ("a name in brackets", "X[0]: y\r\n", ""),
            ("Connection lists TE", "Connection: Transfer-Encoding\r\n", ""),
            ("two hosts", h, ""), ("another host", "Host: evil.example\r\n", "")):
        yield name, f"{post}{fields}\r\n{body}".encode("latin-1")
    for name, body in (
            ("a chunk size with a sign", "+5\r\n12345\r\n0\r\n\r\n"),
            ("a chunk size with 0x", "0x5\r\n12345\r\n0\r\n\r\n"),
            ("a chunk size with a space", "5 \r\n12345\r\n0\r\n\r\n"),
            ("a negative chunk size", "-1\r\n\r\n"), ("an empty chunk size", "\r\n\r\n"),
            ("a chunk size that overflows", "10000000000000005\r\n12345\r\n0\r\n\r\n"),
            ("a chunk that is longer", "5\r\n123456\r\n0\r\n\r\n"),
            ("a chunk line that ends in LF", "5\n12345\r\n0\r\n\r\n"),
            ("a chunk that ends in LF", "5\r\n12345\n0\r\n\r\n"),
            ("a bad trailer", "0\r\nX Y: z\r\n\r\n"), ("a bare CR in a chunk line", "5\r12345\r\n"),
            ("an endless extension", f"5;{'x' * 20000}\r\n12345\r\n0\r\n\r\n")):
        yield name, (f"{post}Content-Type: application/x-www-form-urlencoded\r\n"
                     f"Transfer-Encoding: chunked\r\n\r\n{body}").encode("latin-1")
    for name, line in (
            ("no version", "GET /v1/orders"), ("a lower-case version", "GET /v1/orders http/1.1"),
            ("version 1", "GET /v1/orders HTTP/1"), ("two spaces", "GET  /v1/orders HTTP/1.1"),
            ("tabs", "GET\t/v1/orders\tHTTP/1.1"),
            ("a space at the end", "GET /v1/orders HTTP/1.1 "),
            ("a space in the target", "GET /v1/or ders HTTP/1.1"),
            ("no target", "GET HTTP/1.1"), ("a method in brackets", "G(T /v1/orders HTTP/1.1"),
            ("a relative target", "GET v1/orders HTTP/1.1"), ("a star", "GET * HTTP/1.1"),
            ("a NUL in the target", "GET /v1/orders\x00 HTTP/1.1"),
            ("raw UTF-8 in the target", "GET /v1/\xc3\xa9 HTTP/1.1"),
            ("a fragment", "GET /v1/orders#x HTTP/1.1"),
            ("a user in the target", "GET http://u@a/v1/orders HTTP/1.1"),
            ("another host in the target", "GET http://evil.example/v1/orders HTTP/1.1"),
            ("another scheme", "GET ftp://a/v1/orders HTTP/1.1")):
        yield name, f"{line}\r\n{h}\r\n".encode("latin-1")
    yield "no host", b"GET /v1/orders HTTP/1.1\r\n\r\n"
    yield "only line feeds", f"GET /v1/orders HTTP/1.1\n{h.strip()}\n\n".encode()
    yield "an endless line", f"GET /{'a' * 100_000} HTTP/1.1\r\n{h}\r\n".encode()
    yield "an endless field", f"GET / HTTP/1.1\r\n{h}X: {'a' * 100_000}\r\n\r\n".encode()
    yield "too many fields", f"GET / HTTP/1.1\r\n{h}{'X: y' + chr(13) + chr(10)}".encode() \
        + b"X: y\r\n" * 2000 + b"\r\n"
    yield "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    yield "TE in HTTP/1.0", (f"POST / HTTP/1.0\r\n{h}Transfer-Encoding: chunked\r\n\r\n{chunk}"
                             ).encode()


PATHS = (
    "/health/live/../../v1/orders", "/health/%2e%2e/v1/orders", "/health/..%2fv1/orders",
    "/health/..%5cv1/orders", "/health/..\\v1\\orders", "//v1/orders", "/v1//orders",
    "/./v1/orders", "/v1/./orders", "/v1/%2e/orders", "/v1%2forders", "/v1/orders%00",
    "/v1/orders%00.html", "/v1/orders;x=y", "/v1;/orders", "/health/..;/v1/orders",
    "/%76%31/orders", "/v1/%6frders", "/v1/orders%20", "/v1/orders%0d%0aX:y", "/v1/orders%252f",
    "/%252e%252e/v1/orders", "/v1/orders/%2e%2e/orders", "/v1/orders/..", "/v1/orders/.",
    "/V1/ORDERS", "/v1/orders/", "/v1/orders?access_token=x", "/v1/orders%c0%af",
    "/%c0%ae%c0%ae/v1/orders", "/v1/orders%u002e", "/v1/orders%", "/v1/orders%2",
    "/v1/orders%ff", "/v1/orders/../../../../etc/passwd", "/../v1/orders",
    "/realms/../v1/orders", "/realms/waybill/../../v1/orders", "/problems/..%2f..%2fv1%2forders",
    "/openapi.json/../v1/orders", "/v1/orders%E2%80%AE", "/v1/orders%09", "/metrics/../v1/orders",
    "http://127.0.0.1/v1/orders", "/v1/orders.json", "/v1/orders::$DATA", "/v1/orders~",
)


class RawRequests(Case):
    def test_smuggled_requests_are_refused_and_the_connection_closed(self):
        cases = list(smuggled(self.waybill.host))
        self.assertGreaterEqual(len(cases), 40)
        for name, text in cases:
            with self.subTest(case=name):
                answer, closed = raw(self.waybill.port, text)
                found = statuses(answer)
                self.assertEqual(len(found), 1, answer[:400])
                self.assertIn(found[0], (400, 413, 414, 421, 431, 501, 505), answer[:400])
                self.assertTrue(closed, "the connection stays open")

    def test_path_tricks_never_open_a_guarded_route(self):
        self.assertGreaterEqual(len(PATHS), 40)
        for path in PATHS:
            with self.subTest(path=path):
                text = (f"GET {path} HTTP/1.1\r\nHost: {self.waybill.host}\r\n"
                        "Connection: close\r\n\r\n")
                answer, closed = raw(self.waybill.port, text.encode("latin-1"))
                found = statuses(answer)
                self.assertTrue(closed)
                self.assertEqual(len(found), 1, answer[:400])
                # 401: the normal form is the guarded route itself, and guarded it is.
                self.assertIn(found[0], (400, 401, 404, 421), answer[:400])

    def test_methods_are_not_overridden_by_fields(self):
        client = self.client("customer1")
        for field in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            with self.subTest(field=field):
                answer = client.get("/v1/inventory/products", headers={field: "DELETE"})
                self.assertEqual(answer.status, 200)
        for field in ("X-Original-URL", "X-Rewrite-URL"):
            with self.subTest(field=field):
                answer = self.client().get("/health/live", headers={field: "/v1/orders"})
                self.assertEqual(answer.json, {"status": "live"})

    def test_what_follows_a_refused_body_is_not_read_as_a_request(self):
        inner = f"GET /health/live HTTP/1.1\r\nHost: {self.waybill.host}\r\n\r\n"
        text = (f"POST /v1/orders HTTP/1.1\r\nHost: {self.waybill.host}\r\n"
                f"Content-Length: 4000000\r\n\r\n{inner}")
        answer, closed = raw(self.waybill.port, text.encode(), half_close=True)
        self.assertEqual(len(statuses(answer)), 1, answer[:400])
        self.assertIn(statuses(answer)[0], (401, 413))
        self.assertTrue(closed)

    def test_requests_in_one_segment_are_answered_in_order(self):
        one = f"GET %s HTTP/1.1\r\nHost: {self.waybill.host}\r\n\r\n"
        text = "".join(one % path for path in ("/version", "/nowhere", "/health/live"))
        text += f"GET /version HTTP/1.1\r\nHost: {self.waybill.host}\r\nConnection: close\r\n\r\n"
        answer, closed = raw(self.waybill.port, text.encode())
        self.assertEqual((statuses(answer), closed), ([200, 404, 200, 200], True))

    def test_a_request_that_comes_byte_by_byte_is_read(self):
        text = (f"POST /v1/orders HTTP/1.1\r\nHost: {self.waybill.host}\r\nAuthorization: Bearer "
                f"{self.waybill.tokens.of('customer1')}\r\nContent-Type: application/json\r\n"
                "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                "5;a=b\r\n{\"ite\r\n7\r\nms\":[]}\r\n0\r\nX-Trailer: 1\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.waybill.port)) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in text:
                sock.sendall(bytes([byte]))
            answer = b""
            while piece := sock.recv(65536):
                answer += piece
        self.assertEqual(statuses(answer), [422], answer[:400])
        self.assertEqual([fault["pointer"] for fault in
                          json.loads(answer.split(b"\r\n\r\n", 1)[1])["errors"]], ["/items"])


class SlowClients(Case):
    settings = ("http.header_timeout=300ms", "http.body_timeout=300ms", "seed.products=0")

    def test_who_sends_slowly_is_cut_off(self):
        head = f"POST /v1/orders HTTP/1.1\r\nHost: {self.waybill.host}\r\n"
        for name, text in (("no request", "P"), ("half a head", head),
                           ("half a body", f"{head}Content-Length: 9\r\n\r\n{{"),
                           ("TLS", "\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03")):
            with self.subTest(case=name):
                answer, closed = raw(self.waybill.port, text.encode("latin-1"), seconds=5)
                self.assertTrue(closed)
                self.assertFalse([one for one in statuses(answer) if one < 400], answer[:200])


class ManyConnections(Case):
    settings = ("http.connections_per_client_max=40", "seed.products=0")

    def test_one_client_cannot_take_all_connections(self):
        held = []
        try:
            def refused():
                """Takes one connection more, and keeps it."""
                held.append(socket.create_connection(("127.0.0.1", self.waybill.port)))
                held[-1].settimeout(5)
                try:
                    held[-1].sendall(f"GET /health/live HTTP/1.1\r\nHost: {self.waybill.host}"
                                     "\r\n\r\n".encode())
                    return held[-1].recv(4096).startswith(b"HTTP/1.1 503 ")
                except ConnectionError:
                    return True
            wait_until(refused, "a connection is refused")
            self.assertLessEqual(len(held), 41)
        finally:
            for sock in held:
                sock.close()
        wait_until(self.alive, "connections are served again")

    def alive(self):
        try:
            return Client(self.waybill.port, timeout_s=2).get("/health/live").status == 200
        except OSError:
            return False
