"""Every operation against every kind of caller and every defect of a token, at the gateway and at
the services themselves. What is expected comes from the declared rules; a refused request must be
one that would have had an effect, and must leave every row as it was."""

import json
import time
import uuid

from client import Client
from harness import Case as TestCase
from harness import Waybill, free_port, in_parallel, make_product, say, settled, unique, wait_until
from matrix import THREADS, Door, Minter, callers, cases_of, rules_of, state_of
from test_token_defects import claim_defects, header_defects, wire_defects
from tokens import Forge

MARK = "ownersowntext"
# What everybody with the scope may read: it belongs to no customer. A guarded operation has a
# role, an owner rule, or stands here; so a new route without a policy fails.
SHARED = {"GET /v1/inventory/products", "GET /v1/inventory/products/{id}",
          "GET /v1/inventory/products/sku/{sku}", "GET /v1/inventory/products/low-stock",
          "GET /v1/audit/events", "GET /v1/audit/documents", "GET /v1/audit/documents/export",
          "GET /v1/audit/streams/{type}/{id}", "GET /v1/audit/streams/{type}/{id}/state",
          "POST /v1/audit/replay", "GET /v1/audit/replay/{id}"}
# The customers' own: said here a second time, so that a table which forgets the rule is found.
OWNED = {"POST /v1/orders", "GET /v1/orders", "GET /v1/orders/{id}",
         "GET /v1/orders/number/{number}", "POST /v1/orders/{id}/cancel",
         "GET /v1/orders/{id}/stream", "GET /v1/orders/{id}/journey", "GET /v1/notifications",
         "GET /v1/notifications/{id}", "POST /v1/notifications/{id}/read",
         "GET /v1/notifications/unread-count", "GET /v1/notifications/stream",
         "GET /v1/notifications/preferences", "PUT /v1/notifications/preferences"}
CASES_MIN = 10_000
DEFECTS_MIN = 26


