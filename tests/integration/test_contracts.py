"""What is published is what is promised: events against their schemas, the ledger in the order of
what happened, and metrics that say how things are."""

import contextlib
import json
import os
import pathlib
import re
import sqlite3
import sys
import unittest

from harness import Case, Waybill, in_parallel, make_product, settled, unique, wait_until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "contracts"))

import json_schema  # noqa: E402

PRODUCTS = "/v1/inventory/products"
# What a running platform can be made to say through its API alone.
TOLD = {"OrderCreated", "OrderReserved", "OrderConfirmed", "OrderCancelled", "OrderShipped",
        "ProductCreated", "ProductUpdated", "ProductDeleted", "InventoryAdjusted",
        "InventoryReserved", "InventoryReservationFailed", "InventoryReleased", "InventoryShipped",
        "LowStockAlert", "NotificationSent", "OperatorActed"}
# Of events, beside their data, as the audit shows them.
KEPT = {"eventId", "type", "schemaVersion", "occurredAt", "correlationId", "causationId"}


def metric(waybill, name, **labels):
    """The sum of a metric's samples with these labels."""
    total, found = 0.0, False
    for line in waybill.client().get("/metrics").expect(200).body.decode().splitlines():
        match = re.fullmatch(r"(\w+)(\{.*?\})? (\S+)( .*)?", line)
        if match and match[1] == name and all(f'{key}="{value}"' in (match[2] or "")
                                              for key, value in labels.items()):
            total, found = total + float(match[3]), True
    return total if found else None


