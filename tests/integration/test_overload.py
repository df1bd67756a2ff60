"""More load than the platform bears: it refuses early, goes on serving what matters, keeps its
books, and is itself again when the load has gone. What is judged are relations and conditions,
never times; bench/run P16 has the figures."""

import re
import threading
import unittest

from books import Books
from harness import Waybill, allow, make_product, settled, wait_until
from loading import RAISED, run_load

ROUND_S = 3
MEMORY_GROWTH_MAX_KIB = 256 * 1024


def memory_kib(pid):
    """What the process has in memory now."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


class Watch:
    """While something else goes on: asks the health, and cancels orders of its own."""

    def __init__(self, waybill, orders):
        self.waybill, self.orders = waybill, orders
        self.health = []
        self.cancels = {}
        self.memory_kib = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._watch_health),
                         threading.Thread(target=self._cancel)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _watch_health(self):
        client = self.waybill.client()
        while not self._stop.wait(0.1):
            self.health.append(client.get("/health/live").status)
            self.memory_kib = max(self.memory_kib, memory_kib(self.waybill.process.pid))

    def _cancel(self):
        client = self.waybill.client("customer1")
        for order in self.orders:
            if self._stop.wait(0.2):
                return
            self.cancels[order] = client.post(f"/v1/orders/{order}/cancel").status


class Overload(unittest.TestCase):
    """One platform a test: each begins at rest."""

    def setUp(self):
        self.waybill = Waybill(*RAISED)
        self.addCleanup(self.waybill.discard)
        for user in ("customer1", "customer2", "operator"):
            self.waybill.client(user)  # has its token before anything is refused

    def cancellable(self, count):
        """Orders that stand confirmed, to be cancelled later."""
        product = make_product(self.waybill, 1_000_000)
        client = self.waybill.client("customer1")
        orders = [client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]})
                  .expect(201).json["id"] for _ in range(count)]
        for order in orders:
            settled(client, order, "Confirmed")
        return orders

    def peak(self):
        """Acknowledged a second, at the best, with more offered than can be borne."""
        result = run_load(self.waybill, "--ramp", "200:8000", "--duration", f"{ROUND_S}s",
                          "--connections", "1000")
        at_best = max(second["acknowledged"] for second in result["timeline"])
        self.assertGreater(at_best, 0)
        self.rest()
        return at_best

    def rest(self):
        Books(self.waybill.data).wait_rest(allow(60))
        self.wait_accepting()

    def bear(self, *options):
        """Three times the peak: answers go on and do not dry up, and memory stays bounded."""
        peak = self.peak()
        orders = self.cancellable(200)
        before = memory_kib(self.waybill.process.pid)
        with Watch(self.waybill, orders) as watch:
            result = run_load(self.waybill, "--rate", str(3 * peak), "--duration",
                              f"{2 * ROUND_S}s", "--connections", "3000", *options)
        total = result["total"]
        self.assertEqual(sum(total["outcomes"].values()), total["arrivals"])
        self.assertGreater(total["outcomes"]["acknowledged"], 0)
        self.check_watch(watch)
        self.watched = watch
        self.assertLess(watch.memory_kib - before, MEMORY_GROWTH_MAX_KIB)
        second_half = result["timeline"][ROUND_S:2 * ROUND_S]
        self.assertGreater(sum(second["acknowledged"] for second in second_half), 0)

    def wait_accepting(self):
        """What is given up first, lists, is served again; nothing else is refused then."""
        client = self.waybill.client("customer1")
        wait_until(lambda: client.get("/v1/orders?limit=1").status == 200, "lists are served", 30)
        wait_until(lambda: [client.get("/v1/orders?limit=1").status for _ in range(50)] ==
                   [200] * 50, "no list is refused", 30)

    def check_watch(self, watch):
        self.assertTrue(watch.health)
        self.assertEqual(set(watch.health), {200})
        # Refused last, and never without an answer.
        statuses = list(watch.cancels.values())
        self.assertLessEqual(set(statuses), {200, 503})
        self.assertGreater(statuses.count(200), len(statuses) / 2, statuses)

    def recover(self):
        """As before: an order goes through, nothing is refused any more, the books balance."""
        self.rest()
        calm = run_load(self.waybill, "--rate", "20", "--duration", "2s", "--mix",
                        "create=8,read=2")
        self.assertEqual(calm["total"]["outcomes"]["acknowledged"], calm["total"]["arrivals"])
        product = make_product(self.waybill, 10)
        client = self.waybill.client("customer1")
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]})
        settled(client, order.expect(201).json["id"], "Confirmed")
        self.rest()
        self.assertEqual(self.waybill.stop(), 0)
        Books(self.waybill.data).check()

    def test_three_times_the_peak_is_borne_and_forgotten(self):
        self.bear()
        self.wait_accepting()
        client = self.waybill.client("customer1")
        for order, status in self.watched.cancels.items():
            if status == 503:
                client.post(f"/v1/orders/{order}/cancel").expect(200)
        self.recover()

    def test_clients_that_ask_again_at_once_do_not_keep_it_down(self):
        self.bear("--retry", "storm")
        self.recover()

    def test_polite_clients_get_through_in_the_end(self):
        result = run_load(self.waybill, "--rate", "50", "--duration", "2s", "--retry", "polite")
        outcomes = result["total"]["outcomes"]
        self.assertEqual(outcomes["acknowledged"], result["total"]["arrivals"])
        self.recover()


if __name__ == "__main__":
    unittest.main()
