"""kill -9 under load: what was acknowledged is there, once, and the books balance."""

import http.client
import os
import threading
import unittest

from books import Books
from harness import Folder, Waybill, make_product, unique, wait_until

ROUNDS = 3
WORKERS = 8
ENOUGH = 150


class Load:
    """Workers that place, cancel, ship and adjust, and note what was answered."""

    def __init__(self, waybill, products):
        self.waybill, self.products = waybill, products
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.acknowledged = {}
        self.unknown = {}
        self.faults = []
        customers = [waybill.client("customer1"), waybill.client("customer2")]
        operator = waybill.client("operator")
        self.threads = [threading.Thread(target=self.work, args=(n, customers[n % 2], operator))
                        for n in range(WORKERS)]
        for thread in self.threads:
            thread.start()

    def work(self, number, customer, operator):
        turn = 0
        try:
            while not self.stop.is_set():
                turn += 1
                self.place(number + turn, customer, operator)
        except (OSError, http.client.HTTPException):
            return  # the process is gone: that is what is tested
        except BaseException as error:
            self.faults.append(error)

    def place(self, turn, customer, operator):
        skus = [self.products[(turn + n) % len(self.products)]["sku"] for n in range(2)]
        key = unique("load")
        body = {"items": [{"sku": sku, "quantity": 1 + turn % 3} for sku in skus]}
        with self.lock:
            self.unknown[key] = body
        answer = customer.post("/v1/orders", body, Idempotency_Key=key)
        with self.lock:
            del self.unknown[key]
            if answer.status == 201:
                self.acknowledged[answer.json["id"]] = (key, answer.json["orderNumber"])
            elif answer.status != 503:
                self.faults.append(AssertionError(f"placing: {answer}"))
        if answer.status != 201:
            return
        path = f"/v1/orders/{answer.json['id']}"
        if turn % 5 == 0:
            customer.post(f"{path}/cancel")
        elif turn % 5 == 1:
            operator.post(f"{path}/ship", {"trackingNumber": "T"})
        elif turn % 7 == 2:
            product = self.products[turn % len(self.products)]["id"]
            operator.post(f"/v1/inventory/products/{product}/adjust",
                          {"delta": 1, "reason": "received"})

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


class Crash(unittest.TestCase):
    def setUp(self):
        self.home = Folder()
        self.addCleanup(self.home.remove)
        self.data = self.home.file("data")
        self.acknowledged, self.unknown = {}, {}

    def start(self):
        waybill = Waybill("seed.products=0", data=self.data)
        self.addCleanup(waybill.discard)
        return waybill

    def at_rest(self, waybill):
        """Every order has settled, and what happened has reached the audit."""
        operator = waybill.client("operator")
        wait_until(lambda: not operator.get("/v1/orders?status=Pending&limit=1").json["items"],
                   "no order is pending", 60)
        Books(self.data).wait_rest(60)
        return operator

    def test_three_kills_under_load_lose_and_double_nothing(self):
        products = None
        for number in range(ROUNDS):
            waybill = self.start()
            products = products or [make_product(waybill, 200 * (n + 1)) for n in range(4)]
            load = Load(waybill, products)
            wait_until(lambda: len(load.acknowledged) >= ENOUGH * (number + 1) or load.faults,
                       "enough orders are acknowledged", 60)
            waybill.kill()
            load.end()
            self.assertEqual(load.faults, [])
            self.acknowledged |= load.acknowledged
            self.unknown |= load.unknown
        waybill = self.start()
        operator = self.at_rest(waybill)
        for order, (_, number) in list(self.acknowledged.items())[::10]:
            self.assertEqual(operator.get(f"/v1/orders/{order}").expect(200).json["orderNumber"],
                             number)
        self.keys_still_hold(waybill)
        self.at_rest(waybill)
        self.assertEqual(waybill.stop(), 0, waybill.tail())
        books = Books(self.data)
        books.check()
        created = books.orders_created()
        for order in self.acknowledged:
            self.assertEqual(created[order], 1, f"OrderCreated of {order} in the audit")
        self.assertEqual(set(created.values()), {1})

    def keys_still_hold(self, waybill):
        """A repeat after the crash replays what was acknowledged, and finds or makes the rest."""
        clients = [waybill.client("customer1"), waybill.client("customer2")]
        for key, body in self.unknown.items():
            for client in clients:
                answer = client.post("/v1/orders", body, Idempotency_Key=key)
                if answer.headers["Idempotency-Replayed"]:
                    self.assertEqual(answer.status, 201)
                    break
        books = waybill.client("operator")
        numbers = [order["orderNumber"] for order in books.every("/v1/orders")]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertLessEqual({number for _, number in self.acknowledged.values()}, set(numbers))

    def test_a_kill_while_starting_harms_nothing(self):
        for _ in range(3):
            waybill = Waybill(data=self.data, wait=False)
            self.addCleanup(waybill.discard)
            wait_until(lambda w=waybill: self.has_files(3) or not w.running(), "it has begun")
            waybill.kill()
        waybill = Waybill(data=self.data)
        self.addCleanup(waybill.discard)
        product = make_product(waybill)
        answer = waybill.client("customer1").post(
            "/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]}, Prefer="wait=5")
        self.assertEqual(answer.expect(201).json["status"], "Confirmed")
        Books(self.data).wait_rest()
        self.assertEqual(waybill.stop(), 0)
        Books(self.data).check()

    def has_files(self, count):
        return os.path.isdir(self.data) and len(os.listdir(self.data)) >= count
