"""Reads the SQLite files of a stopped platform, and checks that the books balance."""

import collections
import json
import os
import sqlite3

from harness import run_command, wait_until

SERVICES = ("orders", "inventory", "notifications", "audit")


class Books:
    """The databases of one data folder. Open it only when no process has it."""

    def __init__(self, folder):
        self.folder = folder

    def connect(self, service):
        connection = sqlite3.connect(os.path.join(self.folder, f"{service}.db"))
        connection.row_factory = sqlite3.Row
        return connection

    def rows(self, service, statement, *values):
        connection = self.connect(service)
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def change(self, service, statement, *values):
        """Changes a stopped platform's file, as a bug or a vandal might; the number of rows."""
        connection = self.connect(service)
        try:
            with connection:
                return connection.execute(statement, values).rowcount
        finally:
            connection.close()

    def wait_rest(self, seconds=20.0):
        """Waits until nothing is left to be published; the process may be running."""
        wait_until(lambda: not list(self.undelivered()), f"rest: {self.folder}", seconds)
        return self

    def check(self):
        """Raises with everything that does not balance."""
        faults = [*self.files(), *self.undelivered(), *self.judged()]
        if faults:
            raise AssertionError("the books do not balance:\n" + "\n".join(faults[:40]))

    def files(self):
        """What SQLite itself finds damaged, indexes too."""
        for service in SERVICES:
            answer = self.rows(service, "pragma integrity_check")[0][0]
            if answer != "ok":
                yield f"{service}.db: {answer}"

    def undelivered(self):
        """I7 and I11: nothing is left to be published, nothing waits or is dead. `waybill check`
        excuses what a message holds up that is set aside; a test that is at rest does not."""
        for service in SERVICES:
            for table in ("outbox", "deliveries where state in ('waiting', 'dead')"):
                rows = self.rows(service, f"select * from {table}")
                if rows:
                    yield f"{service}: {len(rows)} rows in {table}: {dict(rows[0])}"

    def judged(self):
        """What `waybill check` finds at rest, or leaves out."""
        code, out, said = run_command("check", "--data", self.folder, "--at-rest", "--json",
                                      seconds=60)
        if code not in (0, 1):
            yield f"waybill check ended with {code}: {said}"
            return
        for one in json.loads(out)["invariants"]:
            if one["verdict"] == "not judged":
                yield f"{one['invariant']} was not judged: {one['note']}"
            for breach in one["breaches"]:
                yield f"{one['invariant']}: {breach['object']}: {breach['text']}"

    def orders_created(self):
        """How many OrderCreated the audit holds, by order id."""
        return collections.Counter(
            json.loads(row["data"])["orderId"]
            for row in self.rows("audit", "select data from event_store where type = "
                                          "'OrderCreated'"))