def published_schemas():
    for path in sorted((ROOT / "contracts" / "events").glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        yield (schema["properties"]["type"]["const"],
               schema["properties"]["schemaVersion"]["const"]), schema


class Contracts(Case):
    def tell_all(self):
        """Makes every event of TOLD happen."""
        operator, customer = self.client("operator"), self.client("customer1")
        product = self.product(quantity=10, lowStockThreshold=5, description="é \" \\")
        path = f"{PRODUCTS}/{product['id']}"

        def order(quantity):
            return customer.post("/v1/orders", {"items": [{"sku": product["sku"],
                                                           "quantity": quantity}]},
                                 Prefer="wait=5").expect(201).json["id"]
        shipped, cancelled = order(1), order(2)
        self.assertEqual(settled(customer, order(1000), "Cancelled")["cancellationReason"],
                         "out_of_stock")
        operator.post(f"/v1/orders/{shipped}/ship", {"trackingNumber": "T", "carrier": "UPS"}
                      ).expect(200)
        customer.post(f"/v1/orders/{cancelled}/cancel", {"note": "no"}).expect(200)
        operator.post(f"{path}/adjust", {"delta": -5, "reason": "loss", "reference": "R"}
                      ).expect(200)
        operator.patch(path, {"name": "Other"}, If_Match="*").expect(200)
        gone = self.product(quantity=0)
        operator.delete(f"{PRODUCTS}/{gone['id']}", If_Match="*").expect(204)
        template = {"event": "OrderShipped", "type": "Email", "locale": "de", "name": "t",
                    "subject": "s", "body": "b"}
        operator.post("/v1/notifications/templates", template).expect(201)

    def test_every_event_that_is_recorded_follows_its_schema(self):
        self.tell_all()
        operator = self.client("operator")
        wait_until(lambda: TOLD <= {event["type"] for event in operator.every("/v1/audit/events")},
                   "the audit has an event of every type", 20)
        schemas = dict(published_schemas())
        for event in operator.every("/v1/audit/events"):
            with self.subTest(type=event["type"]):
                schema = schemas[event["type"], event["schemaVersion"]]
                message = {name: event[name] for name in KEPT}
                message |= {"aggregateType": event["streamType"], "aggregateId": event["streamId"],
                            "aggregateVersion": event["version"], "data": event["data"],
                            "actor": event["actor"]}
                self.assertEqual(json_schema.faults(schema, message), [])
                known = schema["properties"]["data"]["properties"].keys()
                self.assertEqual(event["data"].keys() - known, set(), "members of no schema")

    def test_what_is_served_is_what_is_in_the_repository(self):
        document = self.client().get("/asyncapi.json").expect(200).json
        kept = json.loads((ROOT / "contracts" / "asyncapi.json").read_text(encoding="utf-8"))
        self.assertEqual(document, kept)
        self.assertEqual(set(document["channels"]), {kind for (kind, _) in
                                                     dict(published_schemas())})

    def test_a_schema_finds_what_is_wrong(self):
        schema = dict(published_schemas())["InventoryAdjusted", 1]
        sample = json.loads((ROOT / "contracts" / "events" / "samples" / "InventoryAdjusted.v1.json"
                             ).read_text(encoding="utf-8"))["message"]
        self.assertEqual(json_schema.faults(schema, sample), [])
        for change in ({"eventId": "7"}, {"type": "Other"}, {"schemaVersion": 2},
                       {"schemaVersion": True}, {"aggregateVersion": 0}, {"occurredAt": "today"},
                       {"actor": {"subject": "s"}}, {"data": {}},
                       {"data": sample["data"] | {"delta": "-3"}},
                       {"data": sample["data"] | {"reason": "theft"}},
                       {"data": sample["data"] | {"delta": 2 ** 63}}):
            with self.subTest(change=change):
                self.assertNotEqual(json_schema.faults(schema, sample | change), [])
        del sample["data"]
        self.assertNotEqual(json_schema.faults(schema, sample), [])

    def test_the_ledger_is_in_the_order_of_what_happened(self):
        product = self.product(quantity=1000)
        operator = self.client("operator")
        path = f"{PRODUCTS}/{product['id']}"
        clients = [self.client("operator") for _ in range(8)]

        def adjust(client, count):
            for _ in range(count):
                client.post(f"{path}/adjust", {"delta": -1, "reason": "loss"}).expect(200)
        in_parallel([lambda client=client: adjust(client, 20) for client in clients])
        for limit in (100, 7):
            moves = operator.every(f"{path}/movements", limit)
            self.assertEqual([move["quantityAfter"] for move in moves],
                             list(range(840, 1001)), f"by pages of {limit}")


class Upgrade(unittest.TestCase):
    def test_a_database_of_the_first_schema_goes_on(self):
        waybill = Waybill("seed.products=0")
        try:
            path = f"{PRODUCTS}/{make_product(waybill, quantity=50)['id']}"

            def adjust(running, times):
                for _ in range(times):
                    running.client("operator").post(f"{path}/adjust", {"delta": -1,
                                                                       "reason": "loss"}).expect(200)

            def once(running):
                return running.client("operator").post(
                    f"{path}/adjust", {"delta": -1, "reason": "loss"},
                    Idempotency_Key="before the upgrade").expect(200)
            once(waybill)
            adjust(waybill, 4)
            self.assertEqual(waybill.stop(), 0)
            with contextlib.closing(sqlite3.connect(
                    os.path.join(waybill.data, "inventory.db"))) as books:
                columns = [row[1] for row in books.execute("pragma table_info(stock_movements)")
                           if row[1] != "revision"]
                books.executescript(
                    f"create table old as select {', '.join(columns)} from stock_movements;"
                    "drop table stock_movements; alter table old rename to stock_movements;"
                    "update idempotency set lookup = substr(lookup, -16);"
                    "delete from schema_migrations where version >= 2;")
            again = Waybill("seed.products=0", data=waybill.data)
            try:
                self.assertEqual(once(again).headers["Idempotency-Replayed"], "true")
                adjust(again, 3)
                moves = again.client("operator").every(f"{path}/movements", 2)
                self.assertEqual([move["quantityAfter"] for move in moves], list(range(42, 51)))
            finally:
                again.discard()
        finally:
            waybill.discard()


class Metrics(unittest.TestCase):
    def test_low_stock_is_counted_over_a_restart_and_until_a_product_goes(self):
        first = Waybill("seed.products=0")
        name = "waybill_inventory_low_stock_product_count"
        try:
            low = [make_product(first, quantity=1, lowStockThreshold=5) for _ in range(3)]
            make_product(first, quantity=9, lowStockThreshold=5)
            wait_until(lambda: metric(first, name) == 3, "three products are counted")
            self.assertEqual(first.stop(), 0)
            again = Waybill("seed.products=0", data=first.data)
            try:
                wait_until(lambda: metric(again, name) == 3, "they are still counted")
                operator = again.client("operator")
                operator.post(f"{PRODUCTS}/{low[0]['id']}/adjust", {"delta": 9, "reason": "count"}
                              ).expect(200)
                operator.delete(f"{PRODUCTS}/{low[1]['id']}", If_Match="*").expect(204)
                wait_until(lambda: metric(again, name) == 1, "one is left")
            finally:
                again.discard()
        finally:
            first.discard()
