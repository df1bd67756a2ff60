"""P2 and P3e: durable orders, and the whole flow, on the embedded database."""
import json
import os
import subprocess
import time
import uuid

from stage import (Product, folder, helper, load, median, remove, tree_cpu, write_lines)

PRODUCTS = 100


def settled(product):
    """Waits until no event is on its way; the seconds it took."""
    began = time.monotonic()
    while product.metric("waybill_outbox_pending") > 0:
        if time.monotonic() - began > 120:
            raise RuntimeError("events are still on their way after two minutes")
        time.sleep(0.02)
    return time.monotonic() - began


def seeded(data):
    """A data folder with products that never run out; gives the file with their ids."""
    product = Product(data, settings={"seed.products": "0"})
    try:
        token = product.token("operator")
        ids = []
        for number in range(PRODUCTS):
            body = {"sku": f"BENCH-{number:04}", "name": f"Product {number} of the bench",
                    "description": "", "quantity": 100_000_000, "lowStockThreshold": 10,
                    "price": "12.99", "currency": "USD"}
            made = product.call("/v1/inventory/products", token, body,
                                headers={"Idempotency-Key": str(uuid.uuid4())})
            ids.append(made["id"])
        settled(product)
        return write_lines(data + ".products", ids)
    finally:
        product.stop()


def durable(seconds):
    """One run of P2's product side: orders/s, CPU-µs an order of product and of both."""
    data = folder()
    products = seeded(data)
    product = Product(data, services="gateway,identity,orders")
    try:
        token = write_lines(data + ".token", [product.token()])
        load(product.port, connections=64, requests=2000, token=token, products=products)
        before = tree_cpu(product.pid)
        result = load(product.port, connections=64, seconds=seconds, token=token,
                      products=products)
        own = tree_cpu(product.pid) - before
        return {"rate": result["ok"] / result["seconds"],
                "cpu_us": own / result["ok"] * 1e6,
                "all_cpu_us": (own + result["cpu_seconds"]) / result["ok"] * 1e6,
                "p50_ms": result["p50_us"] / 1e3, "p99_ms": result["p99_us"] / 1e3}
    finally:
        product.stop()
        remove(data)


def peer(orders, batch):
    data = folder()
    try:
        out = subprocess.run([helper("sqlite_peer"), data, str(orders), str(batch)], check=True,
                             stdout=subprocess.PIPE).stdout
        result = json.loads(out)
        return {"rate": result["ok"] / result["seconds"],
                "cpu_us": result["cpu_seconds"] / result["ok"] * 1e6}
    finally:
        remove(data)


def p2(runs, quick):
    ours, one, many = [], [], []
    for _ in range(runs):
        ours.append(durable(2 if quick else 5))
        one.append(peer(2_000 if quick else 6_000, 1))
        many.append(peer(20_000 if quick else 60_000, 64))
    def m(rows, key):
        return median([row[key] for row in rows])
    rate = m(ours, "rate")
    return [
        ("P2", "durable orders, 64 clients, embedded",
         f"{rate:,.0f}/s; {m(ours, 'all_cpu_us'):.0f} µs CPU an order with the load generator's "
         f"({m(ours, 'cpu_us'):.0f} without); p50 {m(ours, 'p50_ms'):.1f} ms, "
         f"p99 {m(ours, 'p99_ms'):.1f} ms",
         f"C, 1 a transaction: {m(one, 'rate'):,.0f}/s ({m(one, 'cpu_us'):.0f} µs); "
         f"C, 64 a transaction: {m(many, 'rate'):,.0f}/s ({m(many, 'cpu_us'):.0f} µs)",
         f"{rate / m(one, 'rate'):.2f} × and {rate / m(many, 'rate'):.2f} ×",
         "≥ 4 × and ≥ 0.5 ×",
         rate >= 4 * m(one, "rate") and rate >= 0.5 * m(many, "rate")),
    ]


def whole_flow(orders):
    """One run of P3e: settled orders/s and CPU-ms an order, the load generator's included."""
    data = folder()
    products = seeded(data)
    product = Product(data)
    try:
        token = write_lines(data + ".token", [product.token()])
        load(product.port, connections=64, requests=500, token=token, products=products)
        settled(product)
        before, began = tree_cpu(product.pid), time.monotonic()
        result = load(product.port, connections=64, requests=orders, token=token,
                      products=products)
        created = time.monotonic() - began
        settled(product)
        seconds = time.monotonic() - began
        own = tree_cpu(product.pid) - before
        audited(data, orders + 500)
        return {"rate": orders / seconds, "created": orders / created,
                "cpu_ms": (own + result["cpu_seconds"]) / orders * 1e3,
                "own_ms": own / orders * 1e3, "p50_ms": result["p50_us"] / 1e3}
    finally:
        product.stop()
        remove(data)


def audited(data, orders):
    """The audit must hold three events of every order: created, reserved, confirmed."""
    import sqlite3
    with sqlite3.connect(f"file:{os.path.join(data, 'audit.db')}?mode=ro", uri=True) as audit:
        held = dict(audit.execute("select type, count(*) from event_store "
                                  "where stream_type = 'order' group by type"))
    expected = {"OrderCreated": orders, "OrderReserved": orders, "OrderConfirmed": orders}
    if held != expected:
        raise RuntimeError(f"the audit holds {held}, not {expected}")


def p3e(runs, quick):
    rows = [whole_flow(5_000 if quick else 20_000) for _ in range(runs)]
    def m(key):
        return median([row[key] for row in rows])
    return [("P3e", "whole flow, embedded",
             f"{m('rate'):,.0f} settled orders/s; {m('cpu_ms'):.3f} CPU-ms an order "
             f"({m('own_ms'):.3f} without the load generator)",
             "Vendure 154, Medusa 778 CPU-ms an order", "–", "≥ 2,500/s; ≤ 0.5 CPU-ms",
             m("rate") >= 2500 and m("cpu_ms") <= 0.5)]
