"""P14: durable orders, one-order reads and list pages with a long history behind them."""
import os
import sqlite3
import time
import uuid

from flow import seeded
from stage import Product, folder, load, median, remove, write_lines

# Tables of one order, and what differs between two orders: the columns with its ids.
COPIED = (("orders", "id"), ("order_items", "order_id"), ("events", "aggregate_id"),
          ("idempotency", "aggregate_id"))


def time_ordered(number, first_ms):
    """A UUIDv7 of an order placed `number` × 10 ms after the first."""
    head = (first_ms + number * 10).to_bytes(6, "big")
    tail = bytearray(os.urandom(10))
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    return head + bytes(tail)


def rows_of(db, order):
    found = {}
    for table, key in COPIED:
        cursor = db.execute(f"select * from {table} where {key} = ?", (order,))
        names = [column[0] for column in cursor.description]
        found[table] = [dict(zip(names, row)) for row in cursor.fetchall()]
    return found


def fresh(table, row, order, number):
    """That row as another order has it."""
    row = dict(row)
    for name in ("id", "order_id", "aggregate_id"):
        if name in row and (name != "id" or table == "orders"):
            row[name] = order
    if table == "orders":
        row["order_number"] = f"WB-20250101-{number:08X}"
    elif table == "order_items":
        row["id"] = os.urandom(16)
    elif table == "events":
        row["seq"], row["event_id"] = None, order[:6] + os.urandom(10)
    else:
        row["idempotency_key"] = f"bench-0-{number:08}"
        row["lookup"] = row["idempotency_key"].encode() + os.urandom(16)
    return tuple(row.values())


def grow(data, count):
    """Adds that many settled orders of the same customer, older than those that are there."""
    with sqlite3.connect(os.path.join(data, "orders.db")) as db:
        db.execute("pragma synchronous = off")
        order = db.execute("select id from orders where status = 'Confirmed' limit 1").fetchone()[0]
        model = rows_of(db, order)
        first_ms = int(time.time() * 1000) - 86_400_000 - count * 10
        for start in range(0, count, 20_000):
            ids = [time_ordered(number, first_ms)
                   for number in range(start, min(start + 20_000, count))]
            for table, rows in model.items():
                places = ",".join("?" * len(rows[0]))
                db.executemany(f"insert into {table} values ({places})",
                               (fresh(table, row, order_id, start + at)
                                for at, order_id in enumerate(ids) for row in rows))
            db.executemany("insert or ignore into order_skus values (?,?,?)",
                           ((row["sku"], order_id[:5] + bytes(11), order_id[:5] + b"\xff" * 11)
                            for order_id in ids for row in model["order_items"]))
            db.commit()
        samples = db.execute("select id from orders order by random() limit 2000").fetchall()
    return [f"/v1/orders/{uuid.UUID(bytes=row[0])}" for row in samples]


def prepared(count):
    """A data folder with that many orders; the files that the load generator reads."""
    data = folder()
    products = seeded(data)
    product = Product(data)
    token = write_lines(data + ".token", [product.token()])
    load(product.port, connections=4, requests=50, token=token, products=products)
    time.sleep(1)
    product.stop()
    return data, products, write_lines(data + ".paths", grow(data, count))


def speeds(place, seconds):
    data, products, paths = place
    product = Product(data, "gateway,identity,orders")
    try:
        token = write_lines(data + ".token", [product.token()])
        common = {"connections": 64, "token": token, "seconds": seconds}
        found = {}
        for name, options in (("orders", {"products": products}), ("reads", {"paths": paths}),
                              ("pages", {"get": "/v1/orders?limit=20"})):
            load(product.port, **{**common, "seconds": 0.5}, **options)
            result = load(product.port, **common, **options)
            found[name] = result["ok"] / result["seconds"]
        return found
    finally:
        product.stop()


def p14(runs, quick):
    sizes = (10_000, 100_000 if quick else 1_000_000)
    places = [prepared(size) for size in sizes]
    found = [[], []]
    try:
        for _ in range(runs):
            for place, rows in zip(places, found):
                rows.append(speeds(place, 1 if quick else 2))
    finally:
        for place in places:
            remove(place[0])
    small, large = ({name: median([row[name] for row in rows]) for name in rows[0]}
                    for rows in found)
    return [("P14", f"{what}, {sizes[1]:,} orders", f"{large[name]:,.0f}/s",
             f"{small[name]:,.0f}/s with {sizes[0]:,}", f"{large[name] / small[name]:.2f} ×",
             "≥ 0.9 ×", large[name] >= 0.9 * small[name])
            for name, what in (("orders", "durable orders"), ("reads", "one-order reads"),
                               ("pages", "list pages of 20"))]
