"""`waybill load` as the tests use it."""

import json
import os
import subprocess
import tempfile

from harness import allow, binary, clean_environment

# The limits stay on, but none of them may hide what the platform itself does under load.
RAISED = ("gateway.rate_limit=1000000/s", "gateway.rate_limit_burst=10000000",
          "http.connections_max=20000", "http.connections_per_client_max=20000")


class Load:
    """`waybill load` against a running platform."""

    def __init__(self, waybill, *options):
        self.folder = tempfile.mkdtemp(prefix="waybill-test-load-", dir=waybill.folder.path)
        self.json_path = os.path.join(self.folder, "result.json")
        self.process = subprocess.Popen(
            [binary(), "load", "--url", waybill.url, "--json", self.json_path, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
            env=clean_environment())
        self.said = ""

    def wait(self, seconds=120.0):
        """The exit code; the result is then in `result`."""
        try:
            out, err = self.process.communicate(timeout=allow(seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError("waybill load did not end") from None
        self.said = out + err
        return self.process.returncode

    def running(self):
        return self.process.poll() is None

    @property
    def result(self):
        with open(self.json_path, encoding="utf-8") as file:
            return json.load(file)


def run_load(waybill, *options):
    load = Load(waybill, *options)
    code = load.wait()
    if code != 0:
        raise AssertionError(f"waybill load ended with {code}: {load.said}")
    return load.result
