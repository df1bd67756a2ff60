#!/usr/bin/env python3
"""Puts a small tree into batches. `N passed, N failed` closes."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import batches
from temporary_tree import TemporaryTree

FUZZ = 'extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);\n'


class Tree(TemporaryTree):
    def files(self):
        return [batch.files for batch in batches.batches_of(self.root)]

    def test_programs_tests_and_fuzz_targets_are_apart(self):
        for path in ("app/a.cpp", "app/a.hpp", "app/a_test.cpp", "app/a_testing.hpp",
                     "app/a_fuzz.cpp", "app/README.md"):
            self.write(path)
        self.assertEqual(self.files(), [["app/a_fuzz.cpp"], ["app/a.cpp", "app/a.hpp"],
                                        ["app/a_test.cpp", "app/a_testing.hpp"]])

    def test_a_folder_stays_together_and_begins_a_batch_when_the_last_is_full(self):
        self.write("app/a.cpp", "\n" * (batches.LINES_MAX - 1))
        for path in ("app/b.cpp", "bench/c.cpp", "services/orders/d.cpp"):
            self.write(path)
        self.assertEqual(self.files(), [["app/a.cpp", "app/b.cpp"],
                                        ["bench/c.cpp", "services/orders/d.cpp"]])

    def test_every_entry_has_a_name_of_its_own_and_headers_come_last(self):
        self.write("app/a.hpp")
        self.write("app/a_fuzz.cpp", FUZZ)
        self.write("app/b_fuzz.cpp", FUZZ)
        self.write("app/main.cpp", "int main() {}\n")
        fuzz, product = (batch.compose(self.root) for batch in batches.batches_of(self.root))
        self.assertIn("#define LLVMFuzzerTestOneInput LLVMFuzzerTestOneInput_0\n", fuzz)
        self.assertIn("#define LLVMFuzzerTestOneInput LLVMFuzzerTestOneInput_1\n", fuzz)
        self.assertEqual(product, '#define main main_0\n#include "app/main.cpp"\n#undef main\n'
                                  '#include "app/a.hpp"\n')

    def test_what_is_included_from_elsewhere_decides_too(self):
        self.write("app/a.cpp", '#include "chassis/base/b.hpp"\n#include <vector>\n')
        self.write("chassis/base/b.hpp", '#include "chassis/base/c.hpp"\n')
        self.write("chassis/base/c.hpp", '#include "chassis/base/b.hpp"\n')
        batch = batches.Batch("one", "product")
        batch.files = ["app/a.cpp"]
        self.assertEqual(batch.reachable(self.root),
                         ["app/a.cpp", "chassis/base/b.hpp", "chassis/base/c.hpp"])


if __name__ == "__main__":
    result = unittest.TextTestRunner().run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
