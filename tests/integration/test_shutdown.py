"""SIGTERM: what was accepted is answered, streams end well, and nothing is left over."""

import http.client
import os
import signal
import socket
import threading
import time
import unittest

from books import Books
from client import Events
from harness import Waybill, allow, make_product, wait_until


class Shutdown(unittest.TestCase):
    def setUp(self):
        self.waybill = Waybill("seed.products=0")
        self.addCleanup(self.waybill.discard)
        self.product = make_product(self.waybill, quantity=100_000)
        self.body = {"items": [{"sku": self.product["sku"], "quantity": 1}]}

    def test_under_load_no_accepted_request_fails(self):
        waybill = self.waybill
        waybill.tokens.of("customer1")
        acknowledged, faults = [], []

        def work():
            client = waybill.client("customer1")
            while True:
                try:
                    answer = client.post("/v1/orders", self.body)
                except (ConnectionRefusedError, http.client.RemoteDisconnected,
                        ConnectionResetError, BrokenPipeError):
                    return  # closed without a byte of an answer: it was never accepted
                except Exception as error:  # a torn answer
                    faults.append(repr(error))
                    return
                if answer.status == 201:
                    acknowledged.append(answer.json["id"])
                else:
                    faults.append(repr(answer))
                    return
        workers = [threading.Thread(target=work) for _ in range(16)]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(acknowledged) > 300, "orders are flowing", 30)
        code = waybill.stop()
        for worker in workers:
            worker.join()
        self.assertEqual(code, 0, waybill.tail())
        self.assertEqual(faults, [])
        placed = {row["id"].hex() for row in Books(waybill.data).rows("orders",
                                                                      "select id from orders")}
        for order in acknowledged:
            self.assertIn(order.replace("-", ""), placed)
        again = Waybill("seed.products=0", data=waybill.data)
        self.addCleanup(again.discard)
        operator = again.client("operator")
        wait_until(lambda: not operator.get("/v1/orders?status=Pending&limit=1").json["items"],
                   "every order settles", 30)
        Books(waybill.data).wait_rest()
        self.assertEqual(again.stop(), 0)
        Books(waybill.data).check()

    def test_streams_end_and_waiters_get_the_state_as_it_is(self):
        client = self.waybill.client("customer1")
        order = client.post("/v1/orders", self.body, Prefer="wait=5").expect(201).json
        events = Events(client, f"/v1/orders/{order['id']}/stream")
        self.assertEqual(len(events.take(3)), 3)
        began = time.monotonic()
        self.waybill.terminate()
        self.assertIsNone(events.next())
        self.assertEqual(self.waybill.wait_end(), 0, self.waybill.tail())
        self.assertLess(time.monotonic() - began, allow(10))

    def test_an_idle_process_ends_at_once_with_open_connections(self):
        idle = [socket.create_connection(("127.0.0.1", self.waybill.port)) for _ in range(20)]
        client = self.waybill.client("customer1")
        client.get("/v1/orders").expect(200)
        began = time.monotonic()
        self.assertEqual(self.waybill.stop(), 0)
        self.assertLess(time.monotonic() - began, allow(5))
        for sock in idle:
            sock.close()

    def test_an_interrupt_is_a_clean_end_too(self):
        self.waybill.process.send_signal(signal.SIGINT)
        self.assertEqual(self.waybill.wait_end(), 0)
        self.assertIn("Stopping", self.waybill.text())

    def test_a_second_signal_ends_it_now(self):
        held = socket.create_connection(("127.0.0.1", self.waybill.port))
        token = self.waybill.tokens.of("customer1")
        held.sendall((f"POST /v1/orders HTTP/1.1\r\nHost: {self.waybill.host}\r\nAuthorization: "
                      f"Bearer {token}\r\nContent-Type: application/json\r\n"
                      "Content-Length: 100\r\n\r\n{").encode())
        self.waybill.terminate()
        wait_until(lambda: "Stopping" in self.waybill.text(), "it has heard the first signal")
        self.waybill.terminate()
        self.assertIn(self.waybill.wait_end(), (0, 1))
        held.close()

    def test_the_files_are_whole_after_the_end(self):
        client = self.waybill.client("customer1")
        for _ in range(20):
            client.post("/v1/orders", self.body, Prefer="wait=5").expect(201)
        Books(self.waybill.data).wait_rest()
        self.assertEqual(self.waybill.stop(), 0)
        left = [name for name in os.listdir(self.waybill.data) if name.endswith("-wal")
                and os.path.getsize(os.path.join(self.waybill.data, name)) > 0]
        self.assertEqual(left, [])
        Books(self.waybill.data).check()
