"""Secrets and personal data stay where they belong: a canary is driven through every field of every
operation, and is then found in no log, trace, metric or error."""

import base64
import json
import re
import urllib.parse
import uuid

from books import Books
from client import Client
from fields import Fields
from harness import (Case, Folder, Waybill, free_port, in_parallel, make_product, say,
                     wait_until)
from matrix import METHODS, Door
from tokens import ALL_SCOPES, FORM, Forge

MARK = "zq7canary"
PERSON = f"{MARK}.person@leak.example"
SECRET = f"{MARK}Secret" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
NAME = f"{MARK} Person"
CANARIES = (PERSON, SECRET, NAME)
THREADS = 8
HEADERS = ("Cookie", "Idempotency-Key", "If-Match", "If-None-Match", "Prefer", "Request-Timeout",
           "Last-Event-ID", "Accept", "Content-Type", "Origin", "Forwarded", "X-Forwarded-For",
           "X-User-Email", "Waybill-Min-Version", "traceparent", "baggage", "Proxy-Authorization")
REQUESTS_MIN = 2_000


def faults_of(status, head, body):
    """Where a refusal repeats the canary. `instance` is the address that the caller has asked, and
    a pointer names a member or parameter: neither tells a value."""
    if status < 400:
        return None
    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        problem = json.loads(text)
        problem.pop("instance", None)
        for fault in problem.get("errors", ()):
            fault.pop("pointer")
        text = json.dumps(problem)
    for part in (head, text):
        if MARK in part.lower():
            at = part.lower().index(MARK)
            return f"{status}: …{part[max(0, at - 120):at + 40]}"
    return None


