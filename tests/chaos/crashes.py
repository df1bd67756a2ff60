"""kill -9: at every named crash point, and at random moments."""

from books import Books
from harness import wait_until
from rounds import crash_round, round_of

LOAD_S = 9


def armed(point, number):
    return {"WAYBILL_CRASH_AT": f"{point}:{number}"}


def under_load(point, passes, **options):
    """A kill at any moment, then one at the point, while orders keep coming."""
    def play(stage):
        stage.start()
        stage.begin_load(LOAD_S)
        stage.kill()
        stage.start(wait=False, environment=armed(point, stage.dice.randint(*passes)))
        stage.wait_crash(point, under_load=True)
        stage.start()
        return stage.prove()
    crash_round(point, play, **options)


def while_starting(point, passes, settings=("seed.products=0",)):
    """The first start dies at the point, again and again; then all is as if it never had."""
    def play(stage):
        for number in passes:
            stage.start(wait=False, environment=armed(point, number))
            stage.wait_crash(point)
        stage.start()
        seeded = 0 if "seed.products=0" in stage.settings else 12
        products = stage.waybill.client("operator").every("/v1/inventory/products")
        if len(products) != seeded:
            raise AssertionError(f"{len(products)} products after the start, not {seeded}")
        stage.begin_load(3)
        return stage.prove()
    crash_round(point, play, settings=settings)


def while_stopping(point):
    """SIGTERM under load; the end dies at the point."""
    def play(stage):
        stage.start(environment=armed(point, 1))
        stage.begin_load(LOAD_S)
        stage.waybill.terminate()
        stage.wait_crash(point)
        stage.start()
        return stage.prove()
    crash_round(point, play)


under_load("before_commit", (5, 60))
under_load("after_commit", (5, 60))
under_load("after_publish", (5, 40))
under_load("after_answer", (5, 60))
under_load("after_events", (5, 40))
under_load("after_inbox", (5, 40))
under_load("before_ack", (5, 60))
under_load("after_confirm", (3, 30))
under_load("after_outbox_deletion", (3, 20))
under_load("before_checkpoint", (1, 2), rate=120)
under_load("after_checkpoint", (1, 2), rate=120)
under_load("in_recovery", (1, 3))
under_load("after_deadline", (1, 3), settings=("orders.confirmation_deadline=300ms",),
           mix="create=80,confirm=20,read=10")
while_starting("in_migration", (1, 2, 3))
while_starting("after_migration", (1, 2, 1))
while_starting("key_generated", (1,))
while_starting("secret_written", (1, 1))
while_starting("before_seed", (1,), settings=())
while_starting("after_seed", (1,), settings=())
while_stopping("in_shutdown")
while_stopping("before_last_checkpoint")


def play_refill(stage):
    """Dies with a full outbox, and again while a start reads what is left in it."""
    stage.start()
    stage.begin_load(LOAD_S)
    for _ in range(5):
        stage.wait_acknowledged(5)
        stage.kill()
        if any(Books(stage.data).rows(service, "select 1 from outbox limit 1")
               for service in ("orders", "inventory", "notifications")):
            break
        stage.start()
    stage.start(wait=False, environment=armed("after_refill", 1))
    stage.wait_crash("after_refill")
    stage.start()
    return stage.prove()


crash_round("after_refill", play_refill)


@round_of("kill -9 at four random moments under load")
def random_kills(stage):
    stage.start()
    stage.begin_load(14)
    for _ in range(4):
        stage.wait_acknowledged(stage.dice.randint(1, 60))
        stage.kill()
        stage.start()
    return stage.prove()


@round_of("kill -9 at three random moments of the start, under load")
def kills_while_starting(stage):
    stage.start()
    stage.begin_load(10)
    stage.kill()
    for _ in range(3):
        process = stage.start(wait=False)
        words = stage.dice.choice(("", "service.started", "is ready at"))
        wait_until(lambda p=process, w=words: w in p.text() or not p.running(), "it begins", 30)
        stage.kill()
    stage.start()
    return stage.prove()
