"""The disk: full, read only, and failing beneath fsync and write."""

import os
import shutil
import subprocess

from harness import wait_until
from rounds import round_of
from stage import Skipped, mount, mounted_tmpfs
from tokens import TOKEN_PATH, post_form

DISK_MIB = 110
SPEAKS = "is in use|cannot|full|No space"


def fill(folder, leave=0):
    """Leaves so many bytes free; the file that takes the rest."""
    path = os.path.join(folder, "ballast")
    with open(path, "ab", buffering=0) as ballast:
        while True:
            facts = os.statvfs(folder)
            size = facts.f_bavail * facts.f_frsize - leave
            if size <= 0:
                return path
            try:
                ballast.write(b"x" * min(size, 1 << 20))
            except OSError:
                return path  # the process took the rest


def fill_until_refused(stage, folder):
    """No room at all: creates are answered 503, reads go on. The file that takes the room."""
    customer, operator = stage.waybill.client("customer2"), stage.waybill.client("operator")
    path = "/v1/inventory/products?limit=1"
    product = operator.get(path).expect(200).json["items"][0]
    body = {"items": [{"productId": product["id"], "quantity": 1}]}
    ballast = fill(folder)
    wait_until(lambda: customer.post("/v1/orders", body, Idempotency_Key="full").status == 503,
               "creates are refused", 30)
    operator.get(path).expect(200)
    refused_sign_in(stage)
    return ballast


def refused_sign_in(stage):
    """Signing in is a write too: it says what is in the way."""
    def told():
        answer = post_form(stage.waybill.client(), TOKEN_PATH, grant_type="password",
                           client_id="waybill-cli", username="customer1", password="waybill")
        if answer.status == 200:
            return None  # there was room in the log that far
        problem = answer.expect(503).json
        if "disk is full" not in problem["error_description"] or not answer.headers["Retry-After"]:
            raise AssertionError(f"a full disk is told as {problem}")
        return problem
    wait_until(told, "signing in is refused", 30)


@round_of("a full disk under load, then room again")
def full_disk(stage):
    folder = mounted_tmpfs(stage, DISK_MIB)
    stage.start()
    stage.begin_load(10)
    ballast = fill_until_refused(stage, folder)
    os.remove(ballast)
    stage.wait_acknowledged(20)
    return stage.prove()


@round_of("kill -9 on a full disk, a start on it, then room again")
def full_disk_and_kill(stage):
    folder = mounted_tmpfs(stage, DISK_MIB)
    stage.start()
    stage.begin_load(12)
    ballast = fill_until_refused(stage, folder)
    stage.kill()
    full = stage.start(wait=False)
    wait_until(lambda: not full.running() or full.ready_line, "it is ready, or says why not", 40)
    if full.running():
        stage.kill()
    elif full.process.returncode != 1 or not any(word in full.text() for word in SPEAKS.split("|")):
        raise AssertionError(f"a start on a full disk ended with {full.process.returncode}\n"
                             f"{full.tail()}")
    os.remove(ballast)
    stage.start()
    return stage.prove()


@round_of("kill -9, then a start on a folder that is mounted read only")
def read_only_folder(stage):
    stage.start()
    stage.begin_load(9)
    stage.kill()
    mount(["--bind", stage.data, stage.data], stage.data, stage)
    remount = ["mount", "-o", "remount,bind,ro", stage.data]
    if subprocess.run(remount, capture_output=True, check=False).returncode != 0:
        raise Skipped("no mount may be made read only here")
    stage.start(wait=False)
    stage.wait_end(1, [stage.data])
    subprocess.run(["umount", stage.data], check=True)
    stage.start()
    return stage.prove()


class Injection:
    """System calls of the running process fail, by strace, until the process has ended."""

    def __init__(self, stage, calls, fault):
        if shutil.which("strace") is None:
            raise Skipped("strace is not installed")
        self.stage = stage
        self.said = stage.home.file("strace")
        self.tracer = subprocess.Popen(
            ["strace", "-f", "-o", self.said, "-e", f"trace={calls}", "-e",
             f"inject={calls}:{fault}", "-p", str(stage.waybill.process.pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        stage.ends.append(self.end)
        line = self.tracer.stderr.readline()
        if "attached" not in line:
            raise Skipped(f"strace may not attach here: {line.strip()}")

    def wait_injected(self):
        def injected():
            with open(self.said, encoding="utf-8", errors="replace") as log:
                return "(INJECTED)" in log.read()
        wait_until(injected, "a call has failed", 30)

    def end(self):
        if self.tracer.poll() is None:
            self.tracer.terminate()
        self.tracer.wait(10)
        self.tracer.stderr.close()


def failing_disk(stage, calls):
    stage.start()
    stage.begin_load(10)
    injection = Injection(stage, calls, "error=EIO")
    injection.wait_injected()
    stage.wait_end(1, ["cannot be used", "disk"])
    injection.end()
    stage.start()
    return stage.prove()


@round_of("EIO on fsync: it answers nothing more and ends; the next start recovers")
def failing_fsync(stage):
    return failing_disk(stage, "fsync,fdatasync")


@round_of("EIO on write: it answers nothing more and ends; the next start recovers")
def failing_write(stage):
    return failing_disk(stage, "pwrite64,pwritev")
