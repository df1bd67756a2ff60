"""Access tokens: real ones from the development identity, and forged ones for what must be
refused. RSA is done by the `openssl` command."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import threading
import time
import urllib.parse

from client import Client

ALL_SCOPES = [f"{service}.{verb}" for service in ("orders", "inventory", "notifications", "audit")
              for verb in ("read", "write")]
TOKEN_PATH = "/realms/waybill/protocol/openid-connect/token"
CERTS_PATH = "/realms/waybill/protocol/openid-connect/certs"
FORM = "application/x-www-form-urlencoded"


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


def post_form(client, path, **fields):
    return client.post(path, form(**fields), Content_Type=FORM)


class Tokens:
    """Tokens of the running platform's own identity, each fetched once."""

    def __init__(self, waybill):
        self.waybill = waybill
        self._known = {}
        self._lock = threading.Lock()

    def of(self, user, scope=None):
        """A token of `user`; with `scope` it holds these scopes alone."""
        with self._lock:
            key = (user, scope)
            if key not in self._known:
                fields = {"grant_type": "password", "client_id": "waybill-cli", "username": user,
                          "password": "waybill"}
                if scope is not None:
                    fields["scope"] = scope
                answer = post_form(Client(self.waybill.port), TOKEN_PATH, **fields).expect(200)
                self._known[key] = answer.json["access_token"]
            return self._known[key]

    def without(self, user, scope):
        """A token of `user` that holds every scope of its role but this one."""
        held = claims_of(self.of(user))["scope"].split()
        return self.of(user, " ".join(one for one in held if one != scope) or "openid")

    def subject(self, user):
        return claims_of(self.of(user))["sub"]


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encode(data):
    """base64url without padding."""
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_key(path, bits=2048):
    subprocess.run(["openssl", "genrsa", "-out", path, str(bits)], check=True, capture_output=True)
    return path


def rsa_sign(key_path, text, *options):
    return subprocess.run(["openssl", "dgst", "-sha256", "-sign", key_path, *options],
                          input=text.encode(), check=True, capture_output=True).stdout


class Forge:
    """Makes tokens with the platform's own signing key, as a thief of it would, and with others."""

    def __init__(self, waybill, issuer=None, data=None):
        self.key = os.path.join(data or waybill.data, "identity-signing-key.pem")
        self.foreign = make_key(waybill.folder.file("foreign.pem"))
        identity = Client(waybill.port)
        self.jwk = identity.get(CERTS_PATH).expect(200).json["keys"][0]
        self.kid = self.jwk["kid"]
        self.issuer = issuer or f"{waybill.url}/realms/waybill"
        self._made = {}

    def claims(self, **changed):
        """Sound claims of customer1 with every customer scope; a value of None leaves one out."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": ["waybill-api"],
                  "sub": "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b101", "azp": "waybill-cli",
                  "scope": " ".join(ALL_SCOPES), "realm_access": {"roles": ["customer"]},
                  "preferred_username": "customer1", "jti": "77777777-7777-4777-8777-777777777777",
                  "iat": now, "exp": now + 900} | changed
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims, header=None, key=None, **options):
        """A token of these claims: an object, or a text as it is."""
        header = {"alg": "RS256", "kid": self.kid, "typ": "JWT"} if header is None else header
        text = ".".join(encode(part if isinstance(part, str) else json.dumps(part))
                        for part in (header, claims))
        signature = rsa_sign(key or self.key, text, *options.get("openssl", ()))
        return f"{text}.{encode(signature)}"

    def token(self, **changed):
        return self.sign(self.claims(**changed))

    def scoped(self, role, scopes, subject=None):
        """A sound token of exactly this role and these scopes."""
        made = (role, tuple(scopes), subject)
        if made not in self._made:
            changed = {"scope": " ".join(scopes), "realm_access": {"roles": [role]}}
            if subject:
                changed["sub"] = subject
            self._made[made] = self.token(**changed)
        return self._made[made]

    def hmac_with_public_key(self):
        """The public key as an HMAC secret: what a verifier without a pinned algorithm takes."""
        text = ".".join([encode(json.dumps({"alg": "HS256", "kid": self.kid, "typ": "JWT"})),
                         encode(json.dumps(self.claims()))])
        public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True,
                                capture_output=True).stdout
        return f"{text}.{encode(hmac.new(public, text.encode(), hashlib.sha256).digest())}"

    def unsigned(self, header):
        return ".".join([encode(json.dumps(header)), encode(json.dumps(self.claims())), ""])
