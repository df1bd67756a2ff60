"""Every known way to present a wrong token: at the gateway, and at a service that no gateway
stands before."""

import json
import socket
import time

from client import raw
from harness import Case, Waybill, wait_until
from tokens import Forge, encode, make_key


def bearer(token):
    return [f"Bearer {token}"], ""


def edited(token, from_end, letter=None):
    """The token with one letter changed."""
    at = len(token) - from_end
    letter = letter or ("A" if token[at] != "A" else "B")
    return token[:at] + letter + token[at + 1:]


def successor(letter):
    """The base64url letter whose value is one more."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) + 1]


def wire_defects(f):
    """(name, (Authorization fields, query)) of defects that need no signature of their own."""
    token = f.token()
    head, body, signature = token.split(".")
    other = f.token(sub="someone-else")
    yield "no token", ([], "")
    yield "an empty token", bearer("")
    yield "another scheme", ([f"Basic {token}"], "")
    yield "a scheme that begins alike", ([f"Bearers {token}"], "")
    yield "no scheme", ([token], "")
    yield "two fields", ([f"Bearer {token}"] * 2, "")
    yield "a token in the query", ([], f"access_token={token}")
    yield "a token in the query, escaped", ([], f"limit=1&access%5Ftoken={token}")
    yield "a token in the query and in the field", ([f"Bearer {token}"], f"access_token={token}")
    yield "two tokens in a field", ([f"Bearer {token}, Bearer {token}"], "")
    yield "two parts", bearer(f"{head}.{body}")
    yield "four parts", bearer(f"{token}.e30")
    yield "five parts", bearer(f"{token}.e30.e30")
    yield "padding", bearer(token + "==")
    yield "stray bits", bearer(edited(token, 1, successor(token[-1])))
    yield "letters of another alphabet", bearer(edited(token, 20, "+"))
    yield "no signature", bearer(f"{head}.{body}.")
    yield "a changed signature", bearer(edited(token, 10))
    yield "the signature of another token", bearer(f"{head}.{body}.{other.split('.')[2]}")
    yield "swapped claims", bearer(f"{head}.{other.split('.')[1]}.{signature}")
    yield "algorithm none", bearer(f.unsigned({"alg": "none", "typ": "JWT"}))
    yield "algorithm none, disguised", bearer(f.unsigned({"alg": "nOnE", "kid": f.kid}))
    yield "an HMAC with the public key", bearer(f.hmac_with_public_key())


def header_defects(f):
    sound = {"alg": "RS256", "kid": f.kid, "typ": "JWT"}
    for name, changed in (
            ("no algorithm", {"alg": None}), ("an algorithm that is a list", {"alg": ["RS256"]}),
            ("an algorithm that is not pinned", {"alg": "RS512"}), ("no kid", {"kid": None}),
            ("a kid that is a number", {"kid": 1}), ("an unknown kid", {"kid": "other"}),
            ("a kid that is a path", {"kid": "../../../dev/null"}),
            ("a critical extension", {"crit": ["exp"], "exp": 1}),
            ("an unencoded payload", {"b64": False}), ("a logout token", {"typ": "logout+jwt"}),
            ("a proof of possession", {"typ": "dpop+jwt"})):
        header = {key: value for key, value in (sound | changed).items() if value is not None}
        yield name, bearer(f.sign(f.claims(), header))
    yield "PS256", bearer(f.sign(f.claims(), sound | {"alg": "PS256"}, openssl=(
        "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")))
    for name, more in (("a key", {"jwk": f.jwk}), ("a key's URL", {"jku": "http://127.0.0.1:9/k"}),
                       ("a certificate's URL", {"x5u": "http://127.0.0.1:9/c"}),
                       ("a certificate", {"x5c": ["MIIB"]}), ("nothing else", {})):
        yield f"a foreign key's signature and {name} in the header", bearer(
            f.sign(f.claims(), sound | more, f.foreign))
    yield "a header that is no JSON", bearer(f.sign(f.claims(), "RS256"))
    yield "a header member twice", bearer(
        f.sign(f.claims(), '{"alg":"RS256","alg":"RS256","kid":"%s"}' % f.kid))


def claim_defects(f, ahead_s=40):
    """`ahead_s`: how far in the future the times of tokens that are too early lie."""
    now = int(time.time())
    for name, changed in (
            ("expired", {"exp": now - 31}), ("no exp", {"exp": None}),
            ("an exp that is a text", {"exp": str(now + 600)}), ("an endless exp", {"exp": 1e30}),
            ("a negative exp", {"exp": -1}), ("not yet valid", {"nbf": now + ahead_s}),
            ("an nbf that is true", {"nbf": True}), ("issued in the future", {"iat": now + ahead_s}),
            ("another issuer", {"iss": "https://evil.example/realms/waybill"}),
            ("an issuer with a slash", {"iss": f.issuer + "/"}), ("no issuer", {"iss": None}),
            ("an issuer that is a list", {"iss": [f.issuer]}),
            ("another audience", {"aud": ["account"]}),
            ("an audience that begins alike", {"aud": "waybill-api-2"}),
            ("no audience", {"aud": None}), ("no audience in the list", {"aud": []}),
            ("an audience that is a number", {"aud": ["waybill-api", 7]}),
            ("no subject", {"sub": None}), ("an empty subject", {"sub": ""}),
            ("a subject that is a number", {"sub": 42}),
            ("a role as subject", {"sub": "role:admin"}),
            ("a long subject", {"sub": "s" * 256}),
            ("a subject with a line break", {"sub": "a\r\nX-Role: admin"}),
            ("scopes as a list", {"scope": ["orders.read"]}),
            ("roles that are no list", {"realm_access": {"roles": "admin"}}),
            ("a role that is a number", {"realm_access": {"roles": ["admin", 1]}}),
            ("bound to a sender", {"cnf": {"jkt": "x"}}), ("oversize", {"pad": "x" * 9000})):
        yield name, bearer(f.token(**changed))
    yield "claims that are no object", bearer(f.sign(json.dumps([f.claims()])))
    yield "a claim twice", bearer(f.sign(json.dumps(f.claims())[:-1] + ',"sub":"admin"}'))
    yield "deep claims", bearer(f.sign(json.dumps(f.claims())[:-1] + ',"d":' + "[" * 64
                                       + "]" * 64 + "}"))
    yield "an ID token", bearer(f.token(aud="waybill-cli", typ="ID"))


def present(port, host, credentials, path="/v1/orders"):
    """The answer's status line and head to a request with these credentials."""
    fields, query = credentials
    head = f"GET {path}{'?' + query if query else ''} HTTP/1.1\r\nHost: {host}\r\n"
    head += "".join(f"Authorization: {field}\r\n" for field in fields)
    answer, _ = raw(port, (head + "Connection: close\r\n\r\n").encode())
    return answer.decode("utf-8", "replace")


