"""HTTP as the tests speak it: a keep-alive client, raw sockets for what no client would send, and
server-sent events."""

import http.client
import json
import os
import re
import socket
import threading
import time

TIMEOUT_S = 120 if os.environ.get("WAYBILL_SLOW") == "1" else 30


class Answer:
    """What came back: `status`, `headers` (case-insensitive), `body`, and `json` if it is such."""

    def __init__(self, status, headers, body, asked):
        self.status, self.headers, self.body, self.asked = status, headers, body, asked

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def etag(self):
        return self.headers["ETag"]

    def expect(self, status):
        """Itself, when the status is this one."""
        if self.status != status:
            raise AssertionError(f"{self.asked}: {self.status}, not {status}: {self.body[:2000]!r}")
        return self

    def refused(self, status, slug):
        """The problem, when it is this one and whole."""
        self.expect(status)
        kind = self.headers["Content-Type"]
        if kind != "application/problem+json":
            raise AssertionError(f"{self.asked}: a problem of type {kind}")
        problem = self.json
        if problem["type"] != f"/problems/{slug}" or problem["status"] != status:
            raise AssertionError(f"{self.asked}: {problem}, not {slug}")
        for member in ("title", "instance", "traceId"):
            if not problem.get(member):
                raise AssertionError(f"{self.asked}: a problem without {member}: {problem}")
        return problem

    def faults(self):
        """The pointers of a 422, sorted."""
        problem = self.refused(422, "validation-failed")
        for fault in problem["errors"]:
            if not fault["message"]:
                raise AssertionError(f"a fault without a message: {problem}")
        return sorted(fault["pointer"] for fault in problem["errors"])

    def __repr__(self):
        return f"<{self.asked}: {self.status} {self.body[:300]!r}>"


class Client:
    """Keeps one connection a thread. `token` is sent as Bearer, unless it is None."""

    def __init__(self, port, token=None, host="127.0.0.1", timeout_s=TIMEOUT_S):
        self.port, self.token, self.host, self.timeout_s = port, token, host, timeout_s
        self._local = threading.local()

    def connection(self):
        kept = getattr(self._local, "connection", None)
        if kept is None:
            kept = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
            self._local.connection = kept
        return kept

    def close(self):
        self.connection().close()

    def request(self, method, path, body=None, headers=None, **fields):
        """`body` is sent as JSON, unless it is bytes. `fields` are headers: `if_match="…"`."""
        sent = dict(headers or {})
        for name, value in fields.items():
            sent[name.replace("_", "-")] = value
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None and not any(name.lower() == "content-type" for name in sent):
            sent["Content-Type"] = "application/json"
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        sent = {name: value for name, value in sent.items() if value is not None}
        connection = self.connection()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), f"{method} {path}")
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        return answer

    def get(self, path, **fields):
        return self.request("GET", path, **fields)

    def post(self, path, body=None, **fields):
        return self.request("POST", path, body, **fields)

    def put(self, path, body=None, **fields):
        return self.request("PUT", path, body, **fields)

    def patch(self, path, body=None, **fields):
        return self.request("PATCH", path, body, **fields)

    def delete(self, path, **fields):
        return self.request("DELETE", path, **fields)

    def every(self, path, limit=100):
        """All items of a list, page by page."""
        items, cursor = [], None
        while True:
            sep = "&" if "?" in path else "?"
            page = self.get(f"{path}{sep}limit={limit}" + (f"&cursor={cursor}" if cursor else "")
                            ).expect(200).json
            items += page["items"]
            cursor = page["nextCursor"]
            if not cursor:
                return items


def raw(port, text, seconds=5.0, half_close=False):
    """Sends bytes as they are. Answers (all that came back, whether the peer closed in time)."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as sock:
        try:
            sock.sendall(text)
            if half_close:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused while it was being sent; the answer is read below
        deadline = time.monotonic() + seconds * (6 if TIMEOUT_S > 30 else 1)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return got, False
            sock.settimeout(left)
            try:
                piece = sock.recv(65536)
            except TimeoutError:
                return got, False
            except ConnectionError:
                return got, True
            if not piece:
                return got, True
            got += piece


def statuses(answer):
    """The status codes of all responses in what `raw` got."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) [A-Z][A-Za-z -]*\r\n", answer)]


class Events:
    """A stream of server-sent events; iterate, or take them with next()."""

    def __init__(self, client, path, last_event_id=None):
        self.connection = http.client.HTTPConnection(client.host, client.port, timeout=TIMEOUT_S)
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {client.token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.retry = None

    def next(self):
        """The next event as (id, name, data); None at the end of the stream."""
        event = {}
        while True:
            line = self.response.readline()
            if not line:
                return None
            line = line.rstrip(b"\r\n").decode()
            if not line:
                if "data" in event:
                    return event.get("id"), event.get("event"), json.loads(event["data"])
                event = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if name == "retry":
                    self.retry = int(value)
                event[name] = value

    def take(self, count):
        return [self.next() for _ in range(count)]

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
