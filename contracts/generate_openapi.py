#!/usr/bin/env python3
"""Writes contracts/openapi.json: what a running Waybill serves as /openapi.json, laid out for
readers of diffs.

Usage: generate_openapi.py [--check]. Starts build/release/waybill (or WAYBILL_BINARY) on a port and
data folder of its own.
"""

import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
os.environ.setdefault("WAYBILL_BINARY", os.path.join(ROOT, "build", "release", "waybill"))

from harness import Waybill  # noqa: E402

PAGE = os.path.join(ROOT, "contracts", "openapi.json")


def served():
    waybill = Waybill("seed.products=0")
    try:
        document = waybill.client().request("GET", "/openapi.json").expect(200).json
    finally:
        waybill.stop()
        waybill.discard()
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main():
    text = served()
    if sys.argv[1:] == ["--check"]:
        with open(PAGE, encoding="utf-8") as page:
            if page.read() == text:
                return 0
        print("contracts/openapi.json is out of date: run contracts/generate_openapi.py")
        return 1
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
