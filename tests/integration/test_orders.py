"""Orders: what is refused and how, what is sold and at which price, and the legal moves."""

import uuid

from harness import Case, settled, unique, wait_until


class PlacingOrders(Case):
    def order(self, user="customer1", **body):
        return self.client(user).post("/v1/orders", body)

    def test_a_body_that_is_no_json_is_refused_with_its_place(self):
        client = self.client("customer1")
        for body in (b"", b"{", b"[1,]", b'{"items":[]} x', b'{"a":1,"a":2}', b'"\xff"',
                     b"[" * 33 + b"]" * 33, b"nul", b"{'items':[]}", b'{"a":01}'):
            with self.subTest(body=body[:40]):
                client.post("/v1/orders", body).refused(400, "malformed-json")
        problem = client.post("/v1/orders", b'{"items":\n [}').refused(400, "malformed-json")
        self.assertRegex(problem["detail"], r"line 2")

    def test_a_wrong_media_type_is_refused(self):
        client = self.client("customer1")
        for kind in ("text/plain", "application/xml", "application/merge-patch", "json"):
            with self.subTest(kind=kind):
                client.post("/v1/orders", b"{}", Content_Type=kind).refused(
                    415, "unsupported-media-type")
        client.post("/v1/orders", b"{}", Content_Type="application/json; charset=utf-8").refused(
            422, "validation-failed")

    def test_a_body_above_one_mebibyte_is_refused(self):
        body = b'{"note":"' + b"x" * (1 << 20) + b'"}'
        self.client("customer1").post("/v1/orders", body).refused(413, "payload-too-large")

    def test_all_faults_come_at_once_with_their_pointers(self):
        answer = self.order(items=[{"sku": "", "quantity": 0}, {"quantity": "2"},
                                   {"sku": "A", "quantity": 1, "unitPrice": "1.2.3", "x/y": 1}],
                            currency="DOLLARS", confirmation="later", note=7, status="Shipped",
                            metadata={"": "v"})
        self.assertEqual(answer.faults(), sorted(
            ["/items/0/sku", "/items/0/quantity", "/items/1/quantity", "/items/2/unitPrice",
             "/items/2/x~1y", "/currency", "/confirmation", "/note", "/status", "/metadata/"]))

    def test_single_faults_name_their_member(self):
        item = {"sku": "LAP-15", "quantity": 1}
        cases = [({}, ["/items"]), ({"items": []}, ["/items"]), ({"items": None}, ["/items"]),
                 ({"items": [item] * 101}, ["/items"]), ({"items": [7]}, ["/items/0"]),
                 ({"items": [{"quantity": 1}]}, ["/items/0"]),
                 ({"items": [item | {"productId": str(uuid.uuid4())}]}, ["/items/0"]),
                 ({"items": [{"productId": "7", "quantity": 1}]}, ["/items/0/productId"]),
                 ({"items": [item | {"quantity": 1_000_001}]}, ["/items/0/quantity"]),
                 ({"items": [item | {"quantity": 1.5}]}, ["/items/0/quantity"]),
                 ({"items": [item | {"quantity": True}]}, ["/items/0/quantity"]),
                 ({"items": [item | {"unitPrice": "1299.999"}]}, ["/items/0/unitPrice"]),
                 ({"items": [item | {"unitPrice": "-1"}]}, ["/items/0/unitPrice"]),
                 ({"items": [item], "note": "x" * 2001}, ["/note"]),
                 ({"items": [item], "metadata": {"k" * 41: "v"}}, [f"/metadata/{'k' * 41}"]),
                 ({"items": [item], "metadata": {"k": "v" * 501}}, ["/metadata/k"]),
                 ({"items": [item], "metadata": {str(n): "v" for n in range(21)}}, ["/metadata"]),
                 ({"items": [item], "customerId": ""}, ["/customerId"]),
                 ({"items": [item], "currency": "EUR"}, ["/currency"])]
        for body, pointers in cases:
            with self.subTest(body=str(body)[:80]):
                self.assertEqual(self.client("customer1").post("/v1/orders", body).faults(),
                                 pointers)

    def test_an_unknown_product_is_named(self):
        problem = self.order(items=[{"sku": "LAP-15", "quantity": 1},
                                    {"sku": "NO-SUCH", "quantity": 1}]
                             ).refused(422, "unknown-product")
        self.assertEqual([fault["pointer"] for fault in problem["errors"]], ["/items/1/sku"])

    def test_another_price_is_refused_with_the_current_one(self):
        problem = self.order(items=[{"sku": "LAP-15", "quantity": 1, "unitPrice": "1299.98"},
                                    {"sku": "MON-27", "quantity": 1, "unitPrice": 449.50}]
                             ).refused(409, "price-changed")
        self.assertEqual(problem["items"], [{"sku": "LAP-15", "unitPrice": "1299.99"}])

    def test_products_of_two_currencies_are_refused(self):
        euro = self.product(currency="EUR")
        answer = self.order(items=[{"sku": "LAP-15", "quantity": 1},
                                   {"sku": euro["sku"], "quantity": 1}])
        self.assertEqual(answer.faults(), ["/items/1"])
        order = self.order(items=[{"sku": euro["sku"], "quantity": 1}]).expect(201).json
        self.assertEqual(order["currency"], "EUR")

    def test_a_total_that_overflows_is_refused(self):
        lines = [{"sku": self.product(price="9999999999.99")["sku"], "quantity": 1_000_000}
                 for _ in range(10)]
        self.assertEqual(self.order(items=lines).faults(), ["/items/9"])
        self.assertEqual(self.order(items=lines[:1] * 2).faults(), ["/items/1/quantity"])

    def test_prices_are_exact_and_lines_of_a_product_are_merged(self):
        product = self.product(price="0.10")
        order = self.order(items=[{"sku": product["sku"], "quantity": 1, "unitPrice": 0.1},
                                  {"productId": product["id"], "quantity": 2,
                                   "unitPrice": "0.1"}]).expect(201).json
        self.assertEqual([(line["quantity"], line["unitPrice"], line["lineTotal"])
                          for line in order["items"]], [(3, "0.10", "0.30")])
        self.assertEqual(order["totalAmount"], "0.30")

    def test_a_new_price_is_charged_from_then_on_and_not_before(self):
        product = self.product(price="10.00")
        operator = self.client("operator")
        first = self.order(items=[{"sku": product["sku"], "quantity": 1}]).expect(201).json
        operator.patch(f"/v1/inventory/products/{product['id']}", {"price": "12.00"},
                       If_Match="*").expect(200)

        def dearer():
            order = self.order(items=[{"sku": product["sku"], "quantity": 1}]).expect(201).json
            return order["totalAmount"] == "12.00"
        wait_until(dearer, "the new price reaches orders")
        self.assertEqual(operator.get(f"/v1/orders/{first['id']}").json["totalAmount"], "10.00")

    def test_an_order_without_stock_cancels_itself_and_holds_nothing(self):
        plenty, scarce = self.product(quantity=50), self.product(quantity=1)
        order = self.order(items=[{"sku": plenty["sku"], "quantity": 5},
                                  {"sku": scarce["sku"], "quantity": 2}]).expect(201).json
        order = settled(self.client("customer1"), order["id"], "Cancelled")
        self.assertEqual(order["cancellationReason"], "out_of_stock")
        operator = self.client("operator")
        for product in (plenty, scarce):
            stock = operator.get(f"/v1/inventory/products/{product['id']}").json
            self.assertEqual(stock["reservedQuantity"], 0)


