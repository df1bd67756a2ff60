"""Audit: events, documents, exports, streams and their state at any version, replays."""

import json
import uuid

from harness import Case, settled, wait_until


class Audit(Case):
    def setUp(self):
        self.operator, self.admin = self.client("operator"), self.client("admin")

    def order(self):
        product = self.product()
        client = self.client("customer1")
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 2}]}).json
        order = settled(client, order["id"], "Confirmed")
        self.stream("order", order["id"], 3)
        return order

    def stream(self, kind, key, count):
        """The stream once it holds so many events."""
        def look():
            events = self.operator.every(f"/v1/audit/streams/{kind}/{key}")
            return events if len(events) >= count else None
        return wait_until(look, f"{count} events of {kind} {key}")

    def test_queries_that_are_not_valid_are_refused(self):
        for path, pointer in (("/v1/audit/events?from=x", "?from"),
                              ("/v1/audit/events?correlationId=7", "?correlationId"),
                              ("/v1/audit/documents?entityId=7", "?entityId"),
                              ("/v1/audit/documents/export?to=late", "?to"),
                              ("/v1/audit/events?seq=7", "?seq")):
            with self.subTest(path=path):
                self.assertEqual(self.operator.get(path).faults(), [pointer])
        order = self.order()
        state = f"/v1/audit/streams/order/{order['id']}/state"
        for query, pointer in (("version=0", "?version"), ("version=x", "?version"),
                               ("at=now", "?at"), (f"version=1&at={order['createdAt']}", "?at")):
            with self.subTest(query=query):
                self.assertEqual(self.operator.get(f"{state}?{query}").faults(), [pointer])
        for path in (f"/v1/audit/streams/order/{uuid.uuid4()}/state",
                     f"{state}?at=2001-01-01T00:00:00Z",
                     f"/v1/audit/streams/stock/{order['id']}/state", "/v1/audit/streams/order/7"):
            with self.subTest(path=path):
                self.operator.get(path).refused(404, "not-found")

    def test_a_stream_folds_to_its_state_at_any_version_and_time(self):
        order = self.order()
        path = f"/v1/audit/streams/order/{order['id']}/state"
        for version, status in ((1, "Pending"), (2, "Reserved"), (3, "Confirmed")):
            state = self.operator.get(f"{path}?version={version}").expect(200).json
            self.assertEqual((state["streamType"], state["streamId"], state["version"],
                              state["state"]["status"], state["state"]["version"]),
                             ("order", order["id"], version, status, version))
        self.assertEqual(self.operator.get(path).expect(200).json["state"], order)
        at = self.operator.get(f"{path}?at={order['createdAt']}").expect(200).json
        self.assertEqual(at["state"]["status"], "Pending")
        product = order["items"][0]["productId"]
        folded = self.operator.get(f"/v1/audit/streams/product/{product}/state").expect(200).json
        self.assertEqual(folded["state"]["sku"], order["items"][0]["sku"])
        lines = self.operator.every(f"/v1/inventory/reservations?orderId={order['id']}")
        self.assertEqual(len(lines), 1)

    def test_events_and_documents_are_found_by_what_they_are(self):
        order = self.order()
        subject = self.waybill.tokens.subject("customer1")
        path = f"/v1/audit/documents?entity=order&entityId={order['id']}"
        documents = self.operator.every(path)
        self.assertEqual([one["action"] for one in documents],
                         ["OrderConfirmed", "OrderReserved", "OrderCreated"])
        created = documents[-1]
        self.assertIn(order["orderNumber"], created["summary"])
        self.assertEqual((created["entity"], created["entityId"], created["actor"]["subject"]),
                         ("order", order["id"], subject))
        self.assertEqual(self.operator.every(f"{path}&action=OrderCreated"), [created])
        self.assertEqual(self.operator.every(f"{path}&actor=nobody"), [])
        self.assertEqual(self.operator.every(f"{path}&to={order['createdAt']}"), [])
        events = self.operator.every(f"/v1/audit/events?type=OrderCreated&actor={subject}")
        self.assertIn(created["id"], {event["eventId"] for event in events})
        self.assertEqual({event["type"] for event in events}, {"OrderCreated"})

    def test_an_export_holds_every_document_as_a_line(self):
        order = self.order()
        answer = self.operator.get("/v1/audit/documents/export?entity=order").expect(200)
        self.assertEqual(answer.headers["Content-Type"], "application/x-ndjson")
        lines = [json.loads(line) for line in answer.body.splitlines()]
        self.assertEqual([one["seq"] for one in lines], sorted(one["seq"] for one in lines))
        self.assertEqual({one["entity"] for one in lines}, {"order"})
        mine = [one["action"] for one in lines if one["entityId"] == order["id"]]
        self.assertEqual(mine, ["OrderCreated", "OrderReserved", "OrderConfirmed"])
        everything = self.operator.get("/v1/audit/documents/export").expect(200).body.splitlines()
        self.assertGreater(len(everything), len(lines))
        self.assertEqual(everything and json.loads(everything[-1])["seq"], len(everything))


