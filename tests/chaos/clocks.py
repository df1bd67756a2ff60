"""The wall clock jumps, forth and back; the monotonic clock goes on. libfaketime does not go with
the sanitizers' allocator, so the build without them is played with."""

import glob
import os

from books import Books
from rounds import round_of
from stage import Skipped

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class WallClock:
    """The process reads its wall clock through libfaketime, which adds what stands in a file."""

    def __init__(self, stage):
        found = glob.glob(LIBRARY)
        if not found:
            raise Skipped("libfaketime is not installed")
        self.path = stage.home.file("clock")
        self.step("+0")
        self.environment = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.path,
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "FAKETIME_DONT_RESET": "1"}

    def step(self, offset):
        """Seconds from the true time, `+90` or `-90`, at once."""
        with open(f"{self.path}.new", "w", encoding="ascii") as out:
            out.write(f"{offset}\n")
        os.replace(f"{self.path}.new", self.path)


def prove_jumps(stage, seconds):
    """The usual proof, and that the events' times are as far apart as the clock was set."""
    result = stage.prove()
    first, last = Books(stage.data).rows(
        "orders", "select min(occurred_at), max(occurred_at) from events")[0]
    if last - first < seconds * 1_000_000:
        raise AssertionError(f"the clock did not jump: {last - first} us between the events")
    return result


@round_of("the wall clock jumps by a minute and a half, forth and back, under load", plain=True)
def clock_steps(stage):
    clock = WallClock(stage)
    stage.start(environment=clock.environment)
    stage.begin_load(12)
    for offset in ("+90", "-90", "+45", "+0"):
        clock.step(offset)
        stage.wait_acknowledged(10)
    return prove_jumps(stage, 120)


@round_of("kill -9, and a start with a clock that is two hours behind, then two ahead", plain=True)
def clock_wrong_at_start(stage):
    clock = WallClock(stage)
    for offset in ("+0", "-7200", "+7200"):
        clock.step(offset)
        stage.start(environment=clock.environment)
        stage.begin_load(3)
        stage.wait_acknowledged(40)
        stage.kill()
        stage.end_load()
    clock.step("+0")
    stage.start()
    return prove_jumps(stage, 12_000)
