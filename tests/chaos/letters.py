"""kill -9 while messages become dead letters, and while an operator acts on them."""

import collections
import http.client
import json
import uuid

from books import Books
from crashes import armed
from harness import unique, wait_until
from rounds import crash_round

ORDERS_ALONE = "gateway,identity,orders"
LETTERS = 3
READERS = ("inventory", "notifications")
ACTS_PATH = "/v1/audit/events?type=OperatorActed"


class Letters:
    """Orders whose OrderCreated is broken in the outbox, so that it becomes a dead letter of every
    service that reads it; what is broken is kept, to be put right."""

    def __init__(self, stage):
        self.stage = stage
        self.good = {}

    def make(self):
        stage = self.stage
        stage.start()
        stage.begin_load(2)
        stage.end_load()
        products = stage.waybill.client("operator").every("/v1/inventory/products")
        stage.end_in_order()
        stage.start(services=ORDERS_ALONE)
        stage.histories.append(stage.home.file("letters.jsonl"))
        with open(stage.histories[-1], "w", encoding="utf-8") as history:
            for number in range(LETTERS):
                order, attempt = ordered(stage.waybill, products[number]["id"])
                history.write(json.dumps(attempt) + "\n")
                self.good[uuid.UUID(order["id"]).bytes] = None
        stage.end_in_order()
        for order in self.good:
            self.good[order] = Books(stage.data).rows(
                "orders", "select data from events where aggregate_id = ?", order)[0]["data"]
            self.put(order, '{"orderId":7}')

    def put(self, order, data):
        Books(self.stage.data).change("orders", "update events set data = ? where aggregate_id = ? "
                                                "and type = 'OrderCreated'", data, order)

    def dead(self, service):
        """The dead letters, oldest first, once all are there."""
        operator = self.stage.waybill.client("operator")

        def all_of_them():
            found = operator.every(f"/v1/ops/{service}/dead-letters?status=dead")
            return found if len(found) == LETTERS else None
        return sorted(wait_until(all_of_them, f"{LETTERS} dead letters of {service}", 30),
                      key=lambda one: one["id"])

    def start_repaired(self, environment=None):
        """Starts again with the events as they were said: the letters alone hold what is broken."""
        self.stage.end_in_order()
        for order, data in self.good.items():
            self.put(order, data)
        self.put_right_in_the_audit()
        self.stage.start(environment=environment)

    def put_right_in_the_audit(self):
        """It has recorded what was said, broken as it was, and lets nobody change it."""
        books = Books(self.stage.data)
        guards = books.rows("audit", "select name, sql from sqlite_master where type = 'trigger' "
                                     "and tbl_name = 'event_store'")
        for guard in guards:
            books.change("audit", f"drop trigger {guard['name']}")
        for order, data in self.good.items():
            books.change("audit", "update event_store set data = ? where stream_id = ? and type = "
                                  "'OrderCreated'", data, order)
        for guard in guards:
            books.change("audit", guard["sql"])

    def edited(self, letter):
        """What an operator makes of a letter's body."""
        order = uuid.UUID(letter["aggregateId"].rsplit("/", 1)[-1]).bytes
        message = letter["body"]["message"] | {"data": json.loads(self.good[order])}
        return {"body": letter["body"] | {"message": message}}


def ordered(waybill, product):
    """A new order, and the attempt as the load's history would have it."""
    key = unique("letter")
    order = waybill.client("customer1").post(
        "/v1/orders", {"items": [{"productId": product, "quantity": 1}]},
        Idempotency_Key=key).expect(201).json
    return order, {"at": order["createdAt"], "customer": order["customerId"], "key": key,
                   "request_hash": "aa", "op": "create", "order": order["id"],
                   "outcome": "acknowledged", "status": 201, "number": order["orderNumber"],
                   "total": order["totalAmount"], "lines": order["items"]}


def path_of(letter, act=""):
    return f"/v1/ops/{letter['service']}/dead-letters/{letter['id']}{act}"