class Matrix(TestCase):
    @classmethod
    def setUpClass(cls):
        front = f"127.0.0.1:{free_port()}"
        cls.services = Waybill(f"auth.issuer=http://{front}/realms/waybill",
                               services="orders,inventory,notifications,audit")
        cls.waybill = Waybill(*(f"gateway.upstreams.{name}={cls.services.url}" for name in
                                ("orders", "inventory", "notifications", "audit")),
                              "gateway.rate_limit=1000000/s", "gateway.rate_limit_burst=10000000",
                              services="gateway,identity", listen=front)
        direct = Client(cls.services.port)
        wait_until(lambda: direct.get("/health/ready").status == 200, "the keys are known", 20)
        cls.doors = (Door("gateway", cls.waybill), Door("services", cls.services))
        document = cls.waybill.client().get("/openapi.json").expect(200).json
        cls.rules = [rule for rule in rules_of(document) if rule.scope]
        cls.forge = Forge(cls.waybill)
        cls.owner = cls.waybill.tokens.subject("customer1")
        cls.stranger = cls.waybill.tokens.subject("customer2")
        cls.make_objects()

    @classmethod
    def tearDownClass(cls):
        try:
            super().tearDownClass()
            assert cls.services.stop() == 0, cls.services.tail()
        finally:
            cls.services.discard()

    @classmethod
    def make_objects(cls):
        """One object of each kind that belongs to the owner, or to nobody."""
        customer, operator = cls.waybill.client("customer1"), cls.waybill.client("operator")
        admin = cls.waybill.client("admin")
        cls.product = make_product(cls.waybill, quantity=1000)
        order = {"items": [{"sku": cls.product["sku"], "quantity": 1}], "note": MARK,
                 "metadata": {"mark": MARK}}
        cls.order = customer.post("/v1/orders", order, Prefer="wait=5").expect(201).json
        note = {"userId": cls.owner, "type": "InApp", "subject": MARK, "body": MARK}
        cls.notification = operator.post("/v1/notifications", note).expect(201).json
        cls.preferences = {"InApp": True, "Email": True, "email": f"{MARK}@example.com"}
        customer.put("/v1/notifications/preferences", cls.preferences).expect(200)
        settled(customer, cls.order["id"], "Confirmed")
        wait_until(lambda: customer.get(f"/v1/orders/{cls.order['id']}/journey").status == 200,
                   "the journey is there")
        cls.template = {"event": "OrderShipped", "type": "Email", "locale": "fr",
                        "name": unique("t"), "subject": "s", "body": "b", "enabled": True}
        made = operator.post("/v1/notifications/templates", cls.template).expect(201).json
        cls.replay = {"streamType": "order", "streamId": cls.order["id"],
                      "target": "notifications", "dryRun": True}
        job = admin.post("/v1/audit/replay", cls.replay).expect(201).json
        cls.values = {"/v1/orders": {"id": cls.order["id"], "number": cls.order["orderNumber"]},
                      "/v1/inventory/products": {"id": cls.product["id"],
                                                 "sku": cls.product["sku"]},
                      "/v1/notifications/templates": {"id": made["id"]},
                      "/v1/notifications": {"id": cls.notification["id"]},
                      "/v1/audit/streams": {"type": "order", "id": cls.order["id"]},
                      "/v1/audit/replay": {"id": job["id"]}}

    def path_of(self, rule):
        path = rule.path
        for prefix in sorted(self.values, key=len, reverse=True):
            if path.startswith(prefix):
                for name, value in self.values[prefix].items():
                    path = path.replace(f"{{{name}}}", value)
                break
        return path.replace("{id}", str(uuid.UUID(int=1)))

    def absent(self, rule):
        """Objects of which there are none: a letter, a trace."""
        return rule.names_an_object and rule.path.startswith(("/v1/ops/", "/api/telemetry/"))

    def effective(self, rule):
        """The body of a request that changes something when it is let in; and its If-Match."""
        product = {"sku": unique("NEW"), "name": "n", "quantity": 1, "price": "1.00"}
        bodies = {
            "POST /v1/orders": {"items": [{"sku": self.product["sku"], "quantity": 1}]},
            "POST /v1/orders/{id}/ship": {"trackingNumber": "T"},
            "POST /v1/inventory/products": product,
            "POST /v1/inventory/products:batch": {"items": [product]},
            "PUT /v1/inventory/products/{id}": {"sku": unique("PUT"), "name": "m",
                                                "price": "2.00"},
            "PATCH /v1/inventory/products/{id}": {"name": "patched"},
            "POST /v1/inventory/products/{id}/adjust": {"delta": 1, "reason": "received"},
            "POST /v1/notifications": {"userId": self.owner, "type": "InApp", "subject": "s",
                                       "body": "b"},
            "PUT /v1/notifications/preferences": {"InApp": False},
            "POST /v1/notifications/templates": self.template | {"locale": "de"},
            "PUT /v1/notifications/templates/{id}": self.template | {"subject": "changed"},
            "POST /v1/audit/replay": self.replay}
        return bodies.get(rule.name), '"1"' if rule.method in ("PUT", "PATCH", "DELETE") else None

    def ask(self, door, case):
        rule = case.rule
        fields = [f"Authorization: {value}" for value in case.credentials[0]]
        if case.expected:
            body, tag = self.effective(rule)
        else:
            body, tag = {}, '"999999"'  # let in, it must fail for another reason
        if tag:
            fields.append(f"If-Match: {tag}")
        sent = json.dumps(body).encode() if body is not None and rule.method in (
            "POST", "PUT", "PATCH") else b""
        target = self.path_of(rule)
        if case.credentials[1]:
            target += f"?{case.credentials[1]}"
        def answer():
            # A busy machine makes the gateway shed what is not urgent: that is no answer yet.
            got = door.ask(case.method, target, fields, sent)
            return got if got[0] != 503 else None
        return wait_until(answer, f"{case.method} {target} is answered")

    def fault_of(self, door, case):
        """What is wrong with the answer; nothing when it is right."""
        status, head, body = self.ask(door, case)
        told = f"{status} {body[:200].decode('utf-8', 'replace')}"
        if case.expected:
            if status != case.expected:
                return told
            if body and json.loads(body)["type"] != f"/problems/{case.slug}":
                return told
            if status == 401 and "\r\nWWW-Authenticate: Bearer error=" not in head:
                return f"no challenge: {head}"
            if case.slug == "insufficient-scope" and f'scope="{case.rule.scope}"' not in head:
                return f"the scope is not named: {head}"
        elif status in (401, 403, 405) or status >= 500:
            return told
        elif status == 404 and not self.absent(case.rule):
            return told
        if case.stranger and MARK.encode() in body:
            return f"another's data: {told}"
        return None

    def judge(self, cases):
        """Asks all at both doors; the faults."""
        def one(door, case):
            fault = self.fault_of(door, case)
            return fault and (f"{case.method} {case.rule.path} at the {door.name}: {case.what}: "
                              f"expected {case.expected or 'entry'}, got {fault}")
        faults = in_parallel([lambda d=door, c=case: one(d, c)
                              for case in cases for door in self.doors], THREADS)
        return [fault for fault in faults if fault]

    def test_every_guarded_operation_declares_whose_it_is(self):
        known = {rule.name for rule in self.rules}
        self.assertLessEqual(OWNED | SHARED, known)
        for rule in self.rules:
            with self.subTest(operation=rule.name):
                self.assertTrue(rule.role or rule.owner or rule.name in SHARED)
                self.assertEqual(rule.owner and not rule.role, rule.name in OWNED)

    def test_the_whole_matrix_holds_and_what_is_refused_changes_nothing(self):
        began = time.monotonic()
        defects = [*wire_defects(self.forge), *header_defects(self.forge),
                   *claim_defects(self.forge, ahead_s=3600)]
        self.assertGreaterEqual(len(defects), DEFECTS_MIN)
        minter = Minter(self.forge)
        minter.prepare(caller for rule in self.rules
                       for caller in callers(rule, (self.owner, self.stranger)))
        cases = [case for rule in self.rules
                 for case in cases_of(rule, defects, minter, self.owner, self.stranger)]
        refused = [case for case in cases if case.expected]
        let_in = [case for case in cases if not case.expected]
        signed = time.monotonic()
        before = self.at_rest()
        faults = self.judge(refused)
        after = self.at_rest()
        faults += [f"{table}: {before[table]} became {after[table]} by refused requests"
                   for table in before if before[table] != after[table]]
        faults += self.judge(let_in)
        asked = len(cases) * len(self.doors)
        now = time.monotonic()
        say(f"authorisation matrix: {asked} requests ({len(refused) * 2} refused, "
            f"{len(let_in) * 2} let in): {len(self.rules)} operations, {len(defects)} token "
            f"defects, {len(minter.made)} callers, 2 doors; {now - signed:.1f} s, and "
            f"{signed - began:.1f} s to sign")
        self.assertEqual(len(faults), 0, f"{len(faults)} faults:\n" + "\n".join(faults[:20]))
        self.assertGreaterEqual(asked, CASES_MIN)

    def at_rest(self):
        """The state once nothing moves by itself any more."""
        def still():
            first = state_of(self.services.data)
            return first if first == state_of(self.services.data) and all(
                first[f"{name}.outbox"][0] == 0
                for name in ("orders", "inventory", "notifications", "audit")) else None
        return wait_until(still, "the services are at rest", 20)
