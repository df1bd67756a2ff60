"""The proof itself is proven: with a bug planted in the product, chaos and `waybill check` must
find it."""

import uuid

from books import Books
from harness import in_parallel, wait_until
from rounds import round_of
from storage import Injection

TRIES = 4
BACKLOG = 300


def plant(bug):
    return {"WAYBILL_PLANT": bug}


def found_by(stage, code, said):
    """What the checker says of a planted bug."""
    broken = [" ".join(line.split()) for line in said.splitlines() if " broken " in line]
    if code != 1 or not broken:
        raise AssertionError(f"the planted bug was not found: {code}\n{said}")
    return {"caught": broken[0].split(" broken")[0], "crashes": stage.crashes}


def until_found(stage, provoke):
    """Provokes the bug, so many times at the most, until the checker finds something."""
    for _ in range(TRIES):
        provoke()
        stage.wait_delivered()
        code, said = stage.judge()
        if code == 1:
            break
        stage.kill()
    return found_by(stage, code, said)


@round_of("planted: a message that is taken twice acts twice")
def planted_no_inbox(stage):
    def kill_under_load():
        stage.start(environment=plant("no_inbox"))
        stage.begin_load(4)
        stage.wait_acknowledged(stage.dice.randint(20, 60))
        stage.kill()
        stage.end_load()
        stage.start(environment=plant("no_inbox"))
    return until_found(stage, kill_under_load)


def place_backlog(stage):
    """Orders whose events wait for consumers that do not run."""
    stage.start(services="gateway,identity,orders")
    product = Books(stage.data).rows("orders", "select product_id from catalog limit 1")[0][0]
    body = {"items": [{"productId": str(uuid.UUID(bytes=product)), "quantity": 1}]}
    customer = stage.waybill.client("customer1")
    in_parallel([lambda: customer.post("/v1/orders", body).expect(201)] * BACKLOG, threads=8)
    stage.waybill.stop()


@round_of("planted: a message is acknowledged before its effect is durable",
          settings=("writer.batch_max=8",))
def planted_ack_before_commit(stage):
    books = Books(stage.data)

    def waiting():
        return books.rows("orders", "select count(*) from outbox")[0][0]

    def kill_after_first_acks():
        place_backlog(stage)
        before = waiting()
        stage.start(wait=False, environment=plant("ack_before_commit"))
        wait_until(lambda: waiting() < before, "the first messages are acknowledged", 60)
        stage.kill()
        stage.start(environment=plant("ack_before_commit"))
    stage.start()
    stage.begin_load(2)
    stage.end_load()
    stage.waybill.stop()
    return until_found(stage, kill_after_first_acks)


@round_of("planted: an event is published although its transaction failed")
def planted_publish_outside_transaction(stage):
    def fail_some_writes():
        stage.start(environment=plant("publish_outside_transaction"))
        stage.begin_load(5)
        injection = Injection(stage, "pwrite64", "error=ENOSPC:when=30+30")
        injection.wait_injected()
        stage.end_load()
        injection.end()
        if stage.waybill.running():
            stage.kill()
        # A row that has the number of one that was withdrawn is carried by the next start alone.
        stage.start(environment=plant("publish_outside_transaction"))
    return until_found(stage, fail_some_writes)
