"""Streams of events: nobody takes everybody's places, and nobody sees what is another's."""

import unittest

from client import Client, Events
from harness import Case, Folder, Waybill, make_product, settled, wait_until

NOTIFICATIONS = "/v1/notifications/stream"


def place_order(waybill, user, product):
    client = waybill.client(user)
    order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]},
                        Prefer="wait=5").expect(201).json
    return settled(client, order["id"], "Confirmed")


class Places(Case):
    settings = ("seed.products=0", "streams.per_subject_max=3")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = place_order(cls.waybill, "customer1", make_product(cls.waybill))
        cls.path = f"/v1/orders/{cls.order['id']}/stream"

    def open(self, user="customer1", path=None):
        events = Events(self.client(user), path or self.path)
        self.addCleanup(events.close)
        return events

    def refused(self, user="customer1", path=None):
        answer = self.client(user).get(path or self.path)
        problem = answer.refused(429, "rate-limited")
        self.assertIn("3 streams open", problem["detail"])
        self.assertGreater(int(answer.headers["Retry-After"]), 0)

    def closes(self, events):
        """As a client that goes away; its place is free again soon."""
        events.response.close()
        events.close()

        def again():
            fresh = self.open()
            return fresh if fresh.status == 200 else None
        return wait_until(again, "the place is free again")

    def test_a_subject_has_so_many_streams_and_no_more(self):
        streams = [self.open() for _ in range(3)]
        self.assertEqual([one.status for one in streams], [200] * 3)
        self.refused()
        with self.subTest("others have their own"):
            self.assertEqual(self.open("operator").status, 200)
        with self.subTest("another service has its own"):
            self.assertEqual(self.open(path=NOTIFICATIONS).status, 200)
        with self.subTest("what runs goes on"):
            self.assertEqual(len(streams[0].take(3)), 3)
        with self.subTest("a place that was left is free"):
            streams.append(self.closes(streams.pop()))
            self.refused()
        for one in streams:
            one.response.close()
            one.close()

    def test_the_notifications_have_the_same_limit(self):
        def full():
            return self.open("customer2", NOTIFICATIONS).status == 429
        for _ in range(3):
            self.assertEqual(self.open("customer2", NOTIFICATIONS).status, 200)
        self.assertTrue(full())
        self.refused("customer2", NOTIFICATIONS)


class Isolation(unittest.TestCase):
    """I10 of streams, before and after a restart, with the other's Last-Event-ID too."""

    def setUp(self):
        self.home = Folder()
        self.addCleanup(self.home.remove)
        self.start()
        self.product = make_product(self.waybill, 100, lowStockThreshold=99)
        self.own = {"customer1": set(), "customer2": set()}

    def start(self):
        self.waybill = Waybill("seed.products=0", data=self.home.file("data"))
        self.addCleanup(self.waybill.discard)

    def open(self, user, path=NOTIFICATIONS, after=None):
        events = Events(self.waybill.client(user), path, last_event_id=after)
        self.addCleanup(events.close)
        self.assertEqual(events.status, 200)
        return events

    def until(self, events, order):
        """The events up to the one that says this order is confirmed."""
        seen = []
        while not seen or (seen[-1][2]["orderId"], seen[-1][2]["event"]) != (order["id"],
                                                                             "OrderConfirmed"):
            seen.append(events.next())
        return seen

    def turn(self, streams):
        """Both buy; what each stream showed up to its own last event, which comes after the
        other's."""
        orders = {user: place_order(self.waybill, user, self.product) for user in streams}
        first = {user: self.until(events, orders[user]) for user, events in streams.items()}
        last = {user: place_order(self.waybill, user, self.product) for user in streams}
        seen = {user: first[user] + self.until(events, last[user])
                for user, events in streams.items()}
        for user, events in seen.items():
            subject = self.waybill.tokens.subject(user)
            self.own[user] |= {orders[user]["id"], last[user]["id"]}
            for _, _, data in events:
                self.assertEqual(data["userId"], subject, user)
                self.assertIn(data["orderId"], self.own[user], user)
        return orders, {user: events[-1][0] for user, events in seen.items()}

    def orders_are_closed(self, orders):
        """Neither shows the other's order, from whatever event on."""
        for user, other in (("customer1", "customer2"), ("customer2", "customer1")):
            path = f"/v1/orders/{orders[other]['id']}/stream"
            for after in (None, "0", "1", "3", "99"):
                fields = {} if after is None else {"Last_Event_ID": after}
                self.waybill.client(user).get(path, **fields).refused(404, "not-found")
            own = self.open(user, f"/v1/orders/{orders[user]['id']}/stream", after="1")
            for _, _, event in own.take(2):
                self.assertNotIn(orders[other]["id"], str(event))

    def test_a_stream_never_shows_what_is_anothers(self):
        users = ("customer1", "customer2")
        orders, last = self.turn({user: self.open(user) for user in users})
        self.orders_are_closed(orders)
        self.assertEqual(self.waybill.stop(), 0)
        self.start()
        self.orders_are_closed(orders)
        _, last = self.turn({user: self.open(user, after=last[other])
                             for user, other in zip(users, reversed(users))})
        with self.subTest("a stream from another's event on shows one's own alone"):
            own = place_order(self.waybill, "customer1", self.product)
            resumed = self.open("customer1", after=last["customer2"])
            subject = self.waybill.tokens.subject("customer1")
            for _, _, data in self.until(resumed, own):
                self.assertEqual(data["userId"], subject)

    def test_a_token_that_may_not_read_opens_nothing(self):
        token = self.waybill.tokens.without("customer1", "notifications.read")
        Client(self.waybill.port, token).get(NOTIFICATIONS).refused(403, "insufficient-scope")
        Client(self.waybill.port).get(NOTIFICATIONS).refused(401, "unauthorized")
