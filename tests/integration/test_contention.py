"""Many at once: the last pieces of stock, crossing orders, one state that two want to change."""

import collections

from books import Books
from harness import Case, in_parallel, settled, unique, wait_until


class Contention(Case):
    @classmethod
    def tearDownClass(cls):
        try:
            books = Books(cls.waybill.data).wait_rest()
            code = cls.waybill.stop()
            books.check()
            if code != 0:
                raise AssertionError(f"it ended with {code}\n{cls.waybill.tail()}")
        finally:
            cls.waybill.discard()

    def place(self, lines, user="customer1", **fields):
        body = {"items": [{"sku": sku, "quantity": count} for sku, count in lines]}
        return self.client(user).post("/v1/orders", body, **fields)

    def all_settled(self, ids):
        operator = self.client("operator")

        def done():
            found = [operator.get(f"/v1/orders/{one}").expect(200).json for one in ids]
            return None if any(order["status"] == "Pending" for order in found) else found
        return wait_until(done, "every order has settled", 30)

    def test_two_hundred_clients_share_the_last_fifty_pieces(self):
        product = self.product(quantity=50)
        client = self.client("customer1")
        body = {"items": [{"sku": product["sku"], "quantity": 1}]}
        answers = in_parallel([lambda: client.post("/v1/orders", body)] * 200)
        self.assertEqual({answer.status for answer in answers}, {201})
        orders = self.all_settled([answer.json["id"] for answer in answers])
        counts = collections.Counter((one["status"], one["cancellationReason"]) for one in orders)
        self.assertEqual(counts, {("Confirmed", None): 50, ("Cancelled", "out_of_stock"): 150})
        operator = self.client("operator")
        stock = operator.get(f"/v1/inventory/products/{product['id']}").json
        self.assertEqual((stock["quantity"], stock["reservedQuantity"], stock["availableQuantity"]),
                         (50, 50, 0))
        confirmed = [one for one in orders if one["status"] == "Confirmed"]
        answers = in_parallel([lambda o=one: operator.post(
            f"/v1/orders/{o['id']}/ship", {"trackingNumber": "T"}) for one in confirmed])
        self.assertEqual({answer.status for answer in answers}, {200})
        wait_until(lambda: operator.get(f"/v1/inventory/products/{product['id']}").json["quantity"]
                   == 0, "all fifty have left", 20)
        moves = operator.every(f"/v1/inventory/products/{product['id']}/movements")
        kinds = collections.Counter(move["kind"] for move in moves)
        self.assertEqual(kinds, {"receive": 1, "reserve": 50, "ship": 50})

    def test_orders_that_name_products_in_opposite_order_never_block_each_other(self):
        skus = [self.product(quantity=10_000)["sku"] for _ in range(4)]
        calls = []
        for n in range(120):
            lines = [(sku, 1) for sku in skus[n % 4:] + skus[:n % 4]]
            calls.append(lambda lines=lines[::-1] if n % 2 else lines: self.place(lines))
        answers = in_parallel(calls, threads=24)
        self.assertEqual({answer.status for answer in answers}, {201})
        orders = self.all_settled([answer.json["id"] for answer in answers])
        self.assertEqual({order["status"] for order in orders}, {"Confirmed"})

    def test_of_cancel_and_ship_exactly_one_wins(self):
        product = self.product(quantity=100)
        customer, operator = self.client("customer1"), self.client("operator")
        won = collections.Counter()
        for _ in range(25):
            order = self.place([(product["sku"], 1)], Prefer="wait=5").expect(201).json
            self.assertEqual(order["status"], "Confirmed")
            path = f"/v1/orders/{order['id']}"
            cancel, ship = in_parallel([
                lambda p=path: customer.post(f"{p}/cancel"),
                lambda p=path: operator.post(f"{p}/ship", {"trackingNumber": "T"})])
            self.assertEqual(sorted([cancel.status, ship.status]), [200, 409])
            loser, winner = (cancel, ship) if cancel.status == 409 else (ship, cancel)
            problem = loser.refused(409, "illegal-transition")
            final = operator.get(path).json
            self.assertEqual(final["status"], winner.json["status"])
            self.assertEqual(problem["currentStatus"], final["status"])
            self.assertTrue((final["shippedAt"] is None) != (final["cancelledAt"] is None))
            won[final["status"]] += 1
        wait_until(lambda: operator.get(f"/v1/inventory/products/{product['id']}").json[
            "reservedQuantity"] == 0, "nothing stays reserved")
        stock = operator.get(f"/v1/inventory/products/{product['id']}").json
        self.assertEqual(stock["quantity"], 100 - won["Shipped"])

    def test_of_updates_from_one_version_exactly_one_is_kept(self):
        product = self.product()
        operator = self.client("operator")
        path = f"/v1/inventory/products/{product['id']}"
        tag = operator.get(path).etag
        answers = in_parallel([lambda n=n: operator.patch(path, {"name": f"by {n}"}, If_Match=tag)
                               for n in range(20)])
        kept = [answer for answer in answers if answer.status == 200]
        self.assertEqual(len(kept), 1)
        for answer in answers:
            if answer.status != 200:
                self.assertEqual(answer.refused(412, "version-mismatch")["currentVersion"], 2)
        self.assertEqual(operator.get(path).json["name"], kept[0].json["name"])

    def test_of_counts_from_one_quantity_exactly_one_is_kept(self):
        product = self.product(quantity=10)
        operator = self.client("operator")
        path = f"/v1/inventory/products/{product['id']}"
        answers = in_parallel([lambda n=n: operator.post(
            f"{path}/adjust", {"expectedQuantity": 10, "quantity": 20 + n, "reason": "count"})
            for n in range(20)])
        kept = [answer for answer in answers if answer.status == 200]
        self.assertEqual(len(kept), 1)
        for answer in answers:
            if answer.status != 200:
                problem = answer.refused(409, "quantity-changed")
                self.assertEqual(problem["quantity"], kept[0].json["quantity"])

    def test_adjustments_side_by_side_lose_nothing(self):
        product = self.product(quantity=1000)
        operator = self.client("operator")
        path = f"/v1/inventory/products/{product['id']}"
        in_parallel([lambda n=n: operator.post(
            f"{path}/adjust", {"delta": 3 if n % 2 else -2, "reason": "correction"}).expect(200)
            for n in range(100)], threads=20)
        self.assertEqual(operator.get(path).json["quantity"], 1050)

    def test_of_products_with_one_sku_exactly_one_is_made(self):
        operator, sku = self.client("operator"), unique("S")
        body = {"sku": sku, "name": "n", "price": "1", "quantity": 0}
        answers = in_parallel([lambda: operator.post("/v1/inventory/products", body)] * 20)
        self.assertEqual(sorted(answer.status for answer in answers), [201] + [409] * 19)
        for answer in answers:
            if answer.status == 409:
                answer.refused(409, "sku-taken")
        self.assertEqual(len(operator.every(f"/v1/inventory/products?q={sku}")), 1)

    def test_a_cancel_that_overtakes_the_reservation_leaves_nothing_reserved(self):
        product = self.product(quantity=1000)
        client = self.client("customer1")

        def place_and_cancel():
            order = self.place([(product["sku"], 1)]).expect(201).json
            return client.post(f"/v1/orders/{order['id']}/cancel").expect(200).json
        orders = in_parallel([place_and_cancel] * 60, threads=20)
        for order in orders:
            settled(client, order["id"], "Cancelled")
        operator = self.client("operator")

        def free():
            stock = operator.get(f"/v1/inventory/products/{product['id']}").json
            return stock["reservedQuantity"] == 0 and stock["availableQuantity"] == 1000
        wait_until(free, "all stock is free again")
