"""Starting: wrong configuration, taken ports and folders, what survives a restart."""

import os
import socket
import sqlite3
import subprocess
import unittest

from client import Client
from harness import (Folder, Waybill, binary, clean_environment, free_port, make_product,
                     run_command, settled, wait_until)


class Starting(unittest.TestCase):
    def setUp(self):
        self.home = Folder()
        self.addCleanup(self.home.remove)

    def serve(self, *arguments, **options):
        """A start that is to fail: exit code and standard error."""
        code, out, err = run_command("serve", "--listen", "127.0.0.1:0", "--data",
                                     self.home.file("data"), *arguments, **options)
        return code, err + out

    def refused(self, words, *arguments, **options):
        code, said = self.serve(*arguments, **options)
        self.assertEqual(code, 2, said)
        for word in words:
            self.assertIn(word, said)
        self.assertNotIn("is ready at", said)
        return said

    def file(self, name, text):
        with open(self.home.file(name), "w", encoding="utf-8") as out:
            out.write(text)
        return out.name

    def test_wrong_settings_are_named_with_what_would_be_right(self):
        for setting, words in (
                ("threads=many", ["threads", "whole number"]), ("threads=999", ["0 to 256"]),
                ("gateway.timeout=5", ["gateway.timeout", "5s"]),
                ("gateway.timeout=31s", ["30000"]), ("log.access=yes", ["true or false"]),
                ("log.format=xml", ["auto|text|json"]), ("listen=8080", ["host:port"]),
                ("gateway.rate_limit=fast", ["1000/s"]),
                ("auth.issuer=ftp://x", ["auth.issuer", "http://"]),
                ("gateway.upstreams.orders=http://u:p@h:1", ["user or password"]),
                ("gateway.trusted_proxies=not-an-address", ["trusted_proxies"]),
                ("orders.confirmation_deadlin=1s", ["did you mean orders.confirmation_deadline"])):
            with self.subTest(setting=setting):
                self.refused(words, "--set", setting)

    def test_every_fault_of_a_file_is_a_line_with_its_place(self):
        path = self.file("w.toml", '[gateway]\ntimeout = "soon"\nrate_limi = "1/s"\n'
                                   "[http]\nconnections_max = 0\n")
        said = self.refused([f"{path}:2", f"{path}:3", f"{path}:5", "gateway.rate_limit"],
                            "--config", path)
        faults = [line for line in said.splitlines() if path in line]
        self.assertEqual(len(faults), 3, said)

    def test_files_that_cannot_be_read_are_named(self):
        path = self.file("w.toml", "listen = \n")
        self.refused([f"{path}:1"], "--config", path)
        missing = self.home.file("missing.toml")
        self.refused([missing], "--config", missing)
        self.refused([missing], "--set", f"gateway.routes_file={missing}")

    def test_environment_is_checked_too(self):
        self.refused(["WAYBILL_THREADS"], environment={"WAYBILL_THREADS": "x"})
        self.refused(["WAYBILL_THREDS", "WAYBILL_THREADS"], environment={"WAYBILL_THREDS": "1"})
        self.refused(["WAYBILL_THREADS_FILE"],
                     environment={"WAYBILL_THREADS_FILE": self.home.file("none")})

    def test_a_routes_file_may_tighten_and_never_loosen(self):
        for text, words in (
                ('[[gateway.routes]]\nmethod = "GET"\npath = "/v1/orders"\nauth = "public"\n',
                 ["looser"]),
                ('[[gateway.routes]]\nmethod = "POST"\npath = "/v1/orders/{id}/ship"\n'
                 'auth = "orders.write"\nrole = ""\n', ["looser"]),
                ('[[gateway.routes]]\nmethod = "GET"\npath = "/mine"\nupstream = "orders"\n',
                 ["auth"])):
            with self.subTest(text=text):
                self.refused(words, "--set", f"gateway.routes_file={self.file('r.toml', text)}")

    def test_unknown_services_and_usage_are_refused(self):
        self.refused(["shipping"], "--services", "orders,shipping")
        self.refused(["auth.issuer"], "--services", "orders,inventory")
        code, _, said = run_command("serv")
        self.assertEqual(code, 2)
        self.assertIn("did you mean serve", said)
        code, _, said = run_command("serve", "--no-such-option")
        self.assertEqual(code, 2)
        self.assertIn("no-such-option", said)

    def test_the_development_identity_stays_on_the_loopback(self):
        code, _, said = run_command("serve", "--listen", "0.0.0.0:0", "--data",
                                    self.home.file("data"))
        self.assertEqual(code, 2, said)
        self.assertIn("identity.allow_remote", said)

    def test_a_port_that_is_taken_is_said(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, _, said = run_command("serve", "--listen", f"127.0.0.1:{port}", "--data",
                                        self.home.file("data"))
        self.assertNotEqual(code, 0)
        self.assertIn(str(port), said)
        self.assertNotIn("is ready at", said)

    def test_two_processes_share_neither_folder_nor_port(self):
        running = Waybill("seed.products=0")
        self.addCleanup(running.discard)
        code, out, err = run_command("serve", "--listen", "127.0.0.1:0", "--data", running.data)
        self.assertEqual(code, 1, err)
        self.assertIn(f"is in use by process {running.process.pid}", err + out)
        code, out, err = run_command("serve", "--listen", running.host, "--data",
                                     self.home.file("other"))
        self.assertNotEqual(code, 0)
        self.assertIn(str(running.port), err + out)
        running.client("customer1").get("/v1/orders").expect(200)

    def test_a_data_folder_that_cannot_be_written_is_said(self):
        path = self.file("data", "a file in its place")
        code, said = self.serve()
        self.assertEqual(code, 1, said)
        self.assertIn(path, said)
        code, _, said = run_command("serve", "--listen", "127.0.0.1:0", "--data", "/proc/waybill")
        self.assertEqual(code, 1, said)
        self.assertIn("/proc/waybill", said)

    def test_secrets_that_others_can_read_are_refused(self):
        first = Waybill("seed.products=0")
        self.addCleanup(first.discard)
        first.stop()
        key = os.path.join(first.data, "identity-signing-key.pem")
        self.assertEqual(os.stat(key).st_mode & 0o077, 0)
        os.chmod(key, 0o644)
        code, _, said = run_command("serve", "--listen", "127.0.0.1:0", "--data", first.data)
        self.assertNotEqual(code, 0)
        self.assertIn(key, said)

    def test_a_damaged_database_is_refused_by_name(self):
        first = Waybill("seed.products=0")
        self.addCleanup(first.discard)
        first.stop()
        path = os.path.join(first.data, "audit.db")
        with open(path, "r+b") as damaged:
            damaged.write(b"not a database, " * 64)
        code, _, said = run_command("serve", "--listen", "127.0.0.1:0", "--data", first.data)
        self.assertNotEqual(code, 0)
        self.assertIn("audit", said)

    def test_a_schema_of_a_later_version_is_refused(self):
        first = Waybill("seed.products=0")
        self.addCleanup(first.discard)
        first.stop()
        with sqlite3.connect(os.path.join(first.data, "orders.db")) as database:
            tables = {row[0] for row in database.execute("select name from sqlite_master")}
            table = next(name for name in tables if "migration" in name)
            columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
            row = database.execute(f"select * from {table}").fetchone()
            later = [99 if name in ("version", "id") else value
                     for name, value in zip(columns, row, strict=True)]
            database.execute(f"insert into {table} values ({','.join('?' * len(later))})", later)
        database.close()
        code, _, said = run_command("serve", "--listen", "127.0.0.1:0", "--data", first.data)
        self.assertNotEqual(code, 0)
        self.assertIn("orders", said)

    def test_readiness_is_told_once_the_first_order_can_be_made(self):
        waybill = Waybill()
        self.addCleanup(waybill.discard)
        answer = waybill.client("customer1").post(
            "/v1/orders", {"items": [{"sku": "CHAIR-PRO", "quantity": 1}]}, Prefer="wait=5")
        self.assertEqual(answer.expect(201).json["status"], "Confirmed")
        self.assertEqual(len(waybill.client("operator").every("/v1/inventory/products")), 12)
        for service in ("orders", "inventory", "notifications", "audit", "gateway", "identity"):
            self.assertRegex(waybill.text(), rf"(?m)^  {service}\s+ready$")
        Client(waybill.port).get("/health/ready").expect(200)

    def test_orders_keys_and_tokens_survive_a_restart(self):
        first = Waybill("seed.products=0", listen=f"127.0.0.1:{free_port()}")
        self.addCleanup(first.discard)
        product = make_product(first)
        body = {"items": [{"sku": product["sku"], "quantity": 1}]}
        placed = first.client("customer1").post("/v1/orders", body, Idempotency_Key="k").expect(201)
        order = settled(first.client("customer1"), placed.json["id"], "Confirmed")
        token = first.tokens.of("customer1")
        self.assertEqual(first.stop(), 0)
        again = Waybill("seed.products=0", data=first.data, listen=first.host)
        self.addCleanup(again.discard)
        client = Client(again.port, token)
        self.assertEqual(client.get(f"/v1/orders/{order['id']}").expect(200).json, order)
        replay = client.post("/v1/orders", body, Idempotency_Key="k").expect(201)
        self.assertEqual(replay.headers["Idempotency-Replayed"], "true")
        self.assertEqual(len(again.client("operator").every("/v1/orders")), 1)

    def test_a_killed_process_finds_its_port_again_while_it_is_called(self):
        # Even and among those of outgoing calls: the first that the system would give a caller.
        port = next(port for port in iter(lambda: free_port(40_000, 48_000), None)
                    if port % 2 == 0)
        data = self.home.file("data")
        for _ in range(5):
            waybill = Waybill("seed.products=0", data=data, listen=f"127.0.0.1:{port}")
            self.addCleanup(waybill.discard)
            waybill.kill()
            for _ in range(20_000):
                with socket.socket() as call:
                    self.assertNotEqual(call.connect_ex(("127.0.0.1", port)), 0)

    def test_commands_work_against_the_running_process(self):
        waybill = Waybill()
        self.addCleanup(waybill.discard)
        code, token, said = run_command("token", "--user", "customer1", "--url", waybill.url)
        self.assertEqual(code, 0, said)
        Client(waybill.port, token.strip()).get("/v1/orders").expect(200)
        code, out, said = run_command("seed", "--products", "30", "--url", waybill.url)
        self.assertEqual(code, 0, out + said)
        products = waybill.client("operator").every("/v1/inventory/products")
        self.assertEqual(len(products), 30)
        code, out, _ = run_command("config", "--defaults")
        self.assertEqual(code, 0)
        self.assertIn("rate_limit_burst = 2000", out)

    def test_a_wrong_file_descriptor_does_not_stop_the_start(self):
        process = subprocess.Popen(
            [binary(), "serve", "--listen", "127.0.0.1:0", "--data", self.home.file("data"),
             "--set", "seed.products=0", "--ready-fd", "77"], stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL, text=True, env=clean_environment())
        lines = iter(process.stderr.readline, "")
        self.assertTrue(any("is ready at" in line for line in lines))
        process.terminate()
        process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(30), 0)


