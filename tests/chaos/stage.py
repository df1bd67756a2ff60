"""One round of chaos: a platform under open-loop load in a folder of its own, what is done to it,
and the proof afterwards."""

import os
import random
import signal
import subprocess
import time

from attempts import Outcomes, attempts_of
from books import SERVICES, Books
from harness import (Folder, Waybill, allow, binary, clean_environment, free_port, run_command,
                     wait_until)

MIX = "create=70,read=10,list=2,cancel=7,confirm=6,ship=5"
REST_S = 60
DEADLINE_SOON_S = 60  # what is due later does not keep the platform from being at rest


class Skipped(Exception):
    """This machine cannot play the round; the text says what is missing."""


class Stage:
    """What a round works with. `rate` is in arrivals a second."""

    def __init__(self, name, seed=1, settings=(), rate=60, mix=MIX):
        self.dice = random.Random(f"{seed} {name}")
        self.settings, self.rate, self.mix = settings, rate, mix
        self.home = Folder()
        self.data = self.home.file("data")
        self.listen = f"127.0.0.1:{free_port(dice=self.dice)}"
        self.waybill = self.generator = None
        self.histories, self.ends = [], []
        self.crashes = 0
        self.crash_ends_load = False

    def start(self, wait=True, environment=None, services=None):
        """Starts the platform, or starts it again on what is there."""
        self.waybill = Waybill(*self.settings, data=self.data, listen=self.listen, wait=wait,
                               environment=environment, services=services)
        self.ends.append(self.waybill.discard)
        return self.waybill

    def begin_load(self, seconds, rate=None):
        """Open loop: arrivals keep their schedule whatever becomes of the platform."""
        self.launch = lambda: self.launch_load(seconds, rate or self.rate)
        self.launch()
        self.ends.append(self.end_generator)
        self.wait_acknowledged(10)

    def launch_load(self, seconds, rate):
        number = len(self.histories)
        history = self.home.file(f"history-{number}.jsonl")
        self.histories.append(history)
        said = open(self.home.file(f"load-{number}.log"), "wb")
        self.generator = subprocess.Popen(
            [binary(), "load", "--url", f"http://{self.listen}", "--rate", str(rate),
             "--duration", f"{seconds}s", "--mix", self.mix, "--retry", "polite", "--timeout",
             "4s", "--seed", str(self.dice.randrange(1, 1_000_000)), "--history", history],
            stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd=self.home.path,
            env=clean_environment())
        said.close()

    def end_generator(self):
        if self.generator.poll() is None:
            self.generator.kill()
        self.generator.wait(allow(10))

    def acknowledged(self):
        """Orders that were acknowledged so far, as far as the histories are written."""
        return sum(attempt["op"] == "create" and attempt["outcome"] == "acknowledged"
                   for history in self.histories for attempt in attempts_of(history))

    def wait_acknowledged(self, more, seconds=40.0):
        """Until so many more orders are acknowledged."""
        goal = self.acknowledged() + more

        def enough():
            if self.acknowledged() >= goal:
                return True
            # On a slow machine a load may end before the harm is done: the next one begins.
            ended = self.generator.poll()
            if ended == 0:
                self.launch()
            elif ended is not None:
                raise AssertionError(f"the load ended with {ended}\n{self.said_by_load()}")
            return False
        wait_until(enough, f"{more} more orders are acknowledged", seconds)

    def said_by_load(self):
        with open(self.home.file(f"load-{len(self.histories) - 1}.log"), encoding="utf-8",
                  errors="replace") as log:
            return log.read()[-2000:]

    def kill(self):
        """kill -9."""
        self.waybill.kill()
        self.crashes += 1

    def end_in_order(self):
        """SIGTERM, and a clean end."""
        ended = self.waybill.stop(60)
        if ended != 0:
            raise AssertionError(f"it stopped with {ended}\n{self.waybill.tail()}")

    def wait_crash(self, point, seconds=60.0, under_load=False):
        """Until the process has killed itself at `point`; `under_load`: which needs orders."""
        def passed():
            if not self.waybill.running():
                return True
            if under_load and self.generator.poll() == 0 and "is ready at" in self.waybill.text():
                self.crash_ends_load = True  # it may find nobody there
                self.launch()
            return False
        wait_until(passed, f"it passes {point}", seconds)
        self.waybill.kill()
        if self.waybill.process.returncode != -signal.SIGKILL:
            raise AssertionError(f"it ended with {self.waybill.process.returncode}, not by a kill "
                                 f"at {point}\n{self.waybill.tail()}")
        self.crashes += 1

    def wait_end(self, code, words, seconds=40.0):
        """Until the process has ended by itself with this code, and has said so."""
        wait_until(lambda: not self.waybill.running(), "it ends", seconds)
        self.waybill.kill()
        said = self.waybill.text()
        if self.waybill.process.returncode != code or not all(word in said for word in words):
            raise AssertionError(f"it ended with {self.waybill.process.returncode}, not {code}, "
                                 f"or without saying {words}\n{self.waybill.tail()}")
        self.crashes += 1

    def end_load(self, seconds=60.0):
        """Until all that the load sent has ended."""
        wait_until(lambda: self.generator.poll() is not None, "the load has ended", seconds)
        if self.generator.returncode != 0 and not self.crash_ends_load:
            raise AssertionError(f"the load ended with {self.generator.returncode}\n"
                                 f"{self.said_by_load()}")

    def come_to_rest(self, seconds=REST_S):
        """Every order has settled and every event has arrived (I11), twice in a row."""
        operator = self.waybill.client("operator")
        books = Books(self.data)

        def deadlines():
            soon = (time.time() + DEADLINE_SOON_S) * 1_000_000
            return books.rows("orders", "select 1 from timers where due_at < ? limit 1", soon)

        def rest():
            if not self.waybill.running():
                raise AssertionError(f"it has ended\n{self.waybill.tail()}")
            pending = operator.get("/v1/orders?status=Pending&limit=1").expect(200).json["items"]
            return not pending and not list(books.undelivered()) and not deadlines()
        wait_until(lambda: rest() and rest(), "the platform comes to rest", seconds)

    def wait_delivered(self, seconds=REST_S):
        """Nothing is left in an outbox, twice in a row; whether orders settled is not asked."""
        books = Books(self.data)

        def delivered():
            return not any(books.rows(service, "select 1 from outbox limit 1")
                           for service in SERVICES)
        wait_until(lambda: delivered() and delivered(), "everything is delivered", seconds)

    def judge(self):
        """`waybill check` at rest with the clients' history; (exit code, what it says)."""
        whole = self.home.file("history.jsonl")
        with open(whole, "wb") as out:
            for path in self.histories:
                with open(path, "rb") as part:
                    out.write(part.read())
        code, out, said = run_command("check", "--data", self.data, "--at-rest", "--history",
                                      whole, seconds=60)
        return code, out + said

    def prove(self):
        """The end of a round: rest, `waybill check`, a clean stop, and the books again."""
        self.end_load()
        self.come_to_rest()
        code, said = self.judge()
        if code != 0:
            raise AssertionError(f"waybill check ended with {code}:\n{said}\n{self.waybill.tail()}")
        self.end_in_order()
        books = Books(self.data)
        books.check()
        return self.result(books)

    def result(self, books):
        outcomes = Outcomes(self.histories)
        faults = list(outcomes.faults(books))
        if faults:
            raise AssertionError("\n".join(faults[:40]))
        if not outcomes.acknowledged:
            raise AssertionError("no order was acknowledged: the round proves nothing")
        return {"acknowledged": len(outcomes.acknowledged), "lost": outcomes.lost(faults),
                "unknown": outcomes.doubts, "crashes": self.crashes}

    def close(self):
        for end in reversed(self.ends):
            end()
        self.home.remove()


def mounted_tmpfs(stage, megabytes):
    """Puts the stage's data on a small file system of its own; its folder."""
    folder = stage.home.file("disk")
    os.mkdir(folder)
    mount(["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], folder, stage)
    stage.data = os.path.join(folder, "data")
    return folder


def mount(arguments, folder, stage):
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skipped(f"nothing may be mounted here: {done.stderr.strip()}")
    stage.ends.insert(0, lambda: subprocess.run(["umount", "-l", folder], check=False,
                                                capture_output=True))
