"""The crash points that the product names: `faults::crash_point("name")` in its sources."""

import os
import re

from harness import ROOT

ROOMS = ("app", "chassis", "services")
CALL = re.compile(r'\bcrash_point\("(\w+)"\)')


def all_points():
    """Every name once, sorted."""
    return sorted({name for room in ROOMS for folder, _, files in os.walk(os.path.join(ROOT, room))
                   for file in files if file.endswith((".cpp", ".hpp"))
                   for name in CALL.findall(read(os.path.join(folder, file)))})


def read(path):
    with open(path, encoding="utf-8") as source:
        return source.read()