class Canary(Case):
    turn = 0

    @classmethod
    def setUpClass(cls):
        front = f"127.0.0.1:{free_port()}"
        more = ("gateway.rate_limit=1000000/s", "gateway.rate_limit_burst=10000000",
                "log.access=true", "telemetry.memory_bytes=134217728")
        cls.services = Waybill(f"auth.issuer=http://{front}/realms/waybill", *more,
                               services="orders,inventory,notifications,audit")
        cls.waybill = Waybill(*(f"gateway.upstreams.{name}={cls.services.url}" for name in
                                ("orders", "inventory", "notifications", "audit")), *more,
                              services="gateway,identity", listen=front)
        direct = Client(cls.services.port)
        wait_until(lambda: direct.get("/health/ready").status == 200, "the keys are known", 20)
        cls.doors = (Door("gateway", cls.waybill), Door("services", cls.services))
        cls.document = cls.waybill.client().get("/openapi.json").expect(200).json
        # An issuer may well use addresses as subjects and names.
        cls.token = Forge(cls.waybill).token(
            sub=PERSON, scope=" ".join(ALL_SCOPES), realm_access={"roles": ["admin"]},
            preferred_username=PERSON, email=PERSON, name=NAME, jti=SECRET, azp=SECRET)

    @classmethod
    def tearDownClass(cls):
        try:
            super().tearDownClass()
            assert cls.services.stop() == 0, cls.services.tail()
        finally:
            cls.services.discard()

    def requests(self):
        """(method, target, fields, body) of everything that is asked."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                if method in METHODS:
                    yield from self.of_operation(method.upper(), path, operation)

    def of_operation(self, method, path, operation):
        sound = self.target(path)
        bearer = [f"Authorization: Bearer {self.token}"] if operation["security"] else []
        fields = Fields(self.document)
        kind, schema = fields.schema_of(operation)
        content = [f"Content-Type: {kind}"] if kind else []
        tag = ['If-Match: "1"'] if method in ("PUT", "PATCH", "DELETE") else []
        # One of them an operation, in turn: the next operation has the next.
        self.turn += 1
        canary = CANARIES[self.turn % len(CANARIES)]
        escaped = urllib.parse.quote(canary, safe="")
        if "{" in path:
            yield method, self.target(path, escaped), bearer + tag, b""
        yield method, f"{sound}?{escaped}={escaped}", bearer, b""
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                yield method, f"{sound}?{parameter['name']}={escaped}", bearer, b""
        for header in HEADERS:
            value = f"k={canary}" if header in ("Cookie", "baggage") else canary
            yield method, sound, [*bearer, f"{header}: {value}"], b""
        for scheme in (f"Bearer {SECRET}", f"Bearer {SECRET}.{SECRET}.{SECRET}", canary,
                       "Basic " + base64.b64encode(f"x:{canary}".encode()).decode()):
            yield method, sound, [f"Authorization: {scheme}"], b""
        yield method, f"{sound}?access_token={escaped}", [], b""
        if schema and kind != FORM:
            for body in fields.bodies(schema, canary):
                yield method, sound, bearer + content + tag, json.dumps(body).encode()
            yield method, sound, bearer + content + tag, f'{{"a": {canary}'.encode()
            yield method, sound, [*bearer, "Content-Type: text/plain"], canary.encode()
        if kind == FORM:
            for body in forms(canary):
                yield method, sound, content, body

    @staticmethod
    def target(path, value=None):
        return re.sub(r"\{\w+\}", value or str(uuid.UUID(int=7)), path)

    def test_a_canary_is_found_in_no_log_trace_metric_or_error(self):
        self.place_orders_of_the_person()
        asked = [request for request in self.requests()
                 if not (request[1].split("?")[0].endswith("/stream"))]
        self.assertGreater(len(asked), REQUESTS_MIN)

        answers = in_parallel([lambda d=door, r=request: d.ask(*r)
                               for request in asked for door in self.doors], THREADS)
        faults = []
        statuses = {}
        for answer, request in zip(answers, [r for r in asked for _ in self.doors], strict=True):
            statuses[answer[0]] = statuses.get(answer[0], 0) + 1
            fault = faults_of(*answer)
            if fault:
                faults.append(f"{request[0]} {request[1][:90]} {request[2][1:]}: {fault}")
            if answer[0] >= 500:
                faults.append(f"{request[0]} {request[1][:90]}: {answer[0]} {answer[2][:200]}")
        faults += self.found_in_telemetry()
        say(f"canary: {len(answers)} requests, answers by status {dict(sorted(statuses.items()))}")
        self.assertEqual(len(faults), 0, f"{len(faults)} faults:\n" + "\n".join(faults[:25]))

    def place_orders_of_the_person(self):
        """What is let in counts as well: an order, its saga, its notifications."""
        product = make_product(self.waybill, quantity=10, name=NAME, description=PERSON)
        client = Client(self.waybill.port, self.token)
        client.put("/v1/notifications/preferences",
                   {"InApp": True, "Email": True, "SMS": True, "email": PERSON,
                    "phone": f"+{MARK}"[:20]})
        client.put("/v1/notifications/preferences",
                   {"InApp": True, "Email": True, "email": PERSON}).expect(200)
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}],
                                           "note": NAME, "metadata": {"to": PERSON}},
                            Idempotency_Key=PERSON, Prefer="wait=5").expect(201).json
        client.post(f"/v1/orders/{order['id']}/ship",
                    {"trackingNumber": SECRET[:90], "carrier": NAME}).expect(200)
        wait_until(lambda: client.every("/v1/notifications"), "the person is notified")

    def found_in_telemetry(self):
        for waybill in (self.waybill, self.services):
            door = "gateway" if waybill is self.waybill else "services"
            yield from found(f"the log of the {door}", waybill.text())
            metrics = Client(waybill.port).get("/metrics").expect(200).body.decode()
            yield from found(f"the metrics of the {door}", metrics)
            reader = Client(waybill.port, self.waybill.tokens.of("admin"))
            traces = reader.every("/api/telemetry/traces", limit=200)
            assert len(traces) > 100, f"only {len(traces)} traces were kept"
            yield from found(f"the traces of the {door}", json.dumps(traces))
            for trace in traces:
                text = reader.get(f"/api/telemetry/traces/{trace['traceId']}").body.decode()
                yield from found(f"a trace of the {door}", text)


def forms(canary):
    """Every form that the identity takes, with the canary in each of its fields."""
    names = ("grant_type", "client_id", "client_secret", "username", "password", "scope", "code",
             "code_verifier", "redirect_uri", "refresh_token", "token", "token_type_hint",
             "id_token_hint", "post_logout_redirect_uri", "state", "surplus")
    for grant in ("password", "authorization_code", "refresh_token", "client_credentials"):
        sound = {"grant_type": grant, "client_id": "waybill-cli", "username": "customer1",
                 "password": "waybill", "code": "x", "refresh_token": "x", "token": "x"}
        for name in names:
            yield urllib.parse.urlencode(sound | {name: canary}).encode()
    yield canary.encode()
    yield f"a=%zz&{canary}".encode()


def found(where, text):
    lowered = text.lower()
    marks = (MARK, base64.b64encode(f"x:{SECRET}".encode()).decode().lower())
    for mark in marks:
        at = lowered.find(mark)
        if at >= 0:
            yield f"in {where}: …{text[max(0, at - 160):at + 60]!r}"


class CanaryInAnEvent(Case):
    """An event that cannot be read is kept as a dead letter: its reason repeats nothing of it."""

    @classmethod
    def setUpClass(cls):
        cls.home = Folder()
        data = cls.home.file("data")
        first = Waybill(data=data)
        product = make_product(first, quantity=100)
        first.stop()
        first.discard()
        alone = Waybill(data=data, services="gateway,identity,orders")
        client = alone.client("customer1")
        body = {"items": [{"sku": product["sku"], "quantity": 2}]}
        broken = (json.dumps({"orderId": PERSON}), json.dumps({"items": [{PERSON: NAME}]}),
                  json.dumps({"customerId": [SECRET]}))
        orders = [client.post("/v1/orders", body).expect(201).json for _ in broken]
        alone.stop()
        alone.discard()
        for order, data_of in zip(orders, broken, strict=True):
            Books(data).change("orders", "update events set data = ? where aggregate_id = ?",
                               data_of, uuid.UUID(order["id"]).bytes)
        cls.waybill = Waybill(data=data)
        cls.count = len(broken)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.home.remove()

    def test_the_reason_of_a_dead_letter_repeats_no_value(self):
        operator = self.client("operator")
        letters = wait_until(lambda: (lambda all_of: all_of if len(all_of) >= self.count else None)(
            operator.every("/v1/ops/inventory/dead-letters")), "the letters are dead")
        for letter in letters:
            told = {name: letter[name] for name in ("reason", "exception", "messageType", "queue")}
            self.assertTrue(letter["exception"])
            self.assertNotIn(MARK, json.dumps(told).lower())
        self.assertEqual(list(found("the log", self.waybill.text())), [])
        self.assertEqual(list(found("the metrics", self.client().get("/metrics").body.decode())),
                         [])