class TokenDefects(Case):
    """The services run in a second process, which is asked directly as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forge = Forge(cls.waybill)
        cls.direct = Waybill(f"auth.issuer={cls.waybill.url}/realms/waybill",
                             services="orders,inventory,notifications,audit")

    @classmethod
    def tearDownClass(cls):
        cls.direct.discard()
        super().tearDownClass()

    def refuse_all(self, defects):
        for name, credentials in defects:
            for place, waybill in (("gateway", self.waybill), ("service", self.direct)):
                with self.subTest(defect=name, at=place):
                    answer = present(waybill.port, waybill.host, credentials)
                    self.assertTrue(answer.startswith("HTTP/1.1 401 "), answer[:300])
                    self.assertIn("\r\nWWW-Authenticate: Bearer error=", answer)
                    self.assertIn('"type":"/problems/unauthorized"', answer)
                    self.assertNotIn("someone-else", answer)

    def test_a_sound_token_opens_both_doors(self):
        credentials = bearer(self.forge.token())
        for waybill in (self.waybill, self.direct):
            def opened(to=waybill):
                return present(to.port, to.host, credentials).startswith("HTTP/1.1 200 ")
            wait_until(opened, "the token is accepted")
        for scheme in ("bearer", "BEARER"):
            answer = present(self.waybill.port, self.waybill.host,
                             ([f"{scheme} {self.forge.token()}"], ""))
            self.assertTrue(answer.startswith("HTTP/1.1 200 "), answer[:300])

    def test_what_is_wrong_on_the_wire_is_refused(self):
        self.refuse_all(wire_defects(self.forge))

    def test_what_is_wrong_in_the_header_is_refused(self):
        self.refuse_all(header_defects(self.forge))

    def test_what_is_wrong_in_the_claims_is_refused(self):
        self.refuse_all(claim_defects(self.forge))

    def test_leeway_is_thirty_seconds(self):
        now = int(time.time())
        for changed in ({"exp": now - 10}, {"nbf": now + 15}, {"iat": now + 15}):
            with self.subTest(changed=changed):
                answer = present(self.waybill.port, self.waybill.host,
                                 bearer(self.forge.token(**changed)))
                self.assertTrue(answer.startswith("HTTP/1.1 200 "), answer[:300])

    def test_a_token_that_was_accepted_is_refused_once_it_has_expired(self):
        token = self.forge.token(exp=int(time.time()) - 27)
        first = present(self.waybill.port, self.waybill.host, bearer(token))
        self.assertTrue(first.startswith("HTTP/1.1 200 "), first[:300])

        def expired():
            return present(self.waybill.port, self.waybill.host, bearer(token)).startswith(
                "HTTP/1.1 401 ")
        wait_until(expired, "the remembered token expires", 10)

    def test_a_weak_key_signs_nothing(self):
        weak = make_key(self.waybill.folder.file("weak.pem"), 1024)
        answer = present(self.waybill.port, self.waybill.host,
                         bearer(self.forge.sign(self.forge.claims(), key=weak)))
        self.assertTrue(answer.startswith("HTTP/1.1 401 "), answer[:300])

    def test_keys_named_in_a_header_are_never_fetched(self):
        with socket.create_server(("127.0.0.1", 0)) as trap:
            url = f"http://127.0.0.1:{trap.getsockname()[1]}/keys"
            header = {"alg": "RS256", "kid": "theirs", "jku": url, "x5u": url}
            token = self.forge.sign(self.forge.claims(), header, self.forge.foreign)
            answer = present(self.waybill.port, self.waybill.host, bearer(token))
            self.assertTrue(answer.startswith("HTTP/1.1 401 "), answer[:300])
            trap.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                trap.accept()

    def test_services_trust_no_header_that_only_a_gateway_would_send(self):
        claims = encode(json.dumps(self.forge.claims()))
        fields = "".join(f"{name}: {value}\r\n" for name, value in (
            ("X-User-Id", "admin"), ("X-Roles", "admin"), ("X-Forwarded-User", "admin"),
            ("X-Scope", "orders.read"), ("X-Jwt-Claims", claims), ("Remote-User", "admin")))
        for waybill in (self.waybill, self.direct):
            answer, _ = raw(waybill.port, (f"GET /v1/orders HTTP/1.1\r\nHost: {waybill.host}\r\n"
                                           f"{fields}Connection: close\r\n\r\n").encode())
            self.assertTrue(answer.startswith(b"HTTP/1.1 401 "), answer[:300])
