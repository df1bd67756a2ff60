"""The same platform as two processes: gateway and identity in one, the services in another."""

from books import Books
from client import Client, Events
from harness import Case, Waybill, free_port, make_product, settled, unique, wait_until


class TwoProcesses(Case):
    @classmethod
    def setUpClass(cls):
        front = f"127.0.0.1:{free_port()}"
        cls.services = Waybill(f"auth.issuer=http://{front}/realms/waybill",
                               services="orders,inventory,notifications,audit")
        cls.waybill = Waybill(*(f"gateway.upstreams.{name}={cls.services.url}" for name in
                                ("orders", "inventory", "notifications", "audit")),
                              services="gateway,identity", listen=front)
        direct = Client(cls.services.port)
        wait_until(lambda: direct.get("/health/ready").status == 200, "the keys are known", 20)

    @classmethod
    def tearDownClass(cls):
        try:
            Books(cls.services.data).wait_rest()
            super().tearDownClass()
            assert cls.services.stop() == 0, cls.services.tail()
            Books(cls.services.data).check()
        finally:
            cls.services.discard()

    def test_an_order_runs_through_both(self):
        customer, operator = self.client("customer1"), self.client("operator")
        product = self.product(quantity=10)
        answer = customer.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]},
                               Prefer="wait=5", Idempotency_Key=unique("k")).expect(201)
        self.assertEqual(answer.json["status"], "Confirmed")
        self.assertEqual(answer.headers["Preference-Applied"], "wait=5")
        path = answer.headers["Location"]
        with Events(customer, f"{path}/stream") as events:
            self.assertEqual([name for _, name, _ in events.take(3)],
                             ["OrderCreated", "OrderReserved", "OrderConfirmed"])
            operator.post(f"{path}/ship", {"trackingNumber": "T"}).expect(200)
            self.assertEqual(events.next()[1], "OrderShipped")
        tag = customer.get(path).expect(200).etag
        customer.get(path, If_None_Match=tag).expect(304)
        wait_until(lambda: customer.get(f"{path}/journey").status == 200, "the journey is there")
        wait_until(lambda: [row for row in customer.every("/v1/notifications")
                            if row["orderId"] == answer.json["id"]], "the notification is there")

    def test_connections_to_the_services_are_counted(self):
        def sample(name):
            page = self.client().get("/metrics").expect(200).body.decode()
            return [float(line.rsplit(" ", 1)[1]) for line in page.splitlines()
                    if line.startswith(name + "{") and f'server_port="{self.services.port}"' in line]
        self.client("customer1").get("/v1/orders").expect(200)
        wait_until(lambda: sum(sample("http_client_open_connections")) >= 1,
                   "a connection is open")
        wait_until(lambda: set(sample("http_client_active_requests")) == {0.0},
                   "no request is under way")

    def test_refusals_come_through_unchanged(self):
        customer = self.client("customer1")
        customer.post("/v1/orders", b"{").refused(400, "malformed-json")
        self.assertEqual(customer.post("/v1/orders", {}).faults(), ["/items"])
        customer.get("/v1/orders/7").refused(404, "not-found")
        customer.post("/v1/orders", b"{}", Content_Type="text/plain").refused(
            415, "unsupported-media-type")
        customer.get("/v1/audit/events").refused(403, "insufficient-scope")
        self.client().get("/v1/orders").refused(401, "unauthorized")
        answer = customer.delete("/v1/orders").refused(405, "method-not-allowed")
        self.assertIn("GET", str(answer["detail"]))
        big = b'{"note":"' + b"x" * (1 << 20) + b'"}'
        customer.post("/v1/orders", big).refused(413, "payload-too-large")

    def test_a_service_checks_tokens_and_owners_itself(self):
        direct = Client(self.services.port, self.waybill.tokens.of("customer1"))
        product = self.product()
        body = {"items": [{"sku": product["sku"], "quantity": 1}]}
        order = direct.post("/v1/orders", body, Prefer="wait=5").expect(201).json
        other = Client(self.services.port, self.waybill.tokens.of("customer2"))
        other.get(f"/v1/orders/{order['id']}").refused(404, "not-found")
        other.post(f"/v1/orders/{order['id']}/confirm").refused(403, "forbidden")
        Client(self.services.port).get("/v1/orders").refused(401, "unauthorized")
        narrow = Client(self.services.port, self.waybill.tokens.without("customer1", "orders.read"))
        answer = narrow.get("/v1/orders")
        answer.refused(403, "insufficient-scope")
        self.assertIn('scope="orders.read"', answer.headers["WWW-Authenticate"])
        direct.get("/v1/orders", X_User_Id="admin", X_Roles="admin").expect(200)

    def test_the_description_is_merged_at_the_gateway(self):
        merged = self.client().get("/openapi.json").expect(200).json["paths"]
        own = Client(self.services.port).get("/openapi.json").expect(200).json["paths"]
        guarded = {path for path in own if path.startswith("/v1/")}
        self.assertGreater(len(guarded), 30)
        self.assertLessEqual(guarded, set(merged))


class LostUpstream(Case):
    """The services die and come back; the gateway says so meanwhile, and recovers by itself."""

    @classmethod
    def setUpClass(cls):
        front = f"127.0.0.1:{free_port()}"
        cls.back = f"127.0.0.1:{free_port()}"
        cls.setting = f"auth.issuer=http://{front}/realms/waybill"
        names = ("orders", "inventory", "notifications", "audit")
        cls.waybill = Waybill(*(f"gateway.upstreams.{name}=http://{cls.back}" for name in names),
                              services="gateway,identity", listen=front)

    def start(self, data=None):
        services = Waybill(self.setting, services="orders,inventory,notifications,audit",
                           listen=self.back, data=data)
        self.addCleanup(services.discard)
        return services

    def reached(self):
        client = self.client("customer1")
        wait_until(lambda: client.get("/v1/orders").status == 200, "orders answers", 30)

    def test_the_gateway_answers_for_services_that_are_gone(self):
        client = self.client("customer1")
        answer = client.get("/v1/orders")
        self.assertIn(answer.status, (502, 503, 504))
        self.assertIn(answer.json["type"], ("/problems/bad-gateway", "/problems/unavailable",
                                            "/problems/gateway-timeout"))
        first = self.start()
        self.reached()
        product = make_product(self.waybill)
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]},
                            Prefer="wait=5").expect(201).json
        first.kill()
        wait_until(lambda: client.get("/v1/orders").status in (502, 503, 504), "it is gone")
        self.client().get("/health/live").expect(200)
        self.start(first.data)
        self.reached()
        settled(client, order["id"], "Confirmed")
