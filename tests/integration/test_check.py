"""`waybill check`: a sound platform passes, live and at rest, and a tampered one is caught."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import unittest

from books import Books
from harness import Folder, Waybill, binary, clean_environment, make_product, run_command, unique, wait_until


def check(*arguments):
    """Runs `waybill check`; answers (exit code, report or None, standard error)."""
    code, out, err = run_command("check", "--json", *arguments, seconds=60)
    return code, json.loads(out) if out else None, err


def read_only(data):
    """As check, of a folder on a file system that is mounted read only."""
    script = ('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
              'exec "$2" check --json --data "$1"')
    done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", data,
                           binary()], capture_output=True, text=True, timeout=60,
                          env=clean_environment())
    return done.returncode, done.stdout, done.stderr


def verdicts(report):
    return {one["invariant"]: one["verdict"] for one in report["invariants"]}


def broken(report):
    return [code for code, verdict in verdicts(report).items() if verdict == "broken"]


def breaches(report, code):
    return next(one["breaches"] for one in report["invariants"] if one["invariant"] == code)


def contents(folder):
    """Every file of the folder and what is in it."""
    return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}


def on_their_way(data):
    """The messages that were not taken yet, for who has to find out why."""
    lines = []
    for service in ("orders", "inventory", "notifications", "audit"):
        with contextlib.closing(sqlite3.connect(os.path.join(data, service + ".db"))) as books:
            rows = books.execute("select o.id, e.type, hex(e.aggregate_id) from outbox o "
                                 "join events e on e.seq = o.id order by o.id").fetchall()
            parked = books.execute("select message_type, state, reason, attempts, fault "
                                   "from deliveries order by id").fetchall()
        lines.append(f"{service}: outbox {rows}, deliveries {parked}")
    return "\n".join(lines)


class Checked(unittest.TestCase):
    """A platform that has seen orders of every kind, and then stopped."""

    @classmethod
    def setUpClass(cls):
        cls.home = Folder()
        cls.addClassCleanup(cls.home.remove)
        cls.data = cls.home.file("data")
        cls.history = cls.home.file("history.jsonl")
        waybill = Waybill("seed.products=0", data=cls.data)
        cls.addClassCleanup(waybill.discard)
        cls.live = cls.orders = None
        cls.work(waybill)
        cls.by_url = check("--url", waybill.url)
        cls.live = check("--data", cls.data, "--live")
        cls.beside = sorted(name for name in os.listdir(cls.data) if name.endswith("-wal"))
        Books(cls.data).wait_rest(60)
        cls.resting = check("--data", cls.data, "--at-rest", "--history", cls.history)
        if waybill.stop() != 0:
            raise AssertionError(waybill.tail())

    @classmethod
    def work(cls, waybill):
        customer, operator = waybill.client("customer1"), waybill.client("operator")
        product = make_product(waybill, 100)
        cls.sku, cls.orders = product["sku"], []
        with open(cls.history, "w", encoding="utf-8") as history:
            for number in range(12):
                key = unique("check")
                order = customer.post("/v1/orders", {"items": [
                    {"sku": product["sku"], "quantity": 1 + number}]}, Prefer="wait=5",
                    Idempotency_Key=key).expect(201).json
                cls.orders.append(order)
                history.write(json.dumps({
                    "at": order["createdAt"], "customer": order["customerId"], "key": key,
                    "request_hash": "aa", "op": "create", "order": order["id"],
                    "outcome": "acknowledged", "status": 201, "number": order["orderNumber"],
                    "total": order["totalAmount"], "lines": order["items"]}) + "\n")
                path = f"/v1/orders/{order['id']}"
                if number % 3 == 1 and order["status"] == "Confirmed":
                    operator.post(f"{path}/ship", {"trackingNumber": "T"}).expect(200)
                elif number % 3 == 2 and order["status"] == "Confirmed":
                    customer.post(f"{path}/cancel").expect(200)

    def copy(self):
        """The stopped platform's files, to be tampered with."""
        home = Folder()
        self.addCleanup(home.remove)
        shutil.copytree(self.data, home.file("data"))
        return home.file("data")

    def test_a_sound_platform_passes_while_it_runs(self):
        code, report, err = self.live
        self.assertEqual(code, 0, (report, err))
        self.assertEqual(report["moment"], "live")
        self.assertIn("orders.db-wal", self.beside)
        self.assertEqual(verdicts(report)["I6"], "not judged")
        self.assertEqual(verdicts(report)["I9a"], "held")

    def test_a_sound_platform_passes_at_rest_with_what_was_answered(self):
        code, report, err = self.resting
        self.assertEqual(code, 0, (report, err))
        self.assertEqual(set(verdicts(report).values()), {"held"})
        self.assertIn("12 recorded creates, 12 acknowledged",
                      [one["note"] for one in report["invariants"]][1])

    def test_a_sound_platform_passes_by_its_public_interfaces(self):
        code, report, err = self.by_url
        self.assertEqual(code, 0, (report, err))
        self.assertEqual({code for code, verdict in verdicts(report).items()
                          if verdict == "held"}, {"I1", "I2", "I5", "I6", "I18"})

    def test_a_stopped_platform_is_seen_to_be_at_rest_and_is_not_changed(self):
        data = self.copy()
        before = contents(data)
        code, report, _ = check("--data", data)
        self.assertEqual((code, report["moment"]), (0, "at-rest"))
        self.assertEqual(contents(data), before)

    def test_a_folder_that_cannot_be_written_is_judged_too(self):
        data = self.copy()
        code, out, err = read_only(data)
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["moment"], "at-rest")
        with open(os.path.join(data, "orders.db-wal"), "wb"):
            pass
        code, _, err = read_only(data)
        self.assertEqual(code, 2, err)
        self.assertIn("copy the folder", err)

    def test_a_stolen_pen_is_caught_and_named(self):
        data = self.copy()
        Books(data).change("inventory", "update products set quantity = quantity - 1")
        code, report, _ = check("--data", data)
        self.assertEqual((code, broken(report)), (1, ["I1"]))
        self.assertIn(self.sku, breaches(report, "I1")[0]["object"])

    def test_a_lost_order_is_caught_by_what_was_answered(self):
        data, lost = self.copy(), self.orders[0]
        for table, key in (("orders", "id"), ("order_items", "order_id"),
                           ("events", "aggregate_id"), ("idempotency", "aggregate_id")):
            Books(data).change("orders", f"delete from {table} where {key} = ?",
                               bytes.fromhex(lost["id"].replace("-", "")))
        code, report, _ = check("--data", data, "--history", self.history)
        self.assertEqual(code, 1)
        self.assertIn("I2", broken(report))
        self.assertIn(lost["id"], json.dumps(breaches(report, "I2")))
        self.assertIn(lost["id"], json.dumps(breaches(report, "I18")))

    def test_a_lost_message_is_caught_with_its_event(self):
        data = self.copy()
        Books(data).change("inventory", "delete from inbox where message_id = (select "
                                        "min(message_id) from inbox)")
        code, report, _ = check("--data", data)
        self.assertEqual((code, broken(report)), (1, ["I4"]))
        self.assertEqual(len(breaches(report, "I4")[0]["events"]), 1)

    def test_text_says_a_line_an_invariant(self):
        code, out, _ = run_command("check", "--data", self.data)
        self.assertEqual(code, 0)
        self.assertEqual([line.split()[0] for line in out.splitlines()[:10]],
                         ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9a", "I18"])
        self.assertIn("10 held, 0 broken, 0 not judged; the system was at rest", out)

    def test_a_damaged_file_is_said_and_not_judged(self):
        data = self.copy()
        path = os.path.join(data, "orders.db")
        with open(path, "r+b") as file:
            file.write(b"not a database, not any more" * 40)
        code, report, err = check("--data", data)
        self.assertEqual((code, report), (2, None))
        self.assertIn("orders.db", err)

    def test_a_damaged_page_is_said_and_not_judged(self):
        data = self.copy()
        path = os.path.join(data, "audit.db")
        with open(path, "r+b") as file:
            for page in range(2, os.path.getsize(path) // 8192):
                file.seek(page * 8192)
                file.write(b"\xff" * 8192)
        code, report, err = check("--data", data)
        self.assertEqual((code, report), (2, None))
        self.assertIn("audit.db", err)

    def test_what_cannot_be_judged_is_exit_2_in_one_line(self):
        for arguments in (("--data", self.home.file("nowhere")),
                          ("--url", "http://127.0.0.1:1"),
                          ("--data", self.data, "--history", self.home.file("none")),
                          ("--at-rest", "--live"),
                          ("--url", "http://127.0.0.1:1", "--history", "x")):
            with self.subTest(arguments=arguments):
                code, report, err = check(*arguments)
                self.assertEqual((code, report), (2, None), err)
                self.assertTrue(err.startswith("waybill: "), err)


class Killed(unittest.TestCase):
    def test_a_platform_killed_at_work_is_judged_as_it_lies(self):
        home = Folder()
        self.addCleanup(home.remove)
        data = home.file("data")
        waybill = Waybill("seed.products=0", data=data)
        self.addCleanup(waybill.discard)
        product, customer = make_product(waybill, 1000), waybill.client("customer1")
        for _ in range(40):
            customer.post("/v1/orders",
                          {"items": [{"sku": product["sku"], "quantity": 1}]}).expect(201)
        waybill.kill()
        before = contents(data)
        code, report, err = check("--data", data)
        self.assertEqual(code, 0, (report, err))
        after = contents(data)
        self.assertEqual(after.keys(), before.keys())
        for name in (name for name in before if not name.endswith("-shm")):  # holds locks
            self.assertEqual(after[name], before[name], name)
        again = Waybill("seed.products=0", data=data)
        self.addCleanup(again.discard)
        operator = again.client("operator")
        try:
            wait_until(lambda: not operator.get("/v1/orders?status=Pending&limit=1").json["items"],
                       "no order is pending", 60)
        except AssertionError as stuck:
            raise AssertionError(f"{stuck}\n{on_their_way(data)}\n{again.tail()}") from None
        Books(data).wait_rest(60)
        self.assertEqual(again.stop(), 0, again.tail())
        code, report, err = check("--data", data)
        self.assertEqual((code, report["moment"]), (0, "at-rest"), (report, err))
