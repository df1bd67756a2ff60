"""Waiting for what settles: `Prefer: wait`, manual confirmation and its deadline, reads that are
never older than asked for, and streams."""

import time

from client import Events
from harness import Case, allow, settled, wait_until


class Waiting(Case):
    settings = ("orders.confirmation_deadline=1s",)

    def place(self, product=None, quantity=1, user="customer1", body=None, **fields):
        product = product or self.product()
        order = {"items": [{"sku": product["sku"], "quantity": quantity}]} | (body or {})
        return self.client(user).post("/v1/orders", order, **fields)

    def test_who_waits_gets_the_settled_order(self):
        answer = self.place(Prefer="wait=5").expect(201)
        self.assertEqual(answer.headers["Preference-Applied"], "wait=5")
        self.assertEqual(answer.json["status"], "Confirmed")
        self.assertEqual(answer.etag, '"3"')

    def test_who_does_not_wait_is_told_that_it_is_pending(self):
        answer = self.place().expect(201)
        self.assertIsNone(answer.headers["Preference-Applied"])
        self.assertEqual(answer.json["status"], "Pending")

    def test_who_waits_for_an_order_without_stock_learns_that_it_is_cancelled(self):
        answer = self.place(self.product(quantity=1), quantity=2, Prefer="wait=5").expect(201)
        self.assertEqual(answer.headers["Preference-Applied"], "wait=5")
        self.assertEqual((answer.json["status"], answer.json["cancellationReason"]),
                         ("Cancelled", "out_of_stock"))

    def test_a_wait_is_clamped_and_others_preferences_are_ignored(self):
        answer = self.place(Prefer="respond-async, wait=600, handling=lenient").expect(201)
        self.assertEqual(answer.headers["Preference-Applied"], "wait=10")
        self.assertEqual(answer.json["status"], "Confirmed")

    def test_a_manual_order_settles_as_reserved_and_waits_for_its_confirmation(self):
        answer = self.place(body={"confirmation": "manual"}, Prefer="wait=5").expect(201)
        order = answer.json
        self.assertEqual(order["status"], "Reserved")
        self.assertIsNotNone(order["deadlineAt"])
        self.client("customer1").post(f"/v1/orders/{order['id']}/confirm").refused(403, "forbidden")
        done = self.client("operator").post(f"/v1/orders/{order['id']}/confirm").expect(200).json
        self.assertEqual((done["status"], done["deadlineAt"]), ("Confirmed", None))

    def test_a_manual_order_that_nobody_confirms_is_cancelled_at_its_deadline(self):
        product = self.product(quantity=5)
        order = self.place(product, 5, body={"confirmation": "manual"}, Prefer="wait=5").json
        gone = settled(self.client("customer1"), order["id"], "Cancelled")
        self.assertEqual(gone["cancellationReason"], "confirmation_timeout")
        self.assertGreaterEqual(gone["cancelledAt"], order["deadlineAt"])
        operator = self.client("operator")
        operator.post(f"/v1/orders/{order['id']}/confirm").refused(409, "illegal-transition")
        wait_until(lambda: operator.get(f"/v1/inventory/products/{product['id']}").json[
            "availableQuantity"] == 5, "the stock is free again")

    def test_a_read_is_never_older_than_asked_for(self):
        order = self.place(Prefer="wait=5").json
        client, path = self.client("customer1"), f"/v1/orders/{order['id']}"
        self.assertEqual(client.get(path, Waybill_Min_Version="x").faults(),
                         ["Waybill-Min-Version"])
        client.get(path, Waybill_Min_Version="3").expect(200)
        began = time.monotonic()
        answer = client.get(path, Waybill_Min_Version="4", Request_Timeout="0.4")
        answer.refused(503, "unavailable")
        self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertLess(time.monotonic() - began, allow(3))

    def test_a_read_that_asks_for_a_coming_version_waits_for_it(self):
        client = self.client("customer1")
        order = self.place().json
        answer = client.get(f"/v1/orders/{order['id']}", Waybill_Min_Version="3").expect(200)
        self.assertEqual(answer.json["version"], 3)


class Streams(Case):
    settings = ("streams.per_subject_max=200",)

    def place(self, user="customer1"):
        product = self.product()
        return self.client(user).post("/v1/orders", {"items": [
            {"sku": product["sku"], "quantity": 1}]}).expect(201).json

    def test_a_stream_of_an_order_tells_its_whole_life(self):
        customer, operator = self.client("customer1"), self.client("operator")
        order = self.place()
        with Events(customer, f"/v1/orders/{order['id']}/stream") as events:
            self.assertEqual(events.status, 200)
            self.assertEqual(events.response.headers["Content-Type"], "text/event-stream")
            first = events.take(3)
            self.assertEqual([(key, name) for key, name, _ in first],
                             [("1", "OrderCreated"), ("2", "OrderReserved"),
                              ("3", "OrderConfirmed")])
            self.assertIsNotNone(events.retry)
            self.assertEqual(first[0][2]["data"]["orderNumber"], order["orderNumber"])
            operator.post(f"/v1/orders/{order['id']}/ship", {"trackingNumber": "T"}).expect(200)
            key, name, data = events.next()
            self.assertEqual((key, name, data["data"]["trackingNumber"]),
                             ("4", "OrderShipped", "T"))

    def test_a_stream_resumes_after_the_last_event_that_was_seen(self):
        customer, order = self.client("customer1"), self.place()
        settled(customer, order["id"], "Confirmed")
        path = f"/v1/orders/{order['id']}/stream"
        with Events(customer, path, last_event_id=2) as events:
            self.assertEqual(events.next()[:2], ("3", "OrderConfirmed"))
        self.assertEqual(customer.get(path, Last_Event_ID="x").faults(), ["Last-Event-ID"])

    def test_a_stream_of_notifications_tells_what_is_sent_to_its_user_alone(self):
        customer = self.client("customer1")
        with Events(customer, "/v1/notifications/stream") as events:
            others = self.place("customer2")
            settled(self.client("customer2"), others["id"], "Confirmed")
            order = self.place()
            told = [events.next()]
            while told[-1][2]["orderId"] != order["id"]:
                told.append(events.next())
            subject = self.waybill.tokens.subject("customer1")
            self.assertEqual({data["userId"] for _, _, data in told}, {subject})
            key, name, data = told[-1]
            self.assertEqual((name, data["event"]), ("notification", "OrderConfirmed"))
            self.client("operator").post(f"/v1/orders/{order['id']}/ship",
                                         {"trackingNumber": "T"}).expect(200)
            self.assertEqual(events.next()[2]["event"], "OrderShipped")
        with Events(customer, "/v1/notifications/stream", last_event_id=key) as events:
            self.assertEqual(events.next()[2]["event"], "OrderShipped")
        self.assertEqual(customer.get("/v1/notifications/stream", Last_Event_ID="x").faults(),
                         ["Last-Event-ID"])

    def test_many_streams_are_told_and_let_go(self):
        customer, operator, order = self.client("customer1"), self.client("operator"), self.place()
        settled(customer, order["id"], "Confirmed")
        path = f"/v1/orders/{order['id']}/stream"
        streams = [Events(customer, path, last_event_id=3) for _ in range(100)]
        operator.post(f"/v1/orders/{order['id']}/ship", {"trackingNumber": "T"}).expect(200)
        for events in streams:
            self.assertEqual(events.next()[:2], ("4", "OrderShipped"))
            events.close()
        with Events(customer, path) as events:
            self.assertEqual(len(events.take(4)), 4)
