"""What every answer, file and message of the program owes to a careful operator."""

import os
import stat

from client import raw
from harness import Case, run_command
from tokens import form, post_form

BASE = "/realms/waybill/protocol/openid-connect"
NO_FRAMES = "frame-ancestors 'none'"


class Answers(Case):
    settings = ("seed.products=0",)

    def everywhere(self):
        """An answer of each kind: read, refused, unknown, public, page, and the parser's own."""
        customer = self.client("customer1")
        yield customer.get("/v1/orders").expect(200)
        yield customer.get("/v1/notifications/preferences").expect(200)
        yield customer.get("/v1/orders/7").expect(404)
        yield customer.get("/v1/audit/events").expect(403)
        yield customer.post("/v1/orders", {}).expect(422)
        yield self.client().get("/v1/orders").expect(401)
        yield self.client().get("/nothing").expect(404)
        yield self.client().get("/").expect(200)
        yield self.client().get("/metrics").expect(200)
        yield self.client().get("/openapi.json").expect(200)
        yield self.client().get("/problems/not-found").expect(200)
        yield post_form(self.client(), f"{BASE}/token", grant_type="password",
                        client_id="waybill-cli", username="customer1",
                        password="waybill").expect(200)

    def test_nobody_may_keep_an_answer_or_guess_its_type(self):
        for answer in self.everywhere():
            with self.subTest(asked=answer.asked, status=answer.status):
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertIsNone(answer.headers["Server"])
        refused, _ = raw(self.waybill.port, b"GET / HTTP/1.1\r\n\r\n")
        self.assertIn(b"\r\nCache-Control: no-store\r\n", refused)
        self.assertIn(b"\r\nX-Content-Type-Options: nosniff\r\n", refused)

    def test_only_keys_and_discovery_may_be_kept(self):
        for path in (f"{BASE}/certs", "/realms/waybill/.well-known/openid-configuration"):
            answer = self.client().get(path).expect(200)
            self.assertEqual(answer.headers["Cache-Control"], "public, max-age=60")

    def test_a_preserved_version_is_still_told_apart(self):
        customer = self.client("customer1")
        tag = customer.get("/v1/notifications/preferences").expect(200).etag
        again = customer.get("/v1/notifications/preferences", If_None_Match=tag).expect(304)
        self.assertEqual(again.headers["Cache-Control"], "no-store")

    def test_pages_for_people_run_nothing_and_stand_in_no_frame(self):
        for path in ("/", "/problems/not-found"):
            policy = self.client().get(path).expect(200).headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn(NO_FRAMES, policy)

    def test_files_are_their_owners_alone(self):
        names = []
        for folder, _, files in os.walk(self.waybill.data):
            names += [folder, *(os.path.join(folder, name) for name in files)]
        self.assertGreater(len(names), 8)
        for name in names:
            mode = stat.S_IMODE(os.stat(name).st_mode)
            self.assertEqual(mode & 0o077, 0, f"{name} has {mode:o}")


class Guessing(Case):
    settings = ("seed.products=0",)

    def guess(self, password, user="customer2"):
        return self.client().post(f"{BASE}/token", form(
            grant_type="password", client_id="waybill-cli", username=user, password=password),
            Content_Type="application/x-www-form-urlencoded")

    def test_a_wrong_password_and_an_unknown_user_are_told_alike(self):
        known, unknown = self.guess("wrong"), self.guess("wrong", "nobody")
        self.assertEqual((known.status, known.body), (unknown.status, unknown.body))

    def test_guessing_ends_after_ten_and_says_when_to_come_back(self):
        statuses = [self.guess(f"guess{n}", "operator").status for n in range(12)]
        self.assertIn(429, statuses)
        self.assertEqual(statuses[-1], 429)
        held = self.guess("waybill", "operator").expect(429)
        self.assertLessEqual(int(held.headers["Retry-After"]), 60)


class Configuration(Case):
    settings = ("seed.products=0",)

    def test_a_complaint_repeats_no_password(self):
        code, out, err = run_command("config", "--set", "auth.issuer=http://me:w0rd@h/realms/x")
        self.assertEqual(code, 2)
        self.assertIn("auth.issuer", err)
        self.assertNotIn("w0rd", out + err)

    def test_a_file_that_was_named_by_mistake_is_not_shown(self):
        path = self.waybill.folder.file("secret")
        with open(path, "w", encoding="ascii") as secret:
            secret.write("w0rd-of-honour")
        code, out, err = run_command("config", environment={"WAYBILL_THREADS_FILE": path})
        self.assertEqual(code, 2)
        self.assertIn("threads", err)
        self.assertNotIn("w0rd", out + err)

    def test_no_command_shows_a_key(self):
        told = "".join(text for arguments in (("config",), ("config", "--defaults"), ("doctor",))
                       for text in run_command(*arguments, environment={
                           "WAYBILL_DATA_FOLDER": self.waybill.data})[1:])
        for name in ("identity-signing-key.pem", "identity-refresh-key", "cursor.key",
                     "identity-service-secret"):
            with open(os.path.join(self.waybill.data, name), "rb") as kept:
                secret = kept.read()
            self.assertNotIn(secret.decode("latin-1").strip()[:40], told, name)
