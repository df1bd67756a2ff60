"""Dead letters: an event whose body got broken reaches its consumers, and operators repair it."""

import json
import uuid

from books import Books
from harness import Case, Folder, Waybill, make_product, settled, wait_until


class DeadLetters(Case):
    """The first process runs without consumers, so the events of its orders stay in the outbox,
    where they are broken while it is stopped."""

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
        cls.orders = [client.post("/v1/orders", body).expect(201).json for _ in range(3)]
        alone.stop()
        cls.said = alone.text()
        alone.discard()
        books = Books(data)
        cls.good = {}
        for order, broken in zip(cls.orders, ('{"orderId":7}', '{"items":[{}]}', "null"),
                                 strict=True):
            key = uuid.UUID(order["id"]).bytes
            row = books.rows("orders", "select data from events where aggregate_id = ?", key)[0]
            cls.good[order["id"]] = json.loads(row["data"])
            changed = books.change("orders", "update events set data = ? where aggregate_id = ?",
                                   broken, key)
            assert changed == 1
        cls.waybill = Waybill(data=data)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.home.remove()

    def setUp(self):
        self.operator, self.admin = self.client("operator"), self.client("admin")

    def letters(self, service="inventory", query=""):
        return self.operator.every(f"/v1/ops/{service}/dead-letters{query}")

    def letter_of(self, order, service="inventory"):
        def look():
            return next((one for one in self.letters(service)
                         if one["aggregateId"].endswith(order["id"])), None)
        return wait_until(look, f"a dead letter of {service}")

    def path(self, letter):
        return f"/v1/ops/{letter['service']}/dead-letters/{letter['id']}"

    def acts(self):
        return [event["data"]["action"]
                for event in self.operator.every("/v1/audit/events?type=OperatorActed")
                if event["data"]["service"] in ("inventory", "notifications")]

    def test_1_a_process_without_consumers_says_that_it_keeps_their_events(self):
        for service in ("inventory", "notifications", "audit"):
            self.assertIn(f"{service} does not run here: its events are kept", self.said)

    def test_2_a_broken_event_is_a_dead_letter_with_its_reason(self):
        letter = self.letter_of(self.orders[0])
        self.assertEqual((letter["service"], letter["status"], letter["reason"],
                          letter["messageType"], letter["editedBy"]),
                         ("inventory", "dead", "unreadable", "OrderCreated", None))
        self.assertIn("/items", letter["exception"])
        self.assertEqual(letter["body"]["message"]["data"], {"orderId": 7})
        self.assertEqual(self.operator.get(self.path(letter)).expect(200).json, letter)
        self.letter_of(self.orders[1])
        groups = self.operator.get("/v1/ops/inventory/dead-letters?group=reason").expect(200).json
        self.assertEqual({one["reason"] for one in groups["items"]}, {"unreadable"})
        self.assertEqual(self.letters(query="?reason=no_handler"), [])
        self.assertEqual(self.letters(query="?messageType=OrderShipped"), [])
        self.assertEqual(self.operator.get("/v1/ops/inventory/dead-letters?group=x").faults(),
                         ["?group"])

    def test_3_operators_read_and_only_admins_act(self):
        letter = self.letter_of(self.orders[0])
        path = self.path(letter)
        self.client("customer1").get("/v1/ops/orders/dead-letters").refused(403, "forbidden")
        for method, action, body in (("PATCH", "", {"body": letter["body"]}),
                                     ("POST", "/replay", None),
                                     ("POST", "/discard", {"reason": "x"})):
            self.operator.request(method, path + action, body).refused(403, "forbidden")
        self.operator.post("/v1/ops/inventory/dead-letters:replay").refused(403, "forbidden")
        self.admin.get("/v1/ops/inventory/dead-letters/99999").refused(404, "not-found")
        self.admin.post("/v1/ops/inventory/dead-letters/99999/replay").refused(404, "not-found")
        self.assertEqual(self.admin.post(f"{path}/discard", {}).faults(), ["/reason"])
        self.assertEqual(self.admin.patch(path, {"body": {}}).status, 422)

    def test_4_replaying_it_as_it_is_fails_again(self):
        letter = self.letter_of(self.orders[0])
        dry = self.admin.post("/v1/ops/inventory/dead-letters:replay", {"dryRun": True}
                              ).expect(200).json
        self.assertEqual((dry["dryRun"], dry["replayed"]), (True, 0))
        self.assertGreaterEqual(dry["matched"], 2)
        self.admin.post(f"{self.path(letter)}/replay").expect(200)
        again = wait_until(lambda: next((one for one in self.letters(query="?status=dead")
                                         if one["id"] == letter["id"] and one["attempts"] > 0),
                                        None), "it is dead once more")
        self.assertEqual(again["reason"], "unreadable")
        order = self.operator.get(f"/v1/orders/{self.orders[0]['id']}").json
        self.assertEqual(order["status"], "Pending")

    def test_5_an_edited_one_has_its_effect_when_it_is_replayed(self):
        order = self.orders[0]
        letter = self.letter_of(order)
        body = letter["body"]
        body["message"]["data"] = self.good[order["id"]]
        edited = self.admin.patch(self.path(letter), {"body": body}).expect(200).json
        self.assertEqual(edited["editedBy"], self.waybill.tokens.subject("admin"))
        self.assertEqual(edited["body"]["message"]["data"]["orderId"], order["id"])
        self.admin.post(f"{self.path(letter)}/replay").expect(200)
        settled(self.client("customer1"), order["id"], "Confirmed")
        done = wait_until(lambda: next((one for one in self.letters(query="?status=replayed")
                                        if one["id"] == letter["id"]), None), "it is replayed")
        self.assertEqual(done["status"], "replayed")
        problem = self.admin.post(f"{self.path(letter)}/replay").refused(409, "illegal-transition")
        self.assertEqual(problem["currentStatus"], "replayed")

    def test_6_all_that_match_are_replayed_at_once(self):
        order = self.orders[1]
        letter = self.letter_of(order)
        body = letter["body"]
        body["message"]["data"] = self.good[order["id"]]
        self.admin.patch(self.path(letter), {"body": body}).expect(200)
        done = self.admin.post("/v1/ops/inventory/dead-letters:replay",
                               {"reason": "unreadable", "rate": 100}).expect(200).json
        self.assertGreaterEqual(done["replayed"], 1)
        settled(self.client("customer1"), order["id"], "Confirmed")

    def test_7_one_that_is_given_up_keeps_the_reason_and_is_not_tried_again(self):
        letter = self.letter_of(self.orders[2])
        gone = self.admin.post(f"{self.path(letter)}/discard", {"reason": "beyond repair"}
                               ).expect(200).json
        self.assertEqual(gone["status"], "discarded")
        self.admin.post(f"{self.path(letter)}/replay").refused(409, "illegal-transition")
        self.admin.post(f"{self.path(letter)}/discard", {"reason": "x"}).refused(
            409, "illegal-transition")

    def test_8_every_act_is_in_the_audit(self):
        wanted = {"dead_letter.replayed", "dead_letter.edited", "dead_letter.discarded"}
        wait_until(lambda: wanted <= set(self.acts()), "the acts reach the audit")
        events = self.operator.every("/v1/audit/events?type=OperatorActed")
        discarded = next(one for one in events if one["data"]["action"] == "dead_letter.discarded")
        self.assertEqual(discarded["data"]["reason"], "beyond repair")
        self.assertEqual(discarded["actor"]["subject"], self.waybill.tokens.subject("admin"))
