"""`waybill load`: what it sends, counts, tells and refuses."""

import json
import signal
import unittest

from harness import Waybill, run_command, wait_until
from loading import RAISED, Load, run_load


class Generator(unittest.TestCase):
    """What `waybill load` itself promises."""

    @classmethod
    def setUpClass(cls):
        cls.waybill = Waybill(*RAISED)

    @classmethod
    def tearDownClass(cls):
        cls.waybill.stop()
        cls.waybill.discard()

    def test_wrong_options_end_with_two_and_a_sentence(self):
        for options in (["--rate", "0"], ["--rate", "fast"], ["--duration", "5"],
                        ["--ramp", "5"], ["--overload", "1"], ["--mix", "buy=1"],
                        ["--slo", "p99=fast"], ["--retry", "always"], ["--rate", "5", "--ramp",
                                                                       "1:2"],
                        ["--mix", "cancel=1"], ["--get", "health"], ["--arrivals", "odd"],
                        ["--timeout", "0s"], ["--url", "ftp://x"]):
            code, out, err = run_command("load", *options)
            self.assertEqual((code, out), (2, ""), (options, err))
            self.assertTrue(err.startswith("waybill: "), (options, err))

    def test_nobody_there_ends_with_one(self):
        code, _, err = run_command("load", "--url", "http://127.0.0.1:1", "--duration", "1s")
        self.assertEqual(code, 1)
        self.assertIn("nothing answers", err)

    def test_every_operation_is_acknowledged_and_counted(self):
        mix = "create=40,read=20,list=10,cancel=10,confirm=10,ship=10"
        result = run_load(self.waybill, "--rate", "40", "--duration", "6s", "--mix", mix,
                          "--customers", "2")
        total = result["total"]
        self.assertEqual(total["arrivals"], 240)
        self.assertEqual(sum(total["outcomes"].values()), 240)
        self.assertEqual(total["outcomes"]["acknowledged"], 240, total["kinds"])
        for operation in ("create", "read", "list", "cancel", "confirm", "ship"):
            self.assertGreater(
                total["operations"][operation]["latency_us"]["acknowledged"]["count"], 0)

    def test_the_operator_orders_for_many_customers(self):
        result = run_load(self.waybill, "--rate", "40", "--duration", "2s", "--customers", "50",
                          "--mix", "create=8,list=2")
        self.assertEqual(result["total"]["outcomes"]["acknowledged"], 80, result["total"]["kinds"])
        page = self.waybill.client("operator").get("/v1/orders?limit=100").expect(200).json
        customers = {order["customerId"] for order in page["items"]}
        self.assertGreater(len([one for one in customers if one.startswith("load-customer-")]), 10)

    def test_a_limited_subject_is_told_apart(self):
        limited = Waybill("gateway.rate_limit=20/s", "gateway.rate_limit_burst=20")
        try:
            load = Load(limited, "--rate", "200", "--duration", "2s", "--mix", "create=1",
                        "--customers", "1", "--slo", "errors=1%")
            self.assertEqual(load.wait(), 1, load.said)
            total = load.result["total"]
            self.assertGreater(total["outcomes"]["limited"], 100)
            self.assertEqual(total["kinds"], {"429 rate-limited": total["outcomes"]["limited"]})
            self.assertFalse(load.result["slo"][0]["met"])
        finally:
            limited.stop()
            limited.discard()

    def test_the_history_has_each_attempt(self):
        path = self.waybill.folder.file("history.jsonl")
        result = run_load(self.waybill, "--rate", "50", "--duration", "3s", "--history", path)
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual(len(lines), result["total"]["attempts"])
        created = [line for line in lines if line["op"] == "create"]
        self.assertEqual(len({line["key"] for line in created}), len(created))
        client = self.waybill.client("operator")
        for line in created[:5]:
            self.assertEqual((line["outcome"], line["status"]), ("acknowledged", 201))
            order = client.get(f"/v1/orders/{line['order']}").expect(200).json
            self.assertEqual((order["orderNumber"], order["totalAmount"], order["customerId"]),
                             (line["number"], line["total"], line["customer"]))
            self.assertEqual(len(order["items"]), len(line["lines"]))

    def test_an_interrupt_ends_it_with_the_result_of_what_was(self):
        load = Load(self.waybill, "--rate", "50", "--duration", "10m")
        client = self.waybill.client("operator")

        def under_way():
            page = client.get("/v1/inventory/products?q=LOAD-").expect(200).json
            return any(product["reservedQuantity"] for product in page["items"])
        wait_until(under_way, "the load orders", 30)
        load.process.send_signal(signal.SIGINT)
        self.assertEqual(load.wait(), 0, load.said)
        self.assertTrue(load.result["interrupted"])
        total = load.result["total"]
        self.assertEqual(sum(total["outcomes"].values()), total["arrivals"])

    def test_any_path_can_be_read(self):
        result = run_load(self.waybill, "--get", "/health/live", "--rate", "200", "--duration",
                          "1s", "--arrivals", "poisson", "--threads", "2")
        self.assertEqual(result["total"]["outcomes"]["acknowledged"], result["total"]["arrivals"])


if __name__ == "__main__":
    unittest.main()
