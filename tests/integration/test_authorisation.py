"""The authorisation matrix, generated from /openapi.json: every route against no token, a token
without its scope, and a role that is too low; and against methods that it has not."""

import uuid

from harness import Case
from tokens import ALL_SCOPES, Forge

METHODS = ("get", "post", "put", "patch", "delete")
ROLES = {"": ("customer", "operator", "admin"), "operator": ("operator", "admin"),
         "admin": ("admin",)}
# What the design says of routes (scope, role), so that a table that forgot one is found.
DEMANDED = {
    "POST /v1/orders": ("orders.write", ""), "GET /v1/orders": ("orders.read", ""),
    "GET /v1/orders/{id}": ("orders.read", ""),
    "GET /v1/orders/number/{number}": ("orders.read", ""),
    "POST /v1/orders/{id}/confirm": ("orders.write", "operator"),
    "POST /v1/orders/{id}/cancel": ("orders.write", ""),
    "POST /v1/orders/{id}/ship": ("orders.write", "operator"),
    "GET /v1/orders/{id}/journey": ("orders.read", ""),
    "GET /v1/orders/{id}/stream": ("orders.read", ""),
    "GET /v1/inventory/products": ("inventory.read", ""),
    "POST /v1/inventory/products": ("inventory.write", "operator"),
    "GET /v1/inventory/products/{id}": ("inventory.read", ""),
    "PUT /v1/inventory/products/{id}": ("inventory.write", "operator"),
    "PATCH /v1/inventory/products/{id}": ("inventory.write", "operator"),
    "DELETE /v1/inventory/products/{id}": ("inventory.write", "operator"),
    "GET /v1/inventory/products/sku/{sku}": ("inventory.read", ""),
    "GET /v1/inventory/products/low-stock": ("inventory.read", ""),
    "POST /v1/inventory/products/{id}/adjust": ("inventory.write", "operator"),
    "POST /v1/inventory/products:batch": ("inventory.write", "operator"),
    "GET /v1/inventory/products/{id}/movements": ("inventory.read", "operator"),
    "GET /v1/inventory/reservations": ("inventory.read", "operator"),
    "POST /v1/notifications": ("notifications.write", "operator"),
    "GET /v1/notifications": ("notifications.read", ""),
    "GET /v1/notifications/{id}": ("notifications.read", ""),
    "POST /v1/notifications/{id}/read": ("notifications.write", ""),
    "POST /v1/notifications/{id}/retry": ("notifications.write", "operator"),
    "GET /v1/notifications/unread-count": ("notifications.read", ""),
    "GET /v1/notifications/stream": ("notifications.read", ""),
    "GET /v1/notifications/preferences": ("notifications.read", ""),
    "PUT /v1/notifications/preferences": ("notifications.write", ""),
    "GET /v1/notifications/templates": ("notifications.read", "operator"),
    "POST /v1/notifications/templates": ("notifications.write", "operator"),
    "GET /v1/notifications/templates/{id}": ("notifications.read", "operator"),
    "PUT /v1/notifications/templates/{id}": ("notifications.write", "operator"),
    "DELETE /v1/notifications/templates/{id}": ("notifications.write", "operator"),
    "POST /v1/notifications/templates/{id}/preview": ("notifications.read", "operator"),
    "GET /v1/audit/events": ("audit.read", ""), "GET /v1/audit/documents": ("audit.read", ""),
    "GET /v1/audit/documents/export": ("audit.read", ""),
    "GET /v1/audit/streams/{type}/{id}": ("audit.read", ""),
    "GET /v1/audit/streams/{type}/{id}/state": ("audit.read", ""),
    "POST /v1/audit/replay": ("audit.write", ""),
    "GET /v1/audit/replay/{id}": ("audit.read", ""),
    "GET /api/telemetry/traces/{id}": ("audit.read", "operator"),
}
for _service in ("orders", "inventory", "notifications", "audit"):
    _base = f"/v1/ops/{_service}/dead-letters"
    DEMANDED |= {
        f"GET {_base}": (f"{_service}.read", "operator"),
        f"GET {_base}/{{id}}": (f"{_service}.read", "operator"),
        f"PATCH {_base}/{{id}}": (f"{_service}.write", "admin"),
        f"POST {_base}/{{id}}/replay": (f"{_service}.write", "admin"),
        f"POST {_base}/{{id}}/discard": (f"{_service}.write", "admin"),
        f"POST {_base}:replay": (f"{_service}.write", "admin"),
    }


