"""The whole way of an order: gateway, orders, inventory, notifications, audit, in one trace."""

import secrets

from harness import Case, settled, wait_until

CLIENT_SPAN = "00f067aa0ba902b7"


def notified(client, order_id, event):
    def look():
        rows = client.every("/v1/notifications")
        return next((row for row in rows
                     if row["orderId"] == order_id and row["event"] == event), None)
    return wait_until(look, f"a notification of {event}")


def recorded(client, path, types):
    """The events of a list once it holds all of these types."""
    def look():
        events = client.every(path)
        return events if {event["type"] for event in events} >= set(types) else None
    return wait_until(look, f"{path} holds {types}")


def span_attributes(span):
    return {one["key"]: next(iter(one["value"].values())) for one in span.get("attributes", ())}


class WholeFlow(Case):
    def place(self, **members):
        self.trace = secrets.token_hex(16)
        product = self.product(quantity=100, price="1299.99", name="Laptop 15")
        body = {"items": [{"sku": product["sku"], "quantity": 2, "unitPrice": "1299.99"}],
                "note": "please ring", "metadata": {"cart": "77"}, **members}
        answer = self.client("customer1").post(
            "/v1/orders", body, traceparent=f"00-{self.trace}-{CLIENT_SPAN}-01").expect(201)
        return product, answer

    def test_an_order_is_reserved_confirmed_notified_and_shipped(self):
        customer, operator = self.client("customer1"), self.client("operator")
        product, answer = self.place()
        order = answer.json
        self.assertEqual(answer.headers["Location"], f"/v1/orders/{order['id']}")
        self.assertEqual(answer.etag, '"1"')
        self.assertRegex(order["orderNumber"], r"^WB-\d{8}-[0-9A-HJKMNP-TV-Z]{8}$")
        self.assertEqual(order["status"], "Pending")
        self.assertEqual(order["totalAmount"], "2599.98")
        self.assertEqual(order["items"][0]["lineTotal"], "2599.98")
        self.assertEqual(order["items"][0]["productName"], "Laptop 15")
        self.assertEqual(order["metadata"], {"cart": "77"})

        order = settled(customer, order["id"], "Confirmed")
        self.assertEqual(order["version"], 3)
        self.assertIsNone(order["deadlineAt"])
        stock = operator.get(f"/v1/inventory/products/{product['id']}").expect(200).json
        self.assertEqual((stock["quantity"], stock["reservedQuantity"], stock["availableQuantity"]),
                         (100, 2, 98))
        told = notified(customer, order["id"], "OrderConfirmed")
        self.assertEqual((told["type"], told["status"]), ("InApp", "Sent"))
        self.assertIn(order["orderNumber"], told["subject"])

        shipped = operator.post(f"/v1/orders/{order['id']}/ship",
                                {"trackingNumber": "1Z999", "carrier": "UPS"}).expect(200).json
        self.assertEqual((shipped["status"], shipped["trackingNumber"]), ("Shipped", "1Z999"))

        def gone():
            now = operator.get(f"/v1/inventory/products/{product['id']}").json
            return (now["quantity"], now["reservedQuantity"]) == (98, 0)
        wait_until(gone, "the stock has left")
        lines = operator.every(f"/v1/inventory/reservations?orderId={order['id']}")
        self.assertEqual([line["status"] for line in lines], ["Fulfilled"])
        notified(customer, order["id"], "OrderShipped")

    def test_the_journey_tells_the_owner_all_of_it_in_order(self):
        customer = self.client("customer1")
        product, answer = self.place()
        order = settled(customer, answer.json["id"], "Confirmed")
        path = f"/v1/orders/{order['id']}/journey"

        def whole():
            journey = customer.get(path)
            done = journey.status == 200 and journey.json["notifications"]
            return journey.json if done else None
        journey = wait_until(whole, "the journey reaches the notification")
        self.assertEqual(journey["orderNumber"], order["orderNumber"])
        self.assertEqual(journey["customerId"], order["customerId"])
        self.assertEqual(journey["status"], "Confirmed")
        self.assertEqual(journey["traceIds"], [self.trace])
        kinds = [step["type"] for step in journey["steps"]]
        self.assertEqual(kinds, ["OrderCreated", "InventoryReserved", "OrderReserved",
                                 "OrderConfirmed", "NotificationSent"])
        self.assertEqual([step["service"] for step in journey["steps"]],
                         ["orders", "inventory", "orders", "orders", "notifications"])
        moves = [(move["kind"], move["sku"], move["quantity"])
                 for move in journey["stockMovements"]]
        self.assertEqual(moves, [("reserve", product["sku"], 2)])
        self.assertNotIn("quantityAfter", str(journey))
        self.assertGreaterEqual(journey["durationMs"], 0)
        self.client("customer2").get(path).refused(404, "not-found")
        self.client("operator").get(path).expect(200)

    def test_every_event_of_the_order_is_in_the_audit_once_with_its_cause(self):
        operator = self.client("operator")
        _, answer = self.place()
        order = settled(operator, answer.json["id"], "Confirmed")
        stream = recorded(operator, f"/v1/audit/streams/order/{order['id']}", ["OrderConfirmed"])
        self.assertEqual([event["version"] for event in stream], [1, 2, 3])
        correlation = stream[0]["correlationId"]
        events = recorded(operator, f"/v1/audit/events?correlationId={correlation}",
                          ["NotificationSent"])
        self.assertEqual(len(events), len({event["eventId"] for event in events}))
        self.assertEqual({event["traceId"] for event in events}, {self.trace})
        by_type = {event["type"]: event for event in events}
        created = by_type["OrderCreated"]
        self.assertEqual(created["actor"]["subject"], self.waybill.tokens.subject("customer1"))
        self.assertEqual(created["actor"]["client"], "waybill-cli")
        self.assertEqual(created["data"]["totalAmount"], "2599.98")
        self.assertEqual(by_type["InventoryReserved"]["causationId"], created["eventId"])
        self.assertEqual(by_type["OrderReserved"]["causationId"],
                         by_type["InventoryReserved"]["eventId"])
        self.assertEqual(by_type["NotificationSent"]["causationId"],
                         by_type["OrderConfirmed"]["eventId"])

    def test_one_trace_runs_from_the_gateway_to_the_audit(self):
        operator = self.client("operator")
        _, answer = self.place()
        settled(operator, answer.json["id"], "Confirmed")

        def whole():
            found = operator.get(f"/api/telemetry/traces/{self.trace}")
            if found.status != 200:
                return None
            names, spans = set(), []
            for resource in found.json["resourceSpans"]:
                names.add(span_attributes(resource["resource"])["service.name"])
                spans += [span for scope in resource["scopeSpans"] for span in scope["spans"]]
            wanted = {"gateway", "orders", "inventory", "notifications", "audit"}
            known = {span["spanId"] for span in spans} | {CLIENT_SPAN, "", None}
            orphans = [span["name"] for span in spans if span.get("parentSpanId") not in known]
            there = wanted <= {name.removeprefix("waybill-") for name in names}
            return spans if there and not orphans else None
        spans = wait_until(whole, "spans of all five services, each with its parent", 15)
        self.assertEqual({span["traceId"].lower() for span in spans}, {self.trace})
        self.assertIn("POST /v1/orders", {span["name"] for span in spans})

    def test_an_order_of_an_operator_for_a_customer_belongs_to_the_customer(self):
        subject = self.waybill.tokens.subject("customer2")
        product = self.product()
        body = {"customerId": subject, "items": [{"productId": product["id"], "quantity": 1}]}
        self.client("customer1").post("/v1/orders", body).refused(403, "forbidden")
        order = self.client("operator").post("/v1/orders", body).expect(201).json
        self.assertEqual(order["customerId"], subject)
        settled(self.client("customer2"), order["id"], "Confirmed")
        self.client("customer1").get(f"/v1/orders/{order['id']}").refused(404, "not-found")
