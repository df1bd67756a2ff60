"""One key, one order: replays, keys used for something else, and repeats side by side."""

from harness import Case, in_parallel, settled, unique


class IdempotencyKeys(Case):
    def setUp(self):
        self.stock = self.product(quantity=1000)
        self.body = {"items": [{"sku": self.stock["sku"], "quantity": 1}]}

    def orders(self):
        return self.client("operator").every(f"/v1/orders?sku={self.stock['sku']}")

    def test_the_same_key_with_anything_else_is_refused_and_changes_nothing(self):
        client, key = self.client("customer1"), unique("key")
        order = client.post("/v1/orders", self.body, Idempotency_Key=key).expect(201).json
        other = self.body | {"note": "another"}
        client.post("/v1/orders", other, Idempotency_Key=key).refused(422, "idempotency-key-reused")
        client.post(f"/v1/orders/{order['id']}/cancel", Idempotency_Key=key
                    ).refused(422, "idempotency-key-reused")
        spaced = b'{"items":[{"sku":"' + self.stock["sku"].encode() + b'", "quantity":1}]}'
        client.post("/v1/orders", spaced, Idempotency_Key=key).refused(
            422, "idempotency-key-reused")
        self.assertEqual([one["id"] for one in self.orders()], [order["id"]])
        self.assertNotEqual(settled(client, order["id"], "Confirmed")["status"], "Cancelled")

    def test_a_refusal_leaves_the_key_free(self):
        client, key = self.client("customer1"), unique("key")
        client.post("/v1/orders", {"items": []}, Idempotency_Key=key).refused(
            422, "validation-failed")
        wrong = {"items": [{"sku": self.stock["sku"], "quantity": 1, "unitPrice": "0.01"}]}
        client.post("/v1/orders", wrong, Idempotency_Key=key).refused(409, "price-changed")
        answer = client.post("/v1/orders", self.body, Idempotency_Key=key).expect(201)
        self.assertIsNone(answer.headers["Idempotency-Replayed"])

    def test_a_replay_answers_the_first_status_and_the_order_as_it_is_now(self):
        client, key = self.client("customer1"), unique("key")
        first = client.post("/v1/orders", self.body, Idempotency_Key=key).expect(201)
        order = settled(client, first.json["id"], "Confirmed")
        again = client.post("/v1/orders", self.body, Idempotency_Key=key).expect(201)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(again.json, order)
        self.assertEqual(again.etag, '"3"')
        self.assertEqual(len(self.orders()), 1)

    def test_a_key_belongs_to_its_subject(self):
        key = unique("key")
        first = self.client("customer1").post("/v1/orders", self.body, Idempotency_Key=key)
        other = self.client("customer2").post("/v1/orders", self.body, Idempotency_Key=key)
        self.assertIsNone(other.headers["Idempotency-Replayed"])
        self.assertNotEqual(first.expect(201).json["id"], other.expect(201).json["id"])

    def test_moves_are_replayed_too(self):
        client, operator, key = self.client("customer1"), self.client("operator"), unique("key")
        order = client.post("/v1/orders", self.body).expect(201).json
        settled(client, order["id"], "Confirmed")
        path, body = f"/v1/orders/{order['id']}/ship", {"trackingNumber": "T7"}
        first = operator.post(path, body, Idempotency_Key=key).expect(200)
        again = operator.post(path, body, Idempotency_Key=key).expect(200)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(again.json, first.json)
        operator.post(path + "?x=1", body, Idempotency_Key=key).expect(422)

    def test_an_adjustment_with_a_key_counts_once(self):
        operator, key = self.client("operator"), unique("key")
        path = f"/v1/inventory/products/{self.stock['id']}/adjust"
        body = {"delta": 5, "reason": "received"}
        for replayed in (None, "true", "true"):
            answer = operator.post(path, body, Idempotency_Key=key).expect(200)
            self.assertEqual(answer.json["quantity"], 1005)
            self.assertEqual(answer.headers["Idempotency-Replayed"], replayed)

    def test_fifty_equal_requests_at_once_make_one_order(self):
        key = unique("key")
        client = self.client("customer1")
        answers = in_parallel([lambda: client.post("/v1/orders", self.body, Idempotency_Key=key)
                               ] * 50)
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.json["id"] for answer in answers}), 1)
        fresh = [one for one in answers if one.headers["Idempotency-Replayed"] is None]
        self.assertEqual(len(fresh), 1)
        self.assertEqual(len(self.orders()), 1)

    def test_a_repeat_of_one_in_flight_waits_and_answers_as_its_replay(self):
        client, key = self.client("customer1"), unique("key")
        waiting, plain = in_parallel([
            lambda: client.post("/v1/orders", self.body, Idempotency_Key=key, Prefer="wait=5"),
            lambda: client.post("/v1/orders", self.body, Idempotency_Key=key)])
        self.assertEqual(waiting.expect(201).json["id"], plain.expect(201).json["id"])
        self.assertEqual({waiting.headers["Idempotency-Replayed"],
                          plain.headers["Idempotency-Replayed"]}, {None, "true"})
        self.assertEqual(waiting.json["status"], "Confirmed")

    def test_each_item_of_a_batch_has_its_own_key(self):
        operator, key = self.client("operator"), unique("key")
        items = [{"sku": unique("B"), "name": "n", "price": "1", "quantity": n} for n in range(3)]
        items[1]["price"] = "-1"
        first = operator.post("/v1/inventory/products:batch", {"items": items},
                              Idempotency_Key=key).expect(200).json["items"]
        again = operator.post("/v1/inventory/products:batch", {"items": items},
                              Idempotency_Key=key).expect(200).json["items"]
        self.assertEqual([one["status"] for one in first], [201, 422, 201])
        self.assertEqual([one["status"] for one in again], [201, 422, 201])
        self.assertEqual(again[0]["resource"], first[0]["resource"])
        self.assertEqual(again[2]["resource"]["id"], first[2]["resource"]["id"])
