"""What the tests of checks over source trees stand on."""

import os
import tempfile
import unittest


class TemporaryTree(unittest.TestCase):
    """A tree of its own for every test."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text="int a;\n"):
        place = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8", newline="") as file:
            file.write(text)