class Operator:
    """Acts on letters, and knows what has to be in the audit for it, each act once."""

    def __init__(self, letters):
        self.letters, self.stage = letters, letters.stage
        self.acts = collections.Counter()

    def admin(self):
        return self.stage.waybill.client("admin")

    def now(self, letter):
        return self.admin().get(path_of(letter)).expect(200).json

    def edit(self, letter):
        self.note(letter, "edited")
        return self.admin().patch(path_of(letter), self.letters.edited(letter))

    def replay(self, letter):
        self.note(letter, "replayed")
        return self.admin().post(path_of(letter, "/replay"))

    def discard(self, letter):
        self.note(letter, "discarded")
        return self.admin().post(path_of(letter, "/discard"), {"reason": "beyond repair"})

    def note(self, letter, act):
        """Once, however often it is asked for: what had no effect is in no audit."""
        self.acts[(f"dead_letter.{act}", letter["service"], str(letter["id"]))] = 1

    def replay_all(self, service):
        return self.admin().post(f"/v1/ops/{service}/dead-letters:replay", {})

    def dies(self, point, ask, *arguments):
        """The act is not answered: the process dies at the point. Then it is started again."""
        try:
            answer = ask(*arguments)
        except (OSError, http.client.HTTPException):
            self.stage.wait_crash(point)
            self.stage.start()
            return
        raise AssertionError(f"it did not die at {point}: {answer}")

    def repair(self, *letters):
        """Puts right and replays what is dead of these."""
        for letter in letters:
            now = self.now(letter)
            if now["status"] == "dead":
                if now["editedBy"] is None:
                    self.edit(letter).expect(200)
                self.replay(letter).expect(200)

    def prove(self):
        """At rest every act is in the audit once, and none besides."""
        self.stage.come_to_rest()
        found = collections.Counter()
        for event in self.admin().every(ACTS_PATH):
            data = event["data"]
            if not data["target"].startswith("reason="):  # by filter: each is looked at by itself
                found[(data["action"], data["service"], data["target"])] += 1
        same(found, self.acts, "the acts in the audit")
        return self.stage.prove()


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: {found}, not {wanted}")


def looks(operator, letter, **members):
    """The letter has these members now."""
    now = operator.now(letter)
    same({name: now[name] for name in members}, members, path_of(letter))


def play_burial(stage):
    """Dies while a message becomes a dead letter; each is one in the end, once."""
    letters = Letters(stage)
    letters.make()
    stage.start(wait=False, environment=armed("in_burial", stage.dice.randint(1, 2 * LETTERS)))
    stage.wait_crash("in_burial")
    stage.start()
    for service in READERS:
        letters.dead(service)
    letters.start_repaired()
    operator = Operator(letters)
    operator.repair(*letters.dead("inventory"), *letters.dead("notifications"))
    return operator.prove()


def on_letters(point, play, **options):
    """A round whose process is armed when the letters are there; `play` takes the operator and the
    letters of both services."""
    def whole(stage):
        letters = Letters(stage)
        letters.make()
        stage.start()
        for service in READERS:
            letters.dead(service)
        letters.start_repaired(armed(point, 1))
        operator = Operator(letters)
        stock, notes = (letters.dead(service) for service in READERS)
        play(operator, stock, notes)
        operator.repair(*stock, *notes)
        return operator.prove()
    crash_round(point, whole, **options)


def dying_edit(operator, stock, _):
    operator.dies("in_letter_edit", operator.edit, stock[0])
    looks(operator, stock[0], status="dead", editedBy=None, body=stock[0]["body"])


def dying_replay(operator, stock, _):
    operator.edit(stock[0]).expect(200)
    operator.dies("in_letter_replay", operator.replay, stock[0])
    looks(operator, stock[0], status="dead")


def dying_replay_by_filter(operator, stock, _):
    for letter in stock:
        operator.edit(letter).expect(200)
    operator.dies("in_replay_by_filter", operator.replay_all, "inventory")
    for letter in stock:
        looks(operator, letter, status="dead")
    done = operator.replay_all("inventory").expect(200).json
    same(done["replayed"], LETTERS, "replayed")


def dying_discard(operator, _, notes):
    operator.dies("in_letter_discard", operator.discard, notes[0])
    looks(operator, notes[0], status="dead")
    operator.discard(notes[0]).expect(200)


def unanswered_acts(operator, stock, notes):
    """What was committed and never answered has happened, and asking again does not double it."""
    stage, point = operator.stage, "after_letter_act"
    operator.dies(point, operator.edit, stock[0])
    looks(operator, stock[0], status="dead",
          editedBy=stage.waybill.tokens.subject("admin"))
    stage.end_in_order()
    stage.start(environment=armed(point, 1))
    operator.dies(point, operator.replay, stock[0])
    wait_until(lambda: operator.now(stock[0])["status"] == "replayed", "it is replayed", 30)
    operator.replay(stock[0]).refused(409, "illegal-transition")
    stage.end_in_order()
    stage.start(environment=armed(point, 1))
    operator.dies(point, operator.discard, notes[0])
    looks(operator, notes[0], status="discarded")
    operator.discard(notes[0]).refused(409, "illegal-transition")


crash_round("in_burial", play_burial)
on_letters("in_letter_edit", dying_edit)
on_letters("in_letter_replay", dying_replay)
on_letters("in_replay_by_filter", dying_replay_by_filter)
on_letters("in_letter_discard", dying_discard)
on_letters("after_letter_act", unanswered_acts)
