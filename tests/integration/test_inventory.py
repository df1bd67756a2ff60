"""Inventory: products, their definition and stock, the ledger, and what customers may see."""

import uuid

from harness import Case, settled, unique, wait_until

PATH = "/v1/inventory/products"


class Products(Case):
    def setUp(self):
        self.operator = self.client("operator")

    def test_faults_of_a_product_come_at_once(self):
        self.assertEqual(self.operator.post(PATH, {}).faults(),
                         ["/name", "/price", "/quantity", "/sku"])
        answer = self.operator.post(PATH, {"sku": "x" * 201, "name": "", "price": "free",
                                           "quantity": -1, "lowStockThreshold": "9",
                                           "description": "x" * 2001, "currency": "usd",
                                           "reservedQuantity": 5})
        self.assertEqual(answer.faults(), sorted(
            ["/sku", "/name", "/price", "/quantity", "/lowStockThreshold", "/description",
             "/currency", "/reservedQuantity"]))
        for price, currency in (("1.001", "USD"), ("1.5", "JPY"), ("-0.01", "USD"),
                                ("10000000000.00", "USD"), ("1.0001", "BHD")):
            with self.subTest(price=price):
                body = {"sku": unique("P"), "name": "n", "quantity": 0, "price": price,
                        "currency": currency}
                self.assertEqual(self.operator.post(PATH, body).faults(), ["/price"])

    def test_a_product_has_its_defaults_and_its_digits(self):
        body = {"sku": unique("P"), "name": "n", "quantity": 7, "price": 5}
        answer = self.operator.post(PATH, body).expect(201)
        product = answer.json
        self.assertEqual(answer.headers["Location"], f"{PATH}/{product['id']}")
        self.assertEqual((product["price"], product["currency"], product["description"],
                          product["lowStockThreshold"], product["version"]),
                         ("5.00", "USD", "", 0, 1))
        self.assertEqual(self.operator.get(f"{PATH}/sku/{body['sku']}").json, product)
        for price, currency, shown in (("5", "JPY", "5"), ("1.5", "BHD", "1.500")):
            made = self.operator.post(PATH, body | {"sku": unique("P"), "price": price,
                                                    "currency": currency}).expect(201).json
            self.assertEqual(made["price"], shown)

    def test_a_sku_is_taken_until_its_product_is_deleted(self):
        product = self.product()
        body = {"sku": product["sku"], "name": "n", "quantity": 0, "price": "1"}
        self.operator.post(PATH, body).refused(409, "sku-taken")
        other = self.product()
        self.operator.patch(f"{PATH}/{other['id']}", {"sku": product["sku"]}, If_Match="*"
                            ).refused(409, "sku-taken")
        tag = self.operator.get(f"{PATH}/{product['id']}").etag
        self.operator.delete(f"{PATH}/{product['id']}", If_Match=tag).expect(204)
        self.operator.get(f"{PATH}/{product['id']}").refused(404, "not-found")
        self.operator.get(f"{PATH}/sku/{product['sku']}").refused(404, "not-found")
        again = self.operator.post(PATH, body).expect(201).json
        self.assertNotEqual(again["id"], product["id"])

    def test_a_deleted_product_is_no_longer_sold(self):
        product = self.product()
        self.operator.delete(f"{PATH}/{product['id']}", If_Match="*").expect(204)
        body = {"items": [{"productId": product["id"], "quantity": 1}]}
        customer = self.client("customer1")
        wait_until(lambda: customer.post("/v1/orders", body).status == 422, "orders forgets it")
        customer.post("/v1/orders", body).refused(422, "unknown-product")

    def test_changes_need_the_version_that_they_change(self):
        product = self.product()
        path = f"{PATH}/{product['id']}"
        put = {"sku": product["sku"], "name": "other", "price": "11.00"}
        for method, body in (("PUT", put), ("PATCH", {"name": "other"}), ("DELETE", None)):
            with self.subTest(method=method):
                self.operator.request(method, path, body).refused(428, "precondition-required")
                problem = self.operator.request(method, path, body, If_Match='"7.1"').refused(
                    412, "version-mismatch")
                self.assertEqual(problem["currentVersion"], 1)
        put = self.operator.put(path, put, If_Match=self.operator.get(path).etag).expect(200)
        self.assertEqual((put.json["name"], put.json["price"], put.json["version"],
                          put.json["quantity"]), ("other", "11.00", 2, 100))

    def test_a_products_tag_tells_definition_and_stock_apart(self):
        product = self.product()
        path = f"{PATH}/{product['id']}"
        tag = self.operator.get(path).etag
        self.assertRegex(tag, r'^"1\.\d+"$')
        self.operator.get(path, If_None_Match=tag).expect(304)
        self.operator.post(f"{path}/adjust", {"delta": 1, "reason": "received"}).expect(200)
        moved = self.operator.get(path, If_None_Match=tag).expect(200)
        self.assertNotEqual(moved.etag, tag)
        self.assertEqual(moved.json["version"], 1)
        self.operator.patch(path, {"name": "still the same definition"}, If_Match=tag).expect(200)
        self.operator.patch(path, {"name": "no longer"}, If_Match=tag).refused(412,
                                                                               "version-mismatch")

    def test_a_merge_patch_changes_what_it_names(self):
        product = self.product(description="old")
        path = f"{PATH}/{product['id']}"
        for body, pointers in (({"name": None}, ["/name"]), ({"price": None}, ["/price"]),
                               ({"quantity": 5}, ["/quantity"]), ({"sku": ""}, ["/sku"])):
            with self.subTest(body=body):
                self.assertEqual(self.operator.patch(path, body, If_Match="*").faults(), pointers)
        for kind in ("application/merge-patch+json", "application/json"):
            body = b'{"description":null,"lowStockThreshold":3}'
            changed = self.operator.patch(path, body, If_Match="*", Content_Type=kind).expect(200)
            self.assertEqual((changed.json["description"], changed.json["lowStockThreshold"],
                              changed.json["name"]), ("", 3, "Thing"))
        self.operator.patch(path, b"{}", If_Match="*", Content_Type="application/json-patch+json"
                            ).refused(415, "unsupported-media-type")

    def test_adjustments_are_checked(self):
        product = self.product(quantity=10)
        path = f"{PATH}/{product['id']}/adjust"
        for body in ({"reason": "count"}, {"reason": "count", "quantity": 5},
                     {"reason": "count", "delta": 1, "quantity": 5, "expectedQuantity": 10}):
            with self.subTest(body=body):
                self.assertEqual(self.operator.post(path, body).faults(), [""])
        self.assertEqual(self.operator.post(path, {"delta": 1}).faults(), ["/reason"])
        self.assertEqual(self.operator.post(path, {"delta": 1, "reason": "theft"}).faults(),
                         ["/reason"])
        self.assertEqual(self.operator.post(path, {"delta": 1_000_000_000, "reason": "received"}
                                            ).faults(), ["/delta"])
        problem = self.operator.post(path, {"expectedQuantity": 9, "quantity": 5, "reason": "count"}
                                     ).refused(409, "quantity-changed")
        self.assertEqual(problem["quantity"], 10)
        self.client("operator").post(f"{PATH}/{uuid.uuid4()}/adjust",
                                     {"delta": 1, "reason": "count"}).refused(404, "not-found")

    def test_what_is_reserved_cannot_be_taken_away(self):
        product = self.product(quantity=10)
        customer = self.client("customer1")
        order = customer.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 6}]},
                              Prefer="wait=5").expect(201).json
        path = f"{PATH}/{product['id']}"
        problem = self.operator.post(f"{path}/adjust", {"delta": -5, "reason": "loss"}).refused(
            409, "stock-below-reserved")
        self.assertEqual((problem["quantity"], problem["reservedQuantity"]), (10, 6))
        self.operator.delete(path, If_Match="*").refused(409, "product-reserved")
        self.assertEqual(self.operator.post(f"{path}/adjust", {"delta": -4, "reason": "damage"}
                                            ).expect(200).json["availableQuantity"], 0)
        customer.post(f"/v1/orders/{order['id']}/cancel").expect(200)
        wait_until(lambda: self.operator.delete(path, If_Match="*").status == 204,
                   "it can be deleted once nothing is reserved")

    def test_the_ledger_tells_every_move(self):
        product = self.product(quantity=10)
        path = f"{PATH}/{product['id']}"
        self.operator.post(f"{path}/adjust", {"delta": -2, "reason": "damage", "reference": "R7"}
                           ).expect(200)
        order = self.client("customer1").post("/v1/orders", {"items": [
            {"sku": product["sku"], "quantity": 3}]}, Prefer="wait=5").expect(201).json
        moves = self.operator.every(f"{path}/movements")
        self.assertEqual([(one["kind"], one["quantityAfter"], one["reservedAfter"])
                          for one in moves],
                         [("reserve", 8, 3), ("adjust", 8, 0), ("receive", 10, 0)])
        self.assertEqual((moves[0]["orderId"], moves[1]["reason"], moves[1]["reference"]),
                         (order["id"], "damage", "R7"))
        self.assertEqual(moves[1]["actor"]["subject"], self.waybill.tokens.subject("operator"))
        self.operator.get(f"{PATH}/{uuid.uuid4()}/movements").refused(404, "not-found")
        lines = self.operator.every(f"/v1/inventory/reservations?orderId={order['id']}")
        self.assertEqual([(one["sku"], one["quantity"], one["status"]) for one in lines],
                         [(product["sku"], 3, "Active")])
        self.assertEqual(self.operator.get("/v1/inventory/reservations?orderId=7&status=x"
                                           ).status, 422)

    def test_customers_see_what_is_available_and_no_more(self):
        product = self.product(quantity=9, lowStockThreshold=2)
        for user, hidden in (("customer1", True), ("operator", False), ("admin", False)):
            for path in (f"{PATH}/{product['id']}", f"{PATH}/sku/{product['sku']}"):
                shown = self.client(user).get(path).expect(200).json
                self.assertEqual(shown["availableQuantity"], 9)
                for member in ("quantity", "reservedQuantity", "lowStockThreshold"):
                    self.assertEqual(member not in shown, hidden, (user, member))
            listed = self.client(user).every(f"{PATH}?q={product['sku']}")
            self.assertEqual("quantity" not in listed[0], hidden)

    def test_search_takes_its_text_literally(self):
        mark = unique("Q")
        for name in (f"{mark} 100%_a", f"{mark} 100xya", f"{mark} C'; drop table products--"):
            self.product(name=name)
        for text, count in (("100%25_a", 1), ("100__a", 0), ("c'; DROP", 1), ("", 3)):
            with self.subTest(text=text):
                query = f"{mark.lower()} {text}".strip().replace(" ", "%20")
                self.assertEqual(len(self.operator.every(f"{PATH}?q={query}")), count)

    def test_a_batch_answers_for_each_item(self):
        self.assertEqual(self.operator.post(f"{PATH}:batch", {"items": []}).faults(), ["/items"])
        self.assertEqual(self.operator.post(f"{PATH}:batch", {"items": [{}] * 1001}).faults(),
                         ["/items"])
        good = {"sku": unique("B"), "name": "n", "price": "1", "quantity": 1}
        items = self.operator.post(f"{PATH}:batch", {"items": [
            good, good, {"sku": "x"}]}).expect(200).json["items"]
        self.assertEqual(sorted(one["status"] for one in items[:2]), [201, 409])
        self.assertEqual(items[2]["status"], 422)
        self.assertEqual([fault["pointer"] for fault in items[2]["problem"]["errors"]],
                         ["/items/2/name", "/items/2/quantity", "/items/2/price"])

    def test_low_stock_is_told_once_to_the_operators_and_again_when_it_was_filled_up(self):
        product = self.product(quantity=10, lowStockThreshold=5)
        customer, path = self.client("customer1"), f"{PATH}/{product['id']}"

        def alerts():
            rows = self.operator.every("/v1/notifications?userId=role:operator")
            return [row for row in rows if product["sku"] in row["subject"]]
        for quantity in (6, 1, 1):
            customer.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": quantity}]},
                          Prefer="wait=5").expect(201)
        wait_until(alerts, "an alert reaches the operators")
        low = self.operator.every(f"{PATH}/low-stock")
        self.assertIn(product["id"], {one["id"] for one in low})
        self.assertEqual([(row["userId"], row["event"]) for row in alerts()],
                         [("role:operator", "LowStockAlert")])
        self.operator.post(f"{path}/adjust", {"delta": 50, "reason": "received"}).expect(200)
        self.assertNotIn(product["id"],
                         {one["id"] for one in self.operator.every(f"{PATH}/low-stock")})
        self.operator.post(f"{path}/adjust", {"delta": -50, "reason": "loss"}).expect(200)
        wait_until(lambda: len(alerts()) == 2, "a second alert")
        order = customer.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]})
        settled(customer, order.json["id"], "Confirmed")
        self.assertEqual(len(alerts()), 2)
        self.assertEqual([row for row in customer.every("/v1/notifications")
                          if row["event"] == "LowStockAlert"], [])
