"""Reads the SQLite files of a stopped platform and checks that the books balance: the invariants
of stock, sagas, outboxes, histories and the audit."""

import collections
import json
import os
import sqlite3
import uuid

from harness import wait_until

LEGAL = {None: {"OrderCreated"},
         "OrderCreated": {"OrderReserved", "OrderCancelled"},
         "OrderReserved": {"OrderConfirmed", "OrderCancelled"},
         "OrderConfirmed": {"OrderShipped", "OrderCancelled"},
         "OrderShipped": set(), "OrderCancelled": set()}
AFTER = {"OrderCreated": "Pending", "OrderReserved": "Reserved", "OrderConfirmed": "Confirmed",
         "OrderShipped": "Shipped", "OrderCancelled": "Cancelled"}
LINE_OF = {"Reserved": {"Active"}, "Confirmed": {"Active"}, "Shipped": {"Fulfilled"},
           "Cancelled": {"Released"}, "Pending": set()}
SERVICES = ("orders", "inventory", "notifications", "audit")


class Books:
    """The databases of one data folder. Open it only when no process has it."""

    def __init__(self, folder):
        self.folder = folder

    def connect(self, service):
        connection = sqlite3.connect(os.path.join(self.folder, f"{service}.db"))
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, service, statement, *values):
        connection = self.connect(service)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def change(self, service, statement, *values):
        """Changes a stopped platform's file, as a bug or a vandal might; the number of rows."""
        connection = self.connect(service)
        try:
            with connection:
                return connection.execute(statement, values).rowcount
        finally:
            connection.close()

    def wait_rest(self, seconds=20.0):
        """Waits until nothing is left to be published; the process may be running."""
        wait_until(lambda: not list(self.outboxes()), f"rest: {self.folder}", seconds)
        return self

    def check(self):
        """Raises with everything that does not balance."""
        faults = [*self.files(), *self.stock(), *self.histories(), *self.sagas(), *self.outboxes(),
                  *self.audit()]
        if faults:
            raise AssertionError("the books do not balance:\n" + "\n".join(faults[:40]))

    def files(self):
        for service in SERVICES:
            answer = self.rows(service, "pragma integrity_check")[0][0]
            if answer != "ok":
                yield f"{service}.db: {answer}"

    def stock(self):
        """I1: 0 <= reserved <= quantity; both equal the sums of the movements and the lines."""
        active = collections.Counter()
        for row in self.rows("inventory", "select product_id, quantity from reservation_lines "
                                          "where status = 'Active'"):
            active[row["product_id"]] += row["quantity"]
        quantity, reserved = collections.Counter(), collections.Counter()
        for row in self.rows("inventory", "select * from stock_movements"):
            product, kind, count = row["product_id"], row["kind"], row["quantity"]
            if not 0 <= row["reserved_after"] <= row["quantity_after"]:
                yield f"a movement leaves {row['reserved_after']} of {row['quantity_after']}"
            if kind in ("receive", "adjust"):
                quantity[product] += count
            elif kind == "ship":
                quantity[product] -= abs(count)
                reserved[product] -= abs(count)
            else:
                reserved[product] += abs(count) if kind == "reserve" else -abs(count)
        for row in self.rows("inventory", "select * from products"):
            product, sku = row["id"], row["sku"]
            held, there = row["reserved_quantity"], row["quantity"]
            if not 0 <= held <= there:
                yield f"{sku}: {held} reserved of {there}"
            if held != active[product]:
                yield f"{sku}: {held} reserved, lines hold {active[product]}"
            if (there, held) != (quantity[product], reserved[product]):
                yield (f"{sku}: counters say {(there, held)}, movements "
                       f"{(quantity[product], reserved[product])}")

    def histories(self):
        """I5: every order's events are a legal path to the state of its row."""
        path = collections.defaultdict(list)
        for row in self.rows("orders", "select aggregate_id, aggregate_version, type from events "
                                       "where aggregate_type = 'order' order by seq"):
            path[row["aggregate_id"]].append((row["aggregate_version"], row["type"]))
        items = collections.Counter()
        for row in self.rows("orders", "select order_id, line_total from order_items"):
            items[row["order_id"]] += row["line_total"]
        for row in self.rows("orders", "select * from orders"):
            name, steps = row["order_number"], path.pop(row["id"], [])
            if [version for version, _ in steps] != list(range(1, len(steps) + 1)):
                yield f"{name}: versions {steps}"
            before = None
            for _, kind in steps:
                if kind not in LEGAL[before]:
                    yield f"{name}: {kind} after {before}"
                before = kind
            if AFTER.get(before) != row["status"]:
                yield f"{name} is {row['status']} after {before}"
            if row["shipped_at"] is not None and row["cancelled_at"] is not None:
                yield f"{name} is shipped and cancelled"
            if row["total_amount"] != items[row["id"]]:
                yield f"{name}: total {row['total_amount']}, lines {items[row['id']]}"
        yield from (f"events of an order without a row: {steps}" for steps in path.values())

    def sagas(self):
        """I6 and I18, at rest: what an order says and what its reservation holds."""
        lines = collections.defaultdict(set)
        for row in self.rows("inventory", "select r.order_id, l.status from reservations r "
                                          "join reservation_lines l on l.reservation_id = r.id"):
            lines[row["order_id"]].add(row["status"])
        for row in self.rows("orders", "select id, order_number, status from orders"):
            found = lines.pop(row["id"], set())
            if row["status"] == "Pending":
                yield f"{row['order_number']} never settled"
            elif found != LINE_OF[row["status"]] and not (row["status"] == "Cancelled"
                                                          and not found):
                yield f"{row['order_number']} is {row['status']}, its lines are {found}"
        for order, found in lines.items():
            yield f"a reservation {found} of an order that is not there: {uuid.UUID(bytes=order)}"

    def outboxes(self):
        """I7 and I11: nothing is left to be published, nothing waits or is dead."""
        for service in SERVICES:
            for table in ("outbox", "deliveries"):
                rows = self.rows(service, f"select * from {table}")
                if rows:
                    yield f"{service}: {len(rows)} rows in {table}: {dict(rows[0])}"

    def audit(self):
        """I9a: the events of the services and the audit's are the same, each once and gapless."""
        published = {}
        for service in SERVICES:
            for row in self.rows(service, "select event_id, type from events"):
                published[row["event_id"]] = f"{service} {row['type']}"
        recorded = self.rows("audit", "select * from event_store order by seq")
        ids = [row["event_id"] for row in recorded]
        if len(ids) != len(set(ids)):
            yield "the audit holds an event twice"
        for missing in published.keys() - set(ids):
            yield f"the audit lacks {published[missing]} {uuid.UUID(bytes=missing)}"
        for more in set(ids) - published.keys():
            yield f"the audit holds {uuid.UUID(bytes=more)}, which nobody published"
        streams = collections.defaultdict(list)
        for row in recorded:
            streams[row["stream_type"], row["stream_id"]].append(row["version"])
        for (kind, _), versions in streams.items():
            if sorted(versions) != list(range(1, len(versions) + 1)):
                yield f"a stream of {kind} has the versions {versions}"

    def orders_created(self):
        """How many OrderCreated the audit holds, by order id."""
        return collections.Counter(
            json.loads(row["data"])["orderId"]
            for row in self.rows("audit", "select data from event_store where type = "
                                          "'OrderCreated'"))
