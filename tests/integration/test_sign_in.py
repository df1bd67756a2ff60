"""Signing in by the login page: what is sent on, what is sent back, and what a code is worth."""

import base64
import hashlib
import html
import re
import secrets
import urllib.parse

from harness import Case
from tokens import FORM, claims_of, form, post_form

BASE = "/realms/waybill/protocol/openid-connect"
CALLBACK = "http://127.0.0.1:5173/callback"


class Browser:
    """Goes through the login page as a browser does: cookie, one-time token, redirect."""

    def __init__(self, case, client_id="waybill-console"):
        self.case, self.client, self.client_id = case, case.client(), client_id
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(8)
        self.cookie = self.token = None

    def ask(self, **changed):
        digest = hashlib.sha256(self.verifier.encode()).digest()
        fields = {"response_type": "code", "client_id": self.client_id, "redirect_uri": CALLBACK,
                  "scope": "openid orders.read orders.write", "state": self.state, "nonce": "n-7",
                  "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                  "code_challenge_method": "S256"} | changed
        query = urllib.parse.urlencode({k: v for k, v in fields.items() if v is not None})
        return self.client.get(f"{BASE}/auth?{query}")

    def read(self, page):
        """Takes cookie, one-time token and the form's address from a login page."""
        text = page.body.decode()
        self.cookie = page.headers["Set-Cookie"].split(";")[0]
        self.token = html.unescape(re.search(r'name="token" value="([^"]+)"', text).group(1))
        self.action = html.unescape(re.search(r'action="([^"]+)"', text).group(1))
        return self

    def log_in(self, user="customer1", password="waybill", cookie=None, **fields):
        body = form(**({"token": self.token, "username": user, "password": password} | fields))
        return self.client.post(self.action, body, Content_Type=FORM,
                                Cookie=self.cookie if cookie is None else cookie)

    def code(self, **changed):
        answer = self.read(self.ask(**changed).expect(200)).log_in().expect(303)
        self.sent_to = urllib.parse.urlsplit(answer.headers["Location"])
        return dict(urllib.parse.parse_qsl(self.sent_to.query))

    def exchange(self, code, **changed):
        fields = {"grant_type": "authorization_code", "client_id": self.client_id, "code": code,
                  "redirect_uri": CALLBACK, "code_verifier": self.verifier} | changed
        return post_form(self.client, f"{BASE}/token", **fields)


class SigningIn(Case):
    settings = ("seed.products=0",)

    def test_requests_for_foreign_clients_and_addresses_are_never_sent_on(self):
        for changed in ({"client_id": "nobody"}, {"client_id": "waybill-service"},
                        {"redirect_uri": "https://evil.example/callback"},
                        {"redirect_uri": "http://127.0.0.1:5173/callback/../x"},
                        {"redirect_uri": "http://127.0.0.1.evil.example/callback"},
                        {"redirect_uri": "http://127.0.0.1@evil.example/callback"},
                        {"redirect_uri": None}, {"redirect_uri": ""}):
            with self.subTest(changed=changed):
                answer = Browser(self).ask(**changed)
                self.assertEqual(answer.status, 400)
                self.assertIsNone(answer.headers["Location"])

    def test_faults_of_a_request_are_sent_back_to_the_application(self):
        for changed, error in (({"response_type": "token"}, "unsupported_response_type"),
                               ({"code_challenge_method": "plain"}, "invalid_request"),
                               ({"code_challenge": None}, "invalid_request"),
                               ({"code_challenge": "short"}, "invalid_request"),
                               ({"request": "x.y.z"}, "request_not_supported"),
                               ({"prompt": "none"}, "login_required")):
            with self.subTest(changed=changed):
                browser = Browser(self)
                answer = browser.ask(**changed).expect(302)
                sent = dict(urllib.parse.parse_qsl(
                    urllib.parse.urlsplit(answer.headers["Location"]).query))
                self.assertTrue(answer.headers["Location"].startswith(CALLBACK))
                self.assertEqual((sent["error"], sent["state"]), (error, browser.state))

    def test_the_login_page_is_guarded(self):
        page = Browser(self).ask().expect(200)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertIn("default-src 'none'", policy)
        cookie = page.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertNotIn(b"<script", page.body)

    def test_the_form_works_once_and_only_in_the_browser_that_got_it(self):
        browser = Browser(self)
        browser.read(browser.ask().expect(200))
        browser.log_in(cookie="waybill_login=stolen").expect(400)
        browser.read(browser.ask().expect(200))
        browser.log_in(token="x").expect(400)
        browser.read(browser.ask().expect(200))
        answer = browser.client.post(browser.action, form(
            token=browser.token, username="customer1", password="waybill"), Content_Type=FORM,
            Cookie=browser.cookie, Origin="https://evil.example")
        self.assertEqual(answer.status, 403)
        browser.read(browser.ask().expect(200))
        wrong = browser.log_in(password="wrong")
        self.assertEqual(wrong.status, 400)
        self.assertIn(b'role="alert"', wrong.body)
        browser.log_in().expect(400)
        browser.read(wrong)
        browser.log_in().expect(303)
        browser.log_in().expect(400)

    def test_a_code_becomes_tokens_that_open_the_api(self):
        browser = Browser(self)
        sent = browser.code()
        self.assertEqual(sent["state"], browser.state)
        self.assertEqual(sent["iss"], f"{self.waybill.url}/realms/waybill")
        tokens = browser.exchange(sent["code"]).expect(200).json
        claims = claims_of(tokens["access_token"])
        self.assertEqual((claims["azp"], claims["preferred_username"]),
                         ("waybill-console", "customer1"))
        self.assertIn("orders.write", claims["scope"].split())
        who = claims_of(tokens["id_token"])
        self.assertEqual((who["aud"], who["nonce"], who["sub"]),
                         ("waybill-console", "n-7", claims["sub"]))
        self.client().get("/v1/orders",
                          Authorization=f"Bearer {tokens['access_token']}").expect(200)
        self.client().get("/v1/orders", Authorization=f"Bearer {tokens['id_token']}").refused(
            401, "unauthorized")

    def test_a_code_needs_its_verifier_its_client_and_its_address(self):
        for changed in ({"code_verifier": "x" * 43}, {"code_verifier": ""},
                        {"redirect_uri": "http://127.0.0.1:5174/callback"},
                        {"client_id": "waybill-cli"}):
            with self.subTest(changed=changed):
                browser = Browser(self)
                code = browser.code()["code"]
                answer = browser.exchange(code, **changed).expect(400)
                self.assertEqual(answer.json["error"], "invalid_grant")
                browser.exchange(code).expect(400)

    def test_a_code_that_is_used_twice_ends_the_session_it_began(self):
        browser = Browser(self)
        code = browser.code()["code"]
        tokens = browser.exchange(code).expect(200).json
        self.assertEqual(browser.exchange(code).expect(400).json["error"], "invalid_grant")
        answer = post_form(browser.client, f"{BASE}/token", grant_type="refresh_token",
                           client_id="waybill-console", refresh_token=tokens["refresh_token"])
        self.assertEqual(answer.expect(400).json["error"], "invalid_grant")

    def test_sign_out_goes_back_to_registered_addresses_only(self):
        browser = Browser(self)
        tokens = browser.exchange(browser.code()["code"]).expect(200).json
        client = self.client()
        path = f"{BASE}/logout?id_token_hint={tokens['id_token']}&post_logout_redirect_uri="
        client.get(path + "https%3A%2F%2Fevil.example%2F").expect(400)
        answer = client.get(path + "http%3A%2F%2F127.0.0.1%3A5173%2F&state=s").expect(302)
        self.assertEqual(answer.headers["Location"], "http://127.0.0.1:5173/?state=s")
        answer = post_form(client, f"{BASE}/token", grant_type="refresh_token",
                           client_id="waybill-console", refresh_token=tokens["refresh_token"])
        answer.expect(400)
