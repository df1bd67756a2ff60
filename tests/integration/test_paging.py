"""Lists under inserts: nothing twice, nothing missed; cursors of others are of no use."""

import threading

from harness import Case, make_product, unique, wait_until


class Paging(Case):
    settings = ("seed.products=0",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = make_product(cls.waybill, quantity=100_000)
        cls.body = {"items": [{"sku": cls.stock["sku"], "quantity": 1}]}

    def place(self, user="customer1"):
        return self.client(user).post("/v1/orders", self.body).expect(201).json["id"]

    def test_a_cursor_that_was_tampered_with_is_refused(self):
        for _ in range(3):
            self.place()
        client = self.client("customer1")
        cursor = client.get("/v1/orders?limit=1").expect(200).json["nextCursor"]
        client.get(f"/v1/orders?limit=1&cursor={cursor}").expect(200)
        middle = len(cursor) // 2
        other = "A" if cursor[middle] != "A" else "B"
        for wrong in (cursor[:middle] + other + cursor[middle + 1:], cursor[:-4], cursor + "AAAA",
                      cursor[::-1], "A" * 24, "", "%00", "x" * 2000, cursor + "%3D"):
            with self.subTest(wrong=wrong[:40]):
                self.assertEqual(client.get(f"/v1/orders?limit=1&cursor={wrong}").faults(),
                                 ["?cursor"])

    def test_a_cursor_belongs_to_its_list_its_filter_and_its_subject(self):
        for user in ("customer1", "customer1", "customer2", "customer2"):
            self.place(user)
        client = self.client("customer1")
        cursor = client.get("/v1/orders?limit=1&status=Confirmed").expect(200).json["nextCursor"]
        if cursor is None:
            wait_until(lambda: client.get("/v1/orders?limit=1&status=Confirmed").json["nextCursor"],
                       "two confirmed orders")
            cursor = client.get("/v1/orders?limit=1&status=Confirmed").json["nextCursor"]
        for path, user in (("/v1/orders?limit=1", "customer1"),
                           ("/v1/orders?limit=1&status=Pending", "customer1"),
                           ("/v1/orders?limit=1&status=Confirmed", "customer2"),
                           ("/v1/orders?limit=1&status=Confirmed", "operator"),
                           ("/v1/inventory/products?limit=1", "customer1"),
                           ("/v1/notifications?limit=1", "customer1")):
            with self.subTest(path=path, user=user):
                answer = self.client(user).get(f"{path}&cursor={cursor}")
                self.assertEqual(answer.faults(), ["?cursor"])
        client.get(f"/v1/orders?limit=7&status=Confirmed&cursor={cursor}").expect(200)

    def test_pages_give_everything_once_while_orders_are_placed(self):
        before = [self.place() for _ in range(60)]
        stop = threading.Event()
        placed = []

        def insert():
            while not stop.is_set():
                placed.append(self.place())
        writers = [threading.Thread(target=insert) for _ in range(2)]
        for writer in writers:
            writer.start()
        try:
            for limit in (1, 7, 20):
                seen = [order["id"] for order in self.client("customer1").every("/v1/orders", limit)
                        ]
                self.assertEqual(len(seen), len(set(seen)))
                self.assertLessEqual(set(before), set(seen))
                self.assertEqual(seen, sorted(seen, reverse=True))
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        self.assertGreater(len(placed), 0)
        everything = {order["id"] for order in self.client("customer1").every("/v1/orders")}
        self.assertLessEqual(set(before + placed), everything)

    def test_the_last_page_says_that_it_is_the_last(self):
        operator, mark = self.client("operator"), unique("PG")
        items = [{"sku": f"{mark}-{n}", "name": "n", "price": "1", "quantity": 1}
                 for n in range(40)]
        made = operator.post("/v1/inventory/products:batch", {"items": items}).expect(200).json
        self.assertEqual({one["status"] for one in made["items"]}, {201})
        for limit, pages in ((20, 2), (40, 1), (39, 2), (100, 1)):
            with self.subTest(limit=limit):
                cursor, count, seen = None, 0, []
                while True:
                    path = f"/v1/inventory/products?q={mark.lower()}&limit={limit}"
                    page = operator.get(path + (f"&cursor={cursor}" if cursor else "")).json
                    count += 1
                    seen += [one["sku"] for one in page["items"]]
                    cursor = page["nextCursor"]
                    if not cursor:
                        break
                self.assertEqual((count, len(set(seen)), len(seen)), (pages, 40, 40))

    def test_streams_of_events_go_up_by_version(self):
        operator, product = self.client("operator"), self.product(quantity=1)
        path = f"/v1/inventory/products/{product['id']}"
        for n in range(12):
            operator.patch(path, {"name": f"name {n}"}, If_Match="*").expect(200)
        stream = f"/v1/audit/streams/product/{product['id']}"
        wait_until(lambda: len(operator.every(stream)) == 13, "13 events in the audit")
        versions = [event["version"] for event in operator.every(stream, limit=5)]
        self.assertEqual(versions, list(range(1, 14)))
