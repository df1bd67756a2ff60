"""The gateway: hosts, limits, origins, headers of both ways, and the pages of the process."""

import json
import os
import re

from client import raw
from harness import ROOT, Case, run_command, wait_until


class Doors(Case):
    def ask(self, head, path="/v1/orders"):
        text = f"GET {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
        return raw(self.waybill.port, text.encode())[0].decode()

    def test_a_host_that_is_not_served_is_misdirected(self):
        port = self.waybill.port
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}",
                     "localhost", f"127.0.0.2:{port}", f"localhost.:{port}",
                     f"127.0.0.1.nip.io:{port}", "[::1]:1", f"0.0.0.0:{port}"):
            with self.subTest(host=host):
                answer = self.ask(f"Host: {host}\r\n", "/health/live")
                self.assertTrue(answer.startswith("HTTP/1.1 421 "), answer[:200])
                self.assertIn("/problems/misdirected-request", answer)

    def test_every_name_of_the_loopback_is_served(self):
        for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            with self.subTest(host=host):
                answer = self.ask(f"Host: {host}:{self.waybill.port}\r\n", "/health/live")
                self.assertTrue(answer.startswith("HTTP/1.1 200 "), answer[:200])

    def test_only_the_consoles_own_origin_is_admitted(self):
        client = self.client("customer1")
        preflight = {"Access-Control-Request-Method": "POST",
                     "Access-Control-Request-Headers": "authorization, content-type"}
        for origin in ("https://evil.example", "null", self.waybill.url + ".evil.example"):
            with self.subTest(origin=origin):
                answer = self.client().request("OPTIONS", "/v1/orders",
                                               headers=preflight | {"Origin": origin})
                self.assertGreaterEqual(answer.status, 400)
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
                answer = client.get("/v1/orders", Origin=origin)
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
        answer = self.client().request("OPTIONS", "/v1/orders",
                                       headers=preflight | {"Origin": self.waybill.url})
        self.assertIn(answer.status, (200, 204))
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], self.waybill.url)
        self.assertIn("POST", answer.headers["Access-Control-Allow-Methods"])
        answer = client.get("/v1/orders", Origin=self.waybill.url)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], self.waybill.url)

    def test_a_head_request_has_the_head_of_a_get(self):
        client = self.client("customer1")
        got = client.get("/v1/inventory/products/sku/LAP-15")
        head = client.request("HEAD", "/v1/inventory/products/sku/LAP-15").expect(200)
        self.assertEqual(head.body, b"")
        for name in ("Content-Type", "Content-Length", "ETag"):
            self.assertEqual(head.headers[name], got.headers[name], name)
        client.request("HEAD", "/v1/orders/7").expect(404)

    def test_every_answer_of_a_limited_route_tells_what_is_left(self):
        for answer in (self.client("customer1").get("/v1/orders"),
                       self.client("customer1").get("/v1/orders/7"),
                       self.client("customer1").get("/v1/audit/events"),
                       self.client().get("/openapi.json")):
            with self.subTest(answer=answer.asked):
                self.assertRegex(answer.headers["RateLimit"], r'^"default";r=\d+;t=\d+$')
                self.assertRegex(answer.headers["RateLimit-Policy"],
                                 r'^"default";q=1000;w=1;burst=2000$')
        self.assertIsNone(self.client().get("/health/live").headers["RateLimit"])

    def test_a_trace_that_is_malformed_is_replaced(self):
        client = self.client("customer1")
        for parent in ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", "x",
                       "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                       "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"):
            with self.subTest(parent=parent):
                problem = client.get("/v1/orders/7", traceparent=parent).refused(404, "not-found")
                self.assertRegex(problem["traceId"], r"^(?!0{32})[0-9a-f]{32}$")
                self.assertNotEqual(problem["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736")

    def test_a_keys_injection_into_headers_or_logs_is_refused(self):
        client = self.client("customer1")
        for key in ("a\tb", "a\x7f", "ключ".encode().decode("latin-1")):
            with self.subTest(key=key):
                answer = client.post("/v1/orders", {"items": []}, Idempotency_Key=key)
                self.assertIn(answer.status, (400, 422))
        stored = client.get("/v1/orders?sku=x%27%20or%201%3D1--").expect(200).json
        self.assertEqual(stored["items"], [])


class Limits(Case):
    settings = ("gateway.rate_limit=5/s", "gateway.rate_limit_burst=10", "seed.products=0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in ("customer1", "customer2"):
            cls.waybill.tokens.of(user)

    def test_who_asks_too_often_is_told_when_to_come_back(self):
        client = self.client("customer1")
        answers = [client.get("/v1/orders") for _ in range(15)]
        refused = [answer for answer in answers if answer.status == 429]
        self.assertGreaterEqual(len(refused), 3)
        self.assertLessEqual(len(refused), 5)
        for answer in refused:
            answer.refused(429, "rate-limited")
            self.assertRegex(answer.headers["Retry-After"], r"^[1-9]\d*$")
            self.assertIn('"default";r=0', answer.headers["RateLimit"])
        self.client("customer2").get("/v1/orders").expect(200)
        wait_until(lambda: client.get("/v1/orders").status == 200, "the subject may ask again", 5)

    def test_guessing_is_limited_by_address_and_health_never_is(self):
        answers = [self.client().get("/v1/orders", Authorization=f"Bearer {n}") for n in range(30)]
        self.assertEqual({answer.status for answer in answers}, {401, 429})
        for _ in range(30):
            self.client().get("/health/live").expect(200)


class Pages(Case):
    settings = ("seed.products=0",)

    def test_the_description_is_valid_and_whole(self):
        answer = self.client().get("/openapi.json").expect(200)
        document = json.loads(answer.body, object_pairs_hook=unique_members)
        self.assertEqual(document["openapi"], "3.1.0")
        for member in ("title", "version"):
            self.assertTrue(document["info"][member])
        schemas = document["components"]["schemas"]
        for reference in re.findall(r'"\$ref":\s*"([^"]+)"', answer.body.decode()):
            self.assertIn(reference.removeprefix("#/components/schemas/"), schemas)
        ids = []
        for path, operations in document["paths"].items():
            self.assertTrue(path.startswith("/"))
            for method, operation in operations.items():
                with self.subTest(operation=f"{method} {path}"):
                    self.assertTrue(operation["summary"])
                    self.assertIn("default", operation["responses"])
                    named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
                    self.assertEqual(named, set(re.findall(r"\{(\w+)\}", path)))
                    ids.append(operation.get("operationId", f"{method} {path}"))
        self.assertEqual(len(ids), len(set(ids)))
        product = document["paths"]["/v1/inventory/products/{id}"]
        for method in ("put", "patch", "delete"):
            fields = {one["name"]: one.get("required", False)
                      for one in product[method]["parameters"]}
            self.assertTrue(fields.get("If-Match"), f"{method} needs If-Match")

    def test_every_route_of_the_sources_is_described(self):
        described = self.client().get("/openapi.json").expect(200).json["paths"]
        for service in ("orders", "inventory", "notifications", "audit"):
            self.assertIn(f"/v1/ops/{service}/dead-letters", described)
            folder = os.path.join(ROOT, "services", service)
            for name in os.listdir(folder):
                if not name.endswith(".cpp") or name.endswith("_test.cpp"):
                    continue
                with open(os.path.join(folder, name), encoding="utf-8") as source:
                    text = source.read()
                for method, path in re.findall(
                        r'routes\.(get|post|put|patch|del)\("(/v1/[^"]+)"', text):
                    with self.subTest(route=f"{method} {path}"):
                        self.assertIn({"del": "delete"}.get(method, method), described[path])

    def test_metrics_are_well_formed_open_metrics(self):
        self.client("customer1").get("/v1/orders").expect(200)
        answer = self.client().get("/metrics", Accept="application/openmetrics-text").expect(200)
        self.assertRegex(answer.headers["Content-Type"], "^application/openmetrics-text")
        lines = answer.body.decode().split("\n")
        self.assertEqual(lines[-2:], ["# EOF", ""])
        sample = re.compile(r'^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? '
                            r'(?:[-+]?[\d.eE+-]+|NaN|[-+]Inf)(?: [\d.]+)?(?: # \{.*\} .*)?$')
        families, seen = {}, set()
        for line in lines[:-2]:
            if line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                self.assertNotIn(family, families)
                families[family] = kind
            elif not line.startswith("#"):
                self.assertRegex(line, sample)
                key = line.split(" # ")[0].rsplit(" ", 1)[0]
                self.assertNotIn(key, seen)
                seen.add(key)
        self.assertIn("http_server_request_duration_seconds", families)
        self.assertTrue(any("/v1/orders" in key for key in seen))
        plain = self.client().get("/metrics").expect(200)
        self.assertNotIn(b"Bearer", plain.body)

    def test_health_version_and_problem_pages_answer(self):
        client = self.client()
        self.assertEqual(client.get("/health/live").expect(200).json, {"status": "live"})
        ready = client.get("/health/ready").expect(200).json
        self.assertEqual(ready["status"], "ready")
        self.assertLessEqual({"orders", "inventory", "notifications", "audit", "keys"},
                             set(ready["parts"]))
        version = client.get("/version").expect(200).json
        self.assertEqual(version["name"], "waybill")
        code, said, _ = run_command("--version")
        self.assertEqual(code, 0)
        self.assertIn(version["version"], said)
        self.assertEqual(client.get("/").expect(200).headers.get_content_type(), "text/html")
        page = client.get("/problems/price-changed").expect(200)
        self.assertEqual(page.headers.get_content_type(), "text/html")
        client.get("/problems/no-such").refused(404, "not-found")
        problem = self.client("customer1").get("/v1/orders/7").json
        client.get(problem["type"]).expect(200)


def unique_members(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise AssertionError(f"a member twice among {names}")
    return dict(pairs)
