"""SIGSTOP: the whole process stands still for longer than every lease, timeout and deadline."""

import signal
import time

from rounds import round_of

SHORT = ("gateway.timeout=1s", "http.header_timeout=1s", "http.body_timeout=1s",
         "http.idle_timeout=1s", "http.write_timeout=1s", "messaging.outbox_age_max=1s",
         "orders.reservation_deadline=1s", "orders.confirmation_deadline=1s",
         "messaging.retry=100ms,200ms,400ms,1s")


def stand_still(stage, seconds):
    """The pause is the fault itself, not a wait for anything."""
    stage.waybill.process.send_signal(signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        stage.waybill.process.send_signal(signal.SIGCONT)


@round_of("SIGSTOP for 6 s, longer than the gateway's timeout and the outbox's age limit")
def stall_beyond_defaults(stage):
    stage.start()
    stage.begin_load(9)
    stand_still(stage, 6)
    return stage.prove()


@round_of("SIGSTOP for 3 s with every timeout and deadline at 1 s", settings=SHORT)
def stall_beyond_every_deadline(stage):
    stage.start()
    stage.begin_load(9)
    stand_still(stage, 3)
    stage.wait_acknowledged(5)
    stand_still(stage, 3)
    return stage.prove()


@round_of("twelve short SIGSTOPs, then kill -9 while it stands still")
def stall_and_kill(stage):
    stage.start()
    stage.begin_load(9)
    for _ in range(12):
        stand_still(stage, stage.dice.uniform(0.05, 0.3))
        time.sleep(stage.dice.uniform(0.0, 0.1))
    stage.waybill.process.send_signal(signal.SIGSTOP)
    stage.kill()
    stage.start()
    return stage.prove()
