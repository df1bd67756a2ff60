"""What clients were answered: the history that `waybill load` writes, reconciled with the books."""

import collections
import json
import os
import uuid


def attempts_of(path):
    """The attempts of one file; its last line may still be being written."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return  # going on could give the rest of it as a line of its own
            yield json.loads(line)


class Outcomes:
    """What became of the orders that clients asked for, by idempotency key."""

    def __init__(self, paths):
        self.acknowledged, self.open = {}, set()
        self.doubts = 0  # attempts that may or may not have happened, repeated or not
        for path in paths:
            for attempt in attempts_of(path):
                if attempt["op"] == "create":
                    self.take(attempt)
        self.open -= self.acknowledged.keys()

    def take(self, attempt):
        if attempt["outcome"] == "acknowledged":
            self.acknowledged.setdefault(attempt["key"], set()).add(attempt["order"])
        elif attempt["outcome"] in ("unknown", "failed"):
            self.open.add(attempt["key"])
            self.doubts += attempt["outcome"] == "unknown"

    def faults(self, books):
        """I2 and I3, from the databases alone and without the product's own checker."""
        orders = {row["id"] for row in books.rows("orders", "select id from orders")}
        told = books.orders_created()
        made = collections.defaultdict(list)
        for row in books.rows("orders", "select idempotency_key, aggregate_id from idempotency "
                                        "where status = 201"):
            made[row["aggregate_id"]].append(row["idempotency_key"])
        for key, ids in self.acknowledged.items():
            if len(ids) != 1:
                yield f"the key {key} was answered with {len(ids)} orders"
            for order in ids:
                if uuid.UUID(order).bytes not in orders:
                    yield f"LOST: the order {order} of {key} was acknowledged and is not there"
                elif told[order] != 1:
                    yield f"the audit holds {told[order]} OrderCreated of {order}"
        keys = [key for order in orders for key in made[order]]
        if len(keys) != len(orders) or len(set(keys)) != len(keys):
            yield f"{len(orders)} orders were made under {len(set(keys))} keys"
        for key in set(keys) - self.acknowledged.keys() - self.open:
            yield f"there is an order of {key}, which was refused"

    def lost(self, faults):
        return sum(fault.startswith("LOST") for fault in faults)
