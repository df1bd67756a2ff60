"""Which files of the tree are checked together.

clang-tidy looks at all that a source includes, which takes longer than the source itself, so many
sources are included in one. They may be: names in anonymous namespaces are unique within a folder,
and folders have namespaces of their own.
"""

import os
import re

TOPS = ("app", "bench", "chassis", "services", "tests")
# It needs the OpenTelemetry SDK, which bench/run alone installs.
LEFT_OUT = {"bench/otel_bench.cpp"}
LINES_MAX = 12_000
# Every program has its own.
ENTRIES = ("main", "LLVMFuzzerTestOneInput")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


class Batch:
    """Files of one kind (`product`, `test` or `fuzz`), and the text that checks them."""

    def __init__(self, name, kind):
        self.name = name
        self.kind = kind
        self.files = []
        self.lines = 0

    def compose(self, root):
        """The source that includes them all."""
        lines = []
        # Headers last: those that no source includes count too.
        for number, path in enumerate(sorted(self.files, key=lambda path: path.endswith(".hpp"))):
            entries = [name for name in ENTRIES if f" {name}(" in read(root, path)]
            lines += [f"#define {name} {name}_{number}" for name in entries]
            lines.append(f'#include "{path}"')
            lines += [f"#undef {name}" for name in entries]
        return "\n".join(lines) + "\n"

    def reachable(self, root):
        """All files of the tree that decide what is found in this batch."""
        seen, todo = set(), list(self.files)
        while todo:
            path = todo.pop()
            if path not in seen and os.path.isfile(os.path.join(root, path)):
                seen.add(path)
                todo += INCLUDE.findall(read(root, path))
        return sorted(seen)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def kind_of(path):
    if path.endswith("_fuzz.cpp"):
        return "fuzz"
    return "test" if path.endswith(("_test.cpp", "_testing.hpp")) else "product"


def files_of(root):
    found = []
    for top in TOPS:
        for folder, inner, names in os.walk(os.path.join(root, top)):
            inner.sort()
            found += [os.path.relpath(os.path.join(folder, name), root)
                      for name in sorted(names) if name.endswith((".cpp", ".hpp"))]
    return [path for path in found if path not in LEFT_OUT]


def batches_of(root):
    """All files of the tree in batches of up to LINES_MAX lines; a folder stays together."""
    folders = {}
    for path in files_of(root):
        folders.setdefault((kind_of(path), os.path.dirname(path)), []).append(path)
    batches = {}
    for (kind, folder), files in sorted(folders.items()):
        lines = sum(read(root, path).count("\n") for path in files)
        of_kind = batches.setdefault(kind, [])
        if not of_kind or of_kind[-1].lines + lines > LINES_MAX:
            of_kind.append(Batch(f"{kind}_{folder.replace('/', '_')}", kind))
        of_kind[-1].files += files
        of_kind[-1].lines += lines
    return [batch for of_kind in batches.values() for batch in of_kind]