class Replays(Case):
    def setUp(self):
        self.operator, self.admin = self.client("operator"), self.client("admin")
        product = self.product()
        client = self.client("customer1")
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 2}]}).json
        self.order = settled(client, order["id"], "Confirmed")
        self.of_order = {"streamType": "order", "streamId": self.order["id"]}
        path = f"/v1/audit/streams/order/{order['id']}"
        wait_until(lambda: len(self.operator.every(path)) == 3, "three events in the audit")

    def replay(self, **members):
        return self.admin.post("/v1/audit/replay", members)

    def finished(self, answer):
        path = answer.expect(201).headers["Location"]

        def look():
            replay = self.operator.get(path).expect(200).json
            return replay if replay["status"] in ("Completed", "Failed") else None
        return wait_until(look, f"{path} ends")

    def test_requests_that_are_not_valid_are_refused(self):
        self.client("operator").post("/v1/audit/replay", self.of_order | {"target": "inventory"}
                                     ).refused(403, "insufficient-scope")
        for members, pointers in (
                ({}, ["/target"]), ({"target": "audit"}, ["/target"]),
                ({"target": "inventory"}, [""]),
                ({"target": "inventory", "streamType": "order"}, [""]),
                ({"target": "inventory", **self.of_order, "rate": 0}, ["/rate"]),
                ({"target": "inventory", "from": "2026-01-01T00:00:00Z",
                  "to": "2025-01-01T00:00:00Z"}, ["/to"]),
                ({"target": "inventory", "from": "2020-01-01T00:00:00Z",
                  "to": "2030-01-01T00:00:00Z"}, ["/from"])):
            with self.subTest(members=members):
                self.assertEqual(self.replay(**members).faults(), pointers)
        self.operator.get(f"/v1/audit/replay/{uuid.uuid4()}").refused(404, "not-found")

    def test_a_dry_run_counts_and_changes_nothing(self):
        done = self.finished(self.replay(target="inventory", dryRun=True, **self.of_order))
        self.assertEqual(done["status"], "Completed")
        self.assertEqual(done["dryRunCounts"], {"applied": 0, "alreadyApplied": 1,
                                                "notSubscribed": 2, "failed": 0})
        self.assertEqual(sum(done["counts"].values()), 0)

    def test_a_real_replay_of_what_had_its_effect_has_none(self):
        product = self.order["items"][0]["productId"]
        before = self.operator.get(f"/v1/inventory/products/{product}").json
        done = self.finished(self.replay(target="inventory", dryRun=False, reason="a drill",
                                         **self.of_order))
        self.assertEqual((done["status"], done["reason"]), ("Completed", "a drill"))
        self.assertEqual(done["counts"], {"applied": 0, "alreadyApplied": 1, "notSubscribed": 2,
                                          "failed": 0})
        self.assertEqual(self.operator.get(f"/v1/inventory/products/{product}").json, before)
        events = self.operator.every("/v1/audit/events?type=OperatorActed")
        self.assertIn(f"inventory/{done['id']}", {event["data"]["target"] for event in events})
