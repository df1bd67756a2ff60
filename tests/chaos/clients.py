"""Clients that behave badly: silent, half closed, slow to read, too many."""

import os
import resource
import socket

from harness import wait_until
from rounds import round_of
from stage import Stage

MANY = ("http.connections_per_client_max=5000",)


def connect(stage):
    return socket.create_connection(("127.0.0.1", int(stage.listen.rsplit(":", 1)[1])), timeout=30)


def head(stage, method, path, user, more=""):
    token = stage.waybill.tokens.of(user)
    return (f"{method} {path} HTTP/1.1\r\nHost: {stage.listen}\r\n"
            f"Authorization: Bearer {token}\r\n{more}\r\n").encode()


def serves_meanwhile(stage: Stage, more=40):
    """The load is served as before, by the process that was there before."""
    stage.wait_acknowledged(more)
    if not stage.waybill.running():
        raise AssertionError(f"it has ended\n{stage.waybill.tail()}")


def close_all(connections):
    for connection in connections:
        connection.close()


@round_of("400 clients connect and never speak, 200 stop within a head or a body", settings=MANY)
def silent_clients(stage):
    stage.start()
    stage.begin_load(9)
    silent = [connect(stage) for _ in range(600)]
    body = "Content-Type: application/json\r\nContent-Length: 100\r\n"
    for connection in silent[:100]:
        connection.sendall(b"POST /v1/orders HT")
    for connection in silent[100:200]:
        connection.sendall(head(stage, "POST", "/v1/orders", "customer1", body) + b'{"items":')
    serves_meanwhile(stage)
    close_all(silent)
    return stage.prove()


@round_of("200 clients half close after a request, each is answered", settings=MANY)
def half_closed_clients(stage):
    stage.start()
    stage.begin_load(9)
    asked = [connect(stage) for _ in range(200)]
    for connection in asked:
        connection.sendall(head(stage, "GET", "/v1/orders?limit=1", "customer1"))
        connection.shutdown(socket.SHUT_WR)
    for connection in asked:
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        if not answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 ", b"HTTP/1.1 429 ")):
            raise AssertionError(f"a half closed client was answered {answer[:200]!r}")
    serves_meanwhile(stage)
    close_all(asked)
    return stage.prove()


@round_of("60 readers of event streams that never read", settings=MANY)
def slow_readers(stage):
    stage.start()
    stage.begin_load(9)
    readers = []
    for number in range(60):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        reader.settimeout(30)
        reader.connect(("127.0.0.1", int(stage.listen.rsplit(":", 1)[1])))
        reader.sendall(head(stage, "GET", "/v1/notifications/stream",
                            f"customer{1 + number % 2}", "Accept: text/event-stream\r\n"))
        if not reader.recv(12).startswith(b"HTTP/1.1 200"):
            raise AssertionError("a stream of notifications was refused")
        readers.append(reader)
    serves_meanwhile(stage, 100)
    close_all(readers)
    return stage.prove()


def open_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


# UBSan looks at memory through a pipe; without descriptors it takes sound objects for broken ones.
@round_of("no descriptor is left, then some are again", plain=True, settings=MANY)
def no_descriptors(stage):
    stage.start()
    stage.begin_load(12)
    pid = stage.waybill.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    most = open_descriptors(pid) + 20
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, before[1]))
    crowd = []

    def taken():
        if open_descriptors(pid) >= most:
            return True
        if not stage.waybill.running():
            raise AssertionError(f"it has ended\n{stage.waybill.tail()}")
        # More than were missing at first: the load may have closed connections meanwhile.
        if len(crowd) < 1000:
            crowd.extend(connect(stage) for _ in range(50))
        return False
    wait_until(taken, "every descriptor is taken", 20)
    close_all(crowd)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    serves_meanwhile(stage)
    return stage.prove()