def routes_of(document):
    """(method, path, scope, role) of every operation; scope "" is public."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                security = operation["security"]
                scope = security[0]["bearer"][0] if security else ""
                yield method.upper(), path, scope, operation.get("x-role", "")


def concrete(path):
    """A path of the template that names nothing that there is."""
    for name in ("id", "number", "sku", "type", "slug"):
        path = path.replace(f"{{{name}}}", str(uuid.uuid4()) if name == "id" else "none")
    return path


class Matrix(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forge = Forge(cls.waybill)
        document = cls.waybill.client().get("/openapi.json").expect(200).json
        cls.routes = list(routes_of(document))
        cls.guarded = [route for route in cls.routes if route[2]]

    def ask(self, method, path, token=None):
        client = self.client()
        client.token = token
        return client.request(method, concrete(path), Request_Timeout="5")

    def test_the_routes_demand_what_the_design_says(self):
        found = {f"{method} {path}": (scope, role) for method, path, scope, role in self.guarded}
        for route, demanded in DEMANDED.items():
            with self.subTest(route=route):
                self.assertEqual(found.get(route), demanded)

    def test_only_what_is_meant_to_be_is_public(self):
        public = {path for _, path, scope, _ in self.routes if not scope}
        self.assertEqual({path for path in public if not path.startswith("/realms/")}
                         - {"/", "/health/live", "/health/ready", "/metrics", "/openapi.json",
                            "/asyncapi.json", "/version", "/problems/{slug}"}, set())

    def test_without_a_token_every_route_is_closed(self):
        for method, path, _, _ in self.guarded:
            with self.subTest(route=f"{method} {path}"):
                answer = self.ask(method, path)
                answer.refused(401, "unauthorized")
                self.assertRegex(answer.headers["WWW-Authenticate"], "^Bearer ")

    def test_without_its_scope_every_route_names_it(self):
        for method, path, scope, _ in self.guarded:
            others = [one for one in ALL_SCOPES if one != scope]
            for scopes in (others, []):
                with self.subTest(route=f"{method} {path}", scopes=len(scopes)):
                    answer = self.ask(method, path, self.forge.scoped("admin", scopes))
                    answer.refused(403, "insufficient-scope")
                    self.assertEqual(answer.headers["WWW-Authenticate"],
                                     f'Bearer error="insufficient_scope", scope="{scope}"')

    def test_scopes_are_compared_whole(self):
        for method, path, scope, _ in self.guarded[:8]:
            for near in (scope.upper(), scope[:-1], scope + "s", scope.split(".")[0], "*",
                         scope.replace(".", ":")):
                with self.subTest(route=f"{method} {path}", near=near):
                    self.ask(method, path, self.forge.scoped("admin", [near])).refused(
                        403, "insufficient-scope")

    def test_a_role_that_is_too_low_is_refused(self):
        for method, path, _, role in self.guarded:
            for lower in {"customer", "operator", "admin", "Operator"} - set(ROLES[role]):
                if not role:
                    continue
                with self.subTest(route=f"{method} {path}", role=lower):
                    self.ask(method, path, self.forge.scoped(lower, ALL_SCOPES)).refused(
                        403, "forbidden")

    def test_scope_and_role_open_the_door(self):
        for method, path, scope, role in self.guarded:
            if path.endswith("/stream"):
                continue
            with self.subTest(route=f"{method} {path}"):
                token = self.forge.scoped(role or "customer", [scope])
                answer = self.ask(method, path, token)
                self.assertNotIn(answer.status, (401, 403, 405, 500, 502, 503, 504))

    def test_methods_that_a_path_has_not_are_refused_with_those_that_it_has(self):
        token = self.forge.scoped("admin", ALL_SCOPES)
        by_path = {}
        for method, path, _, _ in self.routes:
            by_path.setdefault(path, set()).add(method)
        for path, known in by_path.items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
                with self.subTest(route=f"{method} {path}"):
                    answer = self.ask(method, path, token)
                    # `/orders/number/{n}` and the like fit `/orders/{id}/…` of other methods too.
                    answer.refused(405, "method-not-allowed")
                    allowed = set(answer.headers["Allow"].replace(" ", "").split(","))
                    self.assertLessEqual(known, allowed)
                    self.assertNotIn(method, allowed)

    def test_unknown_paths_are_not_found_with_and_without_a_token(self):
        token = self.forge.scoped("admin", ALL_SCOPES)
        for path in ("/v1", "/v1/", "/v2/orders", "/v1/order", "/v1/orders/", "/admin",
                     "/V1/orders",
                     "/v1/orders/number/1/2", "/v1/ops/gateway/dead-letters", "/v1/orders:batch",
                     "/.git/config", "/index.html", "/realms/master"):
            for sent in (None, token):
                with self.subTest(path=path, token=sent is not None):
                    self.ask("GET", path, sent).refused(404, "not-found")
