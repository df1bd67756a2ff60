#!/usr/bin/env python3
"""Checks the house rules of the source tree: one line a fault, `path:line: what`.

Usage: tidy.py [ROOT]. The closing line is `N passed, N failed`, counted in files. Exit 0 when all
passed, 1 when not, 2 on wrong usage.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import banned
import cpp_text
import rooms

SOURCE_LINES_MAX = 400
HEADER_LINES_MAX = 150
FUNCTION_LINES_MAX = 60
COLUMNS_MAX = 100

CPP = (".cpp", ".hpp")
BINARY = (".png", ".ico", ".woff2", ".jpg", ".gz", ".wasm")
STRAY = re.compile(
    r"(?:\.(?:orig|rej|swp|swo|bak|tmp|log|o|a|so|pyc|db|sqlite|db-wal|db-shm|profraw|pem|key)|~)$"
    r"|(?:^|/)(?:core(?:\.\d+)?|\.DS_Store|a\.out|Thumbs\.db)$"
)
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache", "waybill-data"}
CPP_NAME = re.compile(r"^[a-z][a-z0-9_]*\.(?:cpp|hpp)$")
SERVICE_FILES = re.compile(r"^(?:chassis|services)/")


def files_of(root):
    """Paths from the root of all files that a commit would hold."""
    git = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False,
    ) if os.path.isdir(os.path.join(root, ".git")) else None
    if git is not None and git.returncode == 0:
        names = git.stdout.decode("utf-8", "surrogateescape").split("\0")
        return sorted({name for name in names if name and os.path.isfile(os.path.join(root, name))})
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(set(inner) - SKIPPED_FOLDERS)
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def place_faults(path):
    """Files that do not belong where they are."""
    name = os.path.basename(path)
    top = path.split("/")[0]
    if STRAY.search(path):
        yield 1, "stray file: remove it, or list it in .gitignore"
    elif "/" not in path and path not in rooms.ROOT_FILES:
        yield 1, "stray file: the root holds only what tests/tidy/rooms.py lists"
    elif "/" in path and top not in rooms.TOP_FOLDERS:
        yield 1, f"stray folder {top}/: see tests/tidy/rooms.py"
    if path.endswith(CPP):
        if not CPP_NAME.match(name):
            yield 1, "file names are snake_case"
        if rooms.room_of(path) is None and SERVICE_FILES.match(path):
            yield 1, "stray file: sources stand in a room"
    elif SERVICE_FILES.match(path) and name != "README.md":
        yield 1, "stray file: rooms hold .cpp and .hpp alone"
    room = rooms.room_of(path)
    if room and room.startswith("chassis/") and room not in rooms.ROOMS:
        yield 1, f"unknown room {room}: see tests/tidy/rooms.py"


def text_faults(path, text, lines):
    """Rules for every text file."""
    if text == "":
        yield 1, "empty file"
        return
    if not text.endswith("\n"):
        yield len(lines), "no newline at the end"
    if text.endswith("\n\n"):
        yield len(lines), "blank line at the end"
    for number, line in enumerate(lines, 1):
        if line.endswith("\r"):
            yield number, "carriage return"
        elif line != line.rstrip():
            yield number, "trailing whitespace"
        word = banned.BANNED_WORDS.search(line)
        if word:
            yield number, f"banned word {word.group(0)}: do it, or leave it"
        if banned.BANNED_PATHS.search(line):
            yield number, "names a path of one machine"


def comment_faults(text):
    """Banners and code that is commented out."""
    for number, line in enumerate(cpp_text.without_strings(text).split("\n"), 1):
        if re.search(r"//+\s*[-=*#/_]{4,}", line) or re.search(r"/\*[*=\-]{3,}", line):
            yield number, "banner: files and functions separate well enough"
        comment = re.match(r"\s*//(?!/)\s*(.*)$", line)
        if comment and re.search(r"(?:\w\(.*\)|[\w\]] = .+);$|^(?:return|if|for|while)\b.*[;{]$",
                                 comment.group(1)):
            yield number, "code in a comment: remove it"


def length_faults(path, text, lines):
    header = path.endswith(".hpp")
    most = HEADER_LINES_MAX if header else SOURCE_LINES_MAX
    if len(lines) > most:
        yield most + 1, f"{len(lines)} lines; a {'header' if header else 'source'} has at most {most}"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX and not re.match(r"\s*(?:#include|///?.*https?://)", line):
            yield number, f"{len(line)} columns; a line has at most {COLUMNS_MAX}"
        if "\t" in line:
            yield number, "tab: indent with spaces"
    for first, last in cpp_text.functions(text):
        length = last - first + 1
        if length > FUNCTION_LINES_MAX:
            yield first, f"a function of {length} lines; it has at most {FUNCTION_LINES_MAX}"


def include_faults(root, path, lines):
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not found:
            continue
        included = found.group(1)
        if not os.path.isfile(os.path.join(root, included)):
            yield number, f'no "{included}": include paths are from the root of the tree'
            continue
        why = rooms.include_fault(path, included)
        if why:
            yield number, why


def cpp_faults(root, path, text, lines):
    if path.endswith(".hpp"):
        code = cpp_text.without_comments_and_strings(text).split()
        if code[:2] != ["#pragma", "once"]:
            yield 1, "a header begins with #pragma once"
    yield from length_faults(path, text, lines)
    yield from comment_faults(text)
    yield from include_faults(root, path, lines)
    yield from banned.include_faults(path, lines)
    yield from banned.identifier_faults(
        path, cpp_text.without_comments_and_strings(text).split("\n"))


def faults_of(root, path):
    """All faults of one file, as (line, message), lines ascending."""
    faults = list(place_faults(path))
    if not path.endswith(BINARY):
        with open(os.path.join(root, path), "rb") as file:
            raw = file.read()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return faults + [(1, "not UTF-8")]
        lines = text.split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        faults += text_faults(path, text, lines)
        if path.endswith(CPP):
            faults += cpp_faults(root, path, text, lines)
    return sorted(faults)


def check(root, out):
    """Checks the tree; answers (files passed, files failed)."""
    passed = failed = 0
    for path in files_of(root):
        faults = faults_of(root, path)
        for line, message in faults:
            print(f"{path}:{line}: {message}", file=out)
        if faults:
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed", file=out)
    return passed, failed


def main(arguments):
    default = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    root = arguments[0] if arguments else default
    if len(arguments) > 1 or not os.path.isdir(root):
        print(__doc__, file=sys.stderr)
        return 2
    passed, failed = check(root, sys.stdout)
    if passed + failed == 0:
        print(f"no files under {root}", file=sys.stderr)
        return 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