class FullDisk(unittest.TestCase):
    """On a file system of its own that is really full."""

    SIZE_MIB = 90

    def setUp(self):
        self.home = Folder()
        self.addCleanup(self.home.remove)
        self.mounted = self.home.file("disk")
        os.mkdir(self.mounted)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self.SIZE_MIB}m", "tmpfs", self.mounted]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            self.skipTest("no tmpfs may be mounted here: the full disk was NOT tested")
        self.addCleanup(subprocess.run, ["umount", "-l", self.mounted], check=True)

    def fill(self, leave):
        """Leaves so many bytes free."""
        path = os.path.join(self.mounted, "ballast")
        with open(path, "ab", buffering=0) as ballast:
            while True:
                facts = os.statvfs(self.mounted)
                size = facts.f_bavail * facts.f_frsize - leave
                if size <= 0:
                    return path
                try:
                    ballast.write(b"x" * min(size, 1 << 20))
                except OSError:  # the process took the rest
                    return path

    def test_a_full_disk_refuses_creates_and_all_resumes_when_it_is_freed(self):
        waybill = Waybill(data=os.path.join(self.mounted, "data"))
        self.addCleanup(waybill.discard)
        client, operator = waybill.client("customer1"), waybill.client("operator")
        body = {"items": [{"sku": "CAB-USBC", "quantity": 1}]}
        order = client.post("/v1/orders", body, Prefer="wait=5").expect(201).json
        ballast = self.fill(32 << 20)
        refused = wait_until(lambda: next((one for one in [client.post("/v1/orders", body)]
                                           if one.status == 503), None), "creates are refused", 20)
        self.assertIn(refused.json["type"], ("/problems/unavailable", "/problems/overloaded"))
        self.assertRegex(refused.headers["Retry-After"], r"^\d+$")
        operator.post(f"/v1/orders/{order['id']}/ship", {"trackingNumber": "T"}).expect(200)
        self.fill(0)
        client.post("/v1/orders", body).expect(503)
        client.get(f"/v1/orders/{order['id']}").expect(200)
        self.assertTrue(waybill.running(), waybill.tail())
        os.remove(ballast)
        wait_until(lambda: client.post("/v1/orders", body, Prefer="wait=5").status == 201,
                   "orders are placed again", 20)
        self.assertEqual(waybill.stop(), 0)