class MovingOrders(Case):
    def placed(self, status="Confirmed", user="customer1", **body):
        client = self.client(user)
        product = self.product()
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}],
                                           **body}).expect(201).json
        return settled(client, order["id"], status)

    def move(self, order, action, body=None, user="operator", **fields):
        return self.client(user).post(f"/v1/orders/{order['id']}/{action}", body, **fields)

    def test_an_order_that_is_not_there_or_not_ones_own_is_not_found(self):
        order = self.placed()
        stranger = self.client("customer2")
        for path in (f"/v1/orders/{order['id']}", f"/v1/orders/number/{order['orderNumber']}",
                     f"/v1/orders/{uuid.uuid4()}", "/v1/orders/7", "/v1/orders/number/WB-1",
                     f"/v1/orders/{order['id']}/stream", f"/v1/orders/{order['id']}/journey"):
            with self.subTest(path=path):
                stranger.get(path).refused(404, "not-found")
        self.move(order, "cancel", user="customer2").refused(404, "not-found")
        self.move({"id": uuid.uuid4()}, "ship", {"trackingNumber": "1"}).refused(404, "not-found")

    def test_a_customer_neither_confirms_nor_ships(self):
        order = self.placed()
        self.move(order, "confirm", user="customer1").refused(403, "forbidden")
        self.move(order, "ship", {"trackingNumber": "1"}, user="customer1").refused(403,
                                                                                    "forbidden")

    def test_illegal_moves_name_the_current_state(self):
        shipped = self.placed()
        self.move(shipped, "ship", {"trackingNumber": "1"}).expect(200)
        cancelled = self.placed()
        self.move(cancelled, "cancel").expect(200)
        reserved = self.placed("Reserved", confirmation="manual")
        for order, action, body, status in (
                (shipped, "cancel", None, "Shipped"), (shipped, "confirm", None, "Shipped"),
                (shipped, "ship", {"trackingNumber": "2"}, "Shipped"),
                (cancelled, "confirm", None, "Cancelled"),
                (cancelled, "ship", {"trackingNumber": "1"}, "Cancelled"),
                (reserved, "ship", {"trackingNumber": "1"}, "Reserved")):
            with self.subTest(status=status, action=action):
                problem = self.move(order, action, body).refused(409, "illegal-transition")
                self.assertEqual(problem["currentStatus"], status)

    def test_a_move_to_the_state_it_is_in_changes_nothing(self):
        order = self.placed()
        again = self.move(order, "confirm").expect(200).json
        self.assertEqual(again, order)
        shipped = self.move(order, "ship", {"trackingNumber": "T1"}).expect(200).json
        self.assertEqual(self.move(order, "ship", {"trackingNumber": "T1"}).expect(200).json,
                         shipped)
        other = self.placed()
        gone = self.move(other, "cancel", {"note": "changed my mind"}, user="customer1").expect(200)
        self.assertEqual(gone.json["cancellationReason"], "customer_request")
        self.assertEqual(gone.json["cancellationNote"], "changed my mind")
        self.assertEqual(self.move(other, "cancel", user="customer1").expect(200).json, gone.json)

    def test_faults_of_actions_are_named(self):
        order = self.placed()
        self.assertEqual(self.move(order, "ship", {}).faults(), ["/trackingNumber"])
        self.assertEqual(self.move(order, "ship", {"trackingNumber": "x" * 101, "carrier": ""}
                                   ).faults(), ["/carrier", "/trackingNumber"])
        self.move(order, "ship").refused(400, "malformed-json")
        self.assertEqual(self.move(order, "cancel", {"reason": "boredom"}).faults(), ["/reason"])
        self.assertEqual(self.move(order, "cancel", {"note": "x" * 501}).faults(), ["/note"])

    def test_reasons_that_are_not_the_callers_to_give_are_refused(self):
        order = self.placed()
        for reason in ("operator", "payment_declined"):
            self.assertEqual(self.move(order, "cancel", {"reason": reason}, user="customer1"
                                       ).faults(), ["/reason"])
        for reason in ("out_of_stock", "confirmation_timeout"):
            self.assertEqual(self.move(order, "cancel", {"reason": reason}).faults(), ["/reason"])
        gone = self.move(order, "cancel", {"reason": "payment_declined"}).expect(200).json
        self.assertEqual(gone["cancellationReason"], "payment_declined")

    def test_a_cancelled_order_gives_its_stock_back(self):
        order = self.placed()
        product = order["items"][0]["productId"]
        self.move(order, "cancel", user="customer1").expect(200)
        operator = self.client("operator")
        wait_until(lambda: operator.get(f"/v1/inventory/products/{product}").json[
            "reservedQuantity"] == 0, "the stock is free again")
        lines = operator.every(f"/v1/inventory/reservations?orderId={order['id']}")
        self.assertEqual([line["status"] for line in lines], ["Released"])

    def test_if_match_guards_every_change_and_if_none_match_spares_reads(self):
        order = self.placed("Reserved", confirmation="manual")
        path = f"/v1/orders/{order['id']}"
        client = self.client("operator")
        for tag in ('"1"', '"99"', '"x"', 'W/"2"'):
            with self.subTest(tag=tag):
                answer = client.post(f"{path}/cancel", If_Match=tag)
                self.assertIn(answer.status, (412, 422))
        problem = client.post(f"{path}/confirm", If_Match='"1"').refused(412, "version-mismatch")
        self.assertEqual(problem["currentVersion"], order["version"])
        self.assertEqual(client.post(f"{path}/confirm", If_Match="2").faults(), ["If-Match"])
        tag = client.get(path).expect(200).etag
        same = client.get(path, If_None_Match=tag).expect(304)
        self.assertEqual((same.body, same.etag), (b"", tag))
        done = client.post(f"{path}/confirm", If_Match=tag).expect(200)
        self.assertEqual((done.json["status"], done.etag),
                         ("Confirmed", f'"{order["version"] + 1}"'))
        client.get(path, If_None_Match=tag).expect(200)

    def test_lists_hold_what_the_filter_says_and_only_ones_own(self):
        mine, theirs = self.placed(), self.placed(user="customer2")
        client, operator = self.client("customer1"), self.client("operator")
        own = {order["id"] for order in client.every("/v1/orders")}
        self.assertIn(mine["id"], own)
        self.assertNotIn(theirs["id"], own)
        self.assertLessEqual({mine["id"], theirs["id"]},
                             {order["id"] for order in operator.every("/v1/orders")})
        subject = theirs["customerId"]
        self.assertEqual(client.get(f"/v1/orders?customerId={subject}").json["items"], [])
        self.assertEqual({order["customerId"] for order in operator.every(
            f"/v1/orders?customerId={subject}")}, {subject})
        sku = mine["items"][0]["sku"]
        self.assertEqual(client.every(f"/v1/orders?sku={sku}"), [mine])
        self.assertEqual(client.every(f"/v1/orders?sku={sku}&status=Cancelled"), [])
        self.assertEqual(client.every(f"/v1/orders?sku={sku}&createdTo={mine['createdAt']}"), [])
        self.assertEqual(client.every(f"/v1/orders?sku={sku}&createdFrom={mine['createdAt']}"),
                         [mine])
        self.assertEqual(client.get(f"/v1/orders/number/{mine['orderNumber']}").json, mine)

    def test_query_faults_come_at_once(self):
        answer = self.client("customer1").get(
            "/v1/orders?status=Lost&createdFrom=yesterday&sku=")
        self.assertEqual(answer.faults(), ["?createdFrom", "?sku", "?status"])
        for query, pointer in (("limit=0", "?limit"), ("limit=101", "?limit"),
                               ("limit=x", "?limit"), ("page=2", "?page"),
                               ("cursor=abc", "?cursor")):
            with self.subTest(query=query):
                self.assertEqual(self.client("customer1").get(f"/v1/orders?{query}").faults(),
                                 [pointer])
        self.assertEqual(self.client("customer1").get("/v1/orders?limit=1&limit=2").faults(),
                         ["?limit"])

    def test_header_faults_name_the_header(self):
        client = self.client("customer1")
        body = {"items": [{"sku": unique("X"), "quantity": 1}]}
        for field, value in (("Idempotency-Key", "x" * 256), ("Prefer", "wait=soon"),
                             ("Request-Timeout", "0"), ("Request-Timeout", "31"),
                             ("Request-Timeout", "1e1"), ("Request-Timeout", "-1")):
            with self.subTest(field=field, value=value[:20]):
                self.assertEqual(client.post("/v1/orders", body, headers={field: value}).faults(),
                                 [field])
