"""The development identity: discovery, every grant, rotation, introspection, throttling."""

import base64
import os

from harness import Case
from tokens import FORM, Forge, claims_of, form, post_form

BASE = "/realms/waybill/protocol/openid-connect"


class Identity(Case):
    settings = ("seed.products=0",)

    def refused(self, answer, status, error):
        self.assertEqual((answer.status, answer.json["error"]), (status, error), answer)
        self.assertTrue(answer.json["error_description"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def grant(self, **fields):
        return post_form(self.client(), f"{BASE}/token", **fields)

    def password(self, user="customer1", **fields):
        return self.grant(**({"grant_type": "password", "client_id": "waybill-cli",
                              "username": user, "password": "waybill"} | fields))

    def service_secret(self):
        with open(os.path.join(self.waybill.data, "identity-service-secret"),
                  encoding="utf-8") as file:
            return file.read().strip()

    def introspect(self, token, secret=None):
        return post_form(self.client(), f"{BASE}/token/introspect", token=token,
                         client_id="waybill-service",
                         client_secret=secret or self.service_secret())

    def test_discovery_names_what_there_is(self):
        path = "/realms/waybill/.well-known/openid-configuration"
        document = self.client().get(path).expect(200).json
        issuer = f"{self.waybill.url}/realms/waybill"
        self.assertEqual(document["issuer"], issuer)
        for member, end in (("authorization_endpoint", "auth"), ("token_endpoint", "token"),
                            ("jwks_uri", "certs"), ("userinfo_endpoint", "userinfo"),
                            ("introspection_endpoint", "token/introspect"),
                            ("end_session_endpoint", "logout")):
            self.assertEqual(document[member], f"{self.waybill.url}{BASE}/{end}")
        self.assertEqual(document["code_challenge_methods_supported"], ["S256"])
        keys = self.client().get(f"{BASE}/certs").expect(200).json["keys"]
        self.assertEqual([(key["kty"], key["alg"], key["use"]) for key in keys],
                         [("RSA", "RS256", "sig")])
        for key in keys:
            self.assertEqual(set(key) & {"d", "p", "q", "dp", "dq", "qi"}, set())

    def test_grants_that_are_not_valid_are_refused(self):
        good = {"grant_type": "password", "client_id": "waybill-cli", "username": "customer1",
                "password": "waybill"}
        for changed, status, error in (
                ({"grant_type": ""}, 400, "invalid_request"),
                ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
                ({"client_id": "nobody"}, 401, "invalid_client"),
                ({"client_id": "waybill-cli", "client_secret": "x"}, 401, "invalid_client"),
                ({"client_id": "waybill-console"}, 400, "unauthorized_client"),
                ({"grant_type": "client_credentials"}, 400, "unauthorized_client"),
                ({"client_id": "waybill-service", "client_secret": "wrong"}, 401,
                 "invalid_client"),
                ({"client_id": "waybill-service"}, 401, "invalid_client"),
                ({"username": ""}, 400, "invalid_request"),
                ({"username": "nobody"}, 400, "invalid_grant"),
                ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
                ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant")):
            with self.subTest(changed=changed):
                self.refused(self.grant(**(good | changed)), status, error)
        twice = form(**good) + b"&username=admin"
        self.refused(self.client().post(f"{BASE}/token", twice, Content_Type=FORM), 400,
                     "invalid_request")
        answer = self.client().post(f"{BASE}/token", good)
        self.assertIn(answer.status, (400, 415))

    def test_tokens_have_the_claims_that_keycloak_gives(self):
        for user, role, scopes in (
                ("customer1", "customer", "orders.read orders.write inventory.read "
                 "notifications.read notifications.write"),
                ("operator", "operator", "orders.read orders.write inventory.read inventory.write "
                 "notifications.read notifications.write audit.read"),
                ("admin", "admin", "orders.read orders.write inventory.read inventory.write "
                 "notifications.read notifications.write audit.read audit.write")):
            with self.subTest(user=user):
                answer = self.password(user).expect(200).json
                self.assertEqual((answer["token_type"], answer["expires_in"],
                                  answer["refresh_expires_in"]), ("Bearer", 900, 28800))
                claims = claims_of(answer["access_token"])
                self.assertEqual(claims["iss"], f"{self.waybill.url}/realms/waybill")
                self.assertEqual(claims["aud"], ["waybill-api"])
                self.assertEqual(claims["azp"], "waybill-cli")
                self.assertEqual(claims["realm_access"], {"roles": [role]})
                self.assertEqual(claims["preferred_username"], user)
                self.assertEqual(sorted(claims["scope"].split()), sorted(scopes.split()))
                self.assertEqual(claims["exp"] - claims["iat"], 900)
                for name in ("sub", "sid", "jti"):
                    self.assertTrue(claims[name])

    def test_a_user_gets_only_the_scopes_asked_for_that_its_role_allows(self):
        answer = self.password(scope="orders.read audit.read inventory.write nonsense").expect(200)
        self.assertEqual(answer.json["scope"], "orders.read")
        self.assertEqual(claims_of(answer.json["access_token"])["scope"], "orders.read")

    def test_a_service_account_gets_its_token_by_its_secret(self):
        secret = self.service_secret()
        answer = self.grant(grant_type="client_credentials", client_id="waybill-service",
                            client_secret=secret).expect(200).json
        self.assertNotIn("refresh_token", answer)
        claims = claims_of(answer["access_token"])
        self.assertEqual(claims["realm_access"], {"roles": ["operator"]})
        self.assertEqual(len(claims["scope"].split()), 8)
        basic = base64.b64encode(f"waybill-service:{secret}".encode()).decode()
        answer = self.client().post(f"{BASE}/token", form(grant_type="client_credentials"),
                                    Content_Type=FORM, Authorization=f"Basic {basic}").expect(200)
        self.client().get("/v1/orders",
                          Authorization=f"Bearer {answer.json['access_token']}").expect(200)

    def test_refresh_tokens_rotate_and_an_old_one_ends_the_family(self):
        first = self.password().expect(200).json["refresh_token"]
        fields = {"grant_type": "refresh_token", "client_id": "waybill-cli"}
        self.refused(self.grant(**(fields | {"client_id": "waybill-console"}),
                                refresh_token=first), 400, "invalid_grant")
        answer = self.grant(**fields, refresh_token=first, scope="orders.read").expect(200).json
        second = answer["refresh_token"]
        self.assertNotEqual(first, second)
        self.assertEqual(claims_of(answer["access_token"])["scope"], "orders.read")
        third = self.grant(**fields, refresh_token=second).expect(200).json["refresh_token"]
        self.refused(self.grant(**fields, refresh_token=first), 400, "invalid_grant")
        self.refused(self.grant(**fields, refresh_token=third), 400, "invalid_grant")

    def test_introspection_tells_a_client_with_a_secret_what_holds(self):
        tokens = self.password().expect(200).json
        answer = self.introspect(tokens["access_token"]).expect(200).json
        self.assertEqual((answer["active"], answer["username"], answer["client_id"]),
                         (True, "customer1", "waybill-cli"))
        self.assertTrue(self.introspect(tokens["refresh_token"]).expect(200).json["active"])
        forge = Forge(self.waybill)
        for token in ("x", forge.token(exp=1), forge.sign(forge.claims(), key=forge.foreign)):
            self.assertEqual(self.introspect(token).expect(200).json, {"active": False})
        self.refused(self.introspect("x", secret="wrong"), 401, "invalid_client")
        answer = post_form(self.client(), f"{BASE}/token/introspect", token="x",
                           client_id="waybill-cli")
        self.refused(answer, 401, "invalid_client")

    def test_logout_ends_refresh(self):
        tokens = self.password().expect(200).json
        fields = {"client_id": "waybill-cli", "refresh_token": tokens["refresh_token"]}
        self.refused(post_form(self.client(), f"{BASE}/logout", client_id="waybill-cli",
                               refresh_token="x"), 400, "invalid_grant")
        post_form(self.client(), f"{BASE}/logout", **fields).expect(204)
        self.refused(self.grant(grant_type="refresh_token", **fields), 400, "invalid_grant")
        self.assertFalse(self.introspect(tokens["refresh_token"]).json["active"])

    def test_user_info_tells_who_a_token_speaks_of(self):
        self.client().get(f"{BASE}/userinfo").refused(401, "unauthorized")
        answer = self.client("operator").get(f"{BASE}/userinfo").expect(200).json
        self.assertEqual((answer["preferred_username"], answer["realm_access"]),
                         ("operator", {"roles": ["operator"]}))


class Throttling(Case):
    settings = ("seed.products=0",)

    def test_ten_wrong_passwords_close_the_door_for_a_while(self):
        self.waybill.tokens.of("customer1")
        fields = {"grant_type": "password", "client_id": "waybill-cli", "username": "admin"}
        for _ in range(10):
            answer = post_form(self.client(), f"{BASE}/token", password="wrong", **fields)
            self.assertEqual(answer.expect(400).json["error"], "invalid_grant")
        for password in ("wrong", "waybill"):
            answer = post_form(self.client(), f"{BASE}/token", password=password, **fields)
            answer.expect(429)
            self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)
        self.client("customer1").get("/v1/orders").expect(200)
