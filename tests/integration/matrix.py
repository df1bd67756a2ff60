"""The authorisation matrix: what the route tables declare, who may call, and what must come of it.
The expected answer is computed from the declared rule alone, never from the program's code."""

import dataclasses
import hashlib
import os
import re
import socket
import sqlite3
import threading

from client import TIMEOUT_S
from harness import in_parallel
from tokens import ALL_SCOPES

METHODS = ("get", "post", "put", "patch", "delete")
THREADS = 8
RANKS = {"": {"customer", "operator", "admin"}, "operator": {"operator", "admin"},
         "admin": {"admin"}}
ROLE_SETS = ([], ["customer"], ["operator"], ["admin"], ["customer", "operator"], ["auditor"],
             ["Operator"])


@dataclasses.dataclass(frozen=True)
class Rule:
    """One operation as /openapi.json declares it; an empty scope is public."""
    method: str
    path: str
    scope: str
    role: str
    owner: bool
    streams: bool

    @property
    def name(self):
        return f"{self.method} {self.path}"

    @property
    def names_an_object(self):
        return "{" in self.path

    @property
    def private(self):
        """Nobody reads somebody's notifications in their place, operators neither."""
        return self.name == "POST /v1/notifications/{id}/read"

    def others_are_hidden_from(self, caller):
        return self.owner and (self.private or not caller.operates)


@dataclasses.dataclass(frozen=True)
class Caller:
    subject: str
    roles: tuple
    scopes: tuple

    @property
    def operates(self):
        return bool(RANKS["operator"].intersection(self.roles))


@dataclasses.dataclass(frozen=True)
class Case:
    """One request. `credentials`: the Authorization fields and the query; `expected`: 401, 403,
    404 (another's object), or 0: let in."""
    rule: Rule
    method: str
    credentials: tuple
    expected: int
    slug: str
    what: str
    stranger: bool = False


def rules_of(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            security = operation["security"]
            streams = "text/event-stream" in operation["responses"].get("200", {}).get("content",
                                                                                       {})
            yield Rule(method.upper(), path, security[0]["bearer"][0] if security else "",
                       operation.get("x-role", ""), operation.get("x-owner", False), streams)


def expected(rule, caller, owner):
    """(status, problem) that this caller must get from a rule whose object is `owner`'s."""
    if rule.scope not in caller.scopes:
        return 403, "insufficient-scope"
    if rule.role and not RANKS[rule.role].intersection(caller.roles):
        return 403, "forbidden"
    if (rule.names_an_object and caller.subject != owner
            and rule.others_are_hidden_from(caller)):
        return 404, "not-found"
    return 0, ""


def scope_sets(scope):
    """All scopes, only the right one, all others, none, and some that merely look like it."""
    service, verb = scope.split(".")
    other = f"{service}.{'read' if verb == 'write' else 'write'}"
    return ([*ALL_SCOPES], [scope], [one for one in ALL_SCOPES if one != scope], [],
            [other], [scope.upper(), scope[:-1], scope + "s"], [service, f"{service}.*", "*"])


def callers(rule, subjects):
    for subject in subjects:
        for roles in ROLE_SETS:
            for scopes in scope_sets(rule.scope):
                yield Caller(subject, tuple(roles), tuple(scopes))


class Minter:
    """Sound tokens of any caller, each signed once."""

    def __init__(self, forge):
        self.forge = forge
        self.made = {}

    def prepare(self, wanted):
        """Signs what is not there yet, side by side: each signature is a process of its own."""
        missing = [caller for caller in dict.fromkeys(wanted) if caller not in self.made]
        if missing:
            tokens = in_parallel([lambda c=caller: self.sign(c) for caller in missing], THREADS)
            self.made |= dict(zip(missing, tokens))

    def sign(self, caller):
        return self.forge.token(sub=caller.subject, scope=" ".join(caller.scopes),
                                realm_access={"roles": list(caller.roles)})

    def credentials(self, caller):
        return ((f"Bearer {self.made[caller]}",), "")


def cases_of(rule, defects, minter, owner, stranger):
    for name, (fields, query) in defects:
        yield Case(rule, rule.method, (tuple(fields), query), 401, "unauthorized", name)
    methods = [rule.method] + (["HEAD"] if rule.method == "GET" and not rule.streams else [])
    for method in methods:
        for caller in callers(rule, (owner, stranger)):
            status, slug = expected(rule, caller, owner)
            what = (f"{'owner' if caller.subject == owner else 'stranger'} as "
                    f"{'+'.join(caller.roles) or 'nobody'} with [{' '.join(caller.scopes)}]")
            yield Case(rule, method, minter.credentials(caller), status, slug, what,
                       caller.subject != owner and rule.others_are_hidden_from(caller))


class Door:
    """A listener that is asked with bytes of our own making, one kept connection a thread."""

    def __init__(self, name, waybill):
        self.name, self.host, self.port = name, waybill.host, waybill.port
        self._local = threading.local()

    def ask(self, method, target, fields, body=b""):
        """(status, head, body); of a stream the head alone."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}", "Request-Timeout: 20",
                 *fields]
        if body:
            lines += ["Content-Type: application/json"]
        if body or method in ("POST", "PUT", "PATCH"):
            lines += [f"Content-Length: {len(body)}"]
        text = "\r\n".join([*lines, "", ""]).encode() + body
        for attempt in (1, 2):
            stream = self._stream()
            try:
                stream.write(text)
                stream.flush()
                return self._answer(stream, method)
            except (ConnectionError, EOFError):
                # A kept connection may have been closed meanwhile; a fresh one must answer.
                self._close()
                if attempt == 2:
                    raise
        raise AssertionError("not reached")

    def _stream(self):
        if getattr(self._local, "stream", None) is None:
            sock = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local.stream = sock.makefile("rwb")
            sock.close()  # the file keeps it open
        return self._local.stream

    def _close(self):
        self._local.stream.close()
        self._local.stream = None

    def _answer(self, stream, method):
        line = stream.readline()
        if not line:
            raise EOFError
        head = [line]
        while (line := stream.readline()) not in (b"\r\n", b""):
            head.append(line)
        text = b"".join(head).decode("latin-1")
        status = int(text[9:12])
        body = b""
        if re.search(r"(?i)\r\ncontent-type: text/event-stream", text):
            self._close()
        elif method != "HEAD" and status not in (204, 304):
            body = self._body(stream, text)
        if self._local.stream and re.search(r"(?i)\r\nconnection: close", text):
            self._close()
        return status, text, body

    @staticmethod
    def _body(stream, head):
        size = re.search(r"(?i)\r\ncontent-length: (\d+)", head)
        if size:
            return stream.read(int(size.group(1)))
        pieces = []
        while (count := int(stream.readline(), 16)) > 0:
            pieces.append(stream.read(count))
            stream.readline()
        stream.readline()
        return b"".join(pieces)


def state_of(folder):
    """A fingerprint of every row in the services' databases, by table."""
    prints = {}
    for name in ("orders", "inventory", "notifications", "audit"):
        connection = sqlite3.connect(f"file:{os.path.join(folder, name)}.db?mode=ro", uri=True)
        try:
            for (table,) in connection.execute(
                    "select name from sqlite_master where type = 'table' order by name").fetchall():
                rows = sorted(map(repr, connection.execute(f'select * from "{table}"')))
                digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
                prints[f"{name}.{table}"] = (len(rows), digest)
        finally:
            connection.close()
    return prints
