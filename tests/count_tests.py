#!/usr/bin/env python3
"""Counts the tests of a ctest run: those inside the GoogleTest programs, and the other programs.

Usage: count_tests.py JUNIT FOLDER

JUNIT is what `ctest --output-junit` wrote, FOLDER holds what GTEST_OUTPUT=xml: wrote, a file a
program. A program that crashed wrote none and counts as one failure. Prints `N passed, N failed`;
exit 0 when all passed and there was something to count.
"""

import glob
import os
import sys
import xml.etree.ElementTree


def attribute(element, name):
    return int(element.get(name, "0"))


def count(junit, folder):
    programs = xml.etree.ElementTree.parse(junit).getroot()
    others = attribute(programs, "tests") - attribute(programs, "skipped")
    others_failed = attribute(programs, "failures")
    passed = failed = 0
    for path in sorted(glob.glob(os.path.join(folder, "*.xml"))):
        suites = xml.etree.ElementTree.parse(path).getroot()
        wrong = attribute(suites, "failures") + attribute(suites, "errors")
        passed += attribute(suites, "tests") - attribute(suites, "disabled") - wrong
        failed += wrong
        others -= 1
        others_failed -= 1 if wrong else 0
    others_failed = max(others_failed, 0)
    return passed + max(others - others_failed, 0), failed + others_failed


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        passed, failed = count(*arguments)
    except (OSError, xml.etree.ElementTree.ParseError) as fault:
        print(f"the results cannot be read: {fault}")
        passed, failed = 0, 1
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
