#!/usr/bin/env python3
"""Plants faults in a small tree and looks whether tidy names them. `N passed, N failed` closes."""

import io
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import cpp_text
import tidy
from temporary_tree import TemporaryTree

HEADER = "#pragma once\n"


class Tree(TemporaryTree):
    def faults(self, path, text):
        """What tidy says of one planted file."""
        self.write(path, text)
        return tidy.faults_of(self.root, path)

    def assert_fault(self, path, text, line, part):
        faults = self.faults(path, text)
        self.assertEqual([(number, part in message) for number, message in faults], [(line, True)],
                         faults)

    def assert_clean(self, path, text):
        self.assertEqual(self.faults(path, text), [])


class Lengths(Tree):
    def test_a_source_of_401_lines_fails_and_of_400_passes(self):
        self.assert_fault("chassis/base/a.cpp", "int a;\n" * 401, 401, "at most 400")
        self.assert_clean("chassis/base/a.cpp", "int a;\n" * 400)

    def test_a_header_of_151_lines_fails_and_of_150_passes(self):
        self.assert_fault("chassis/base/a.hpp", HEADER + "int a;\n" * 150, 151, "at most 150")
        self.assert_clean("chassis/base/a.hpp", HEADER + "int a;\n" * 149)

    def test_a_line_of_101_columns_fails_and_of_100_passes(self):
        self.assert_fault("chassis/base/a.cpp", "int a;\n// " + "x" * 98 + "\n", 2, "101 columns")
        self.assert_clean("chassis/base/a.cpp", "// " + "é" * 97 + "\n")

    def test_a_function_of_61_lines_fails_and_of_60_passes(self):
        for head in ("int f(int a) {", "A::A(int a) : a_{a}, b_(a) {", "TEST(A, B) {",
                     "auto f() -> std::vector<int> {", "bool A::g() const noexcept {"):
            long = "namespace a {\n" + head + "\n" + "    a();\n" * 59 + "}\n}\n"
            self.assert_fault("chassis/base/a.cpp", long, 2, "61 lines")
            self.assert_clean("chassis/base/a.cpp", long.replace("    a();\n", "", 1))

    def test_a_method_within_a_class_counts_alone(self):
        text = HEADER + "class A : public B<int> {\n" + "    int f() { return 1; }\n" * 70 + "};\n"
        self.assert_clean("chassis/base/a.hpp", text)
        text = HEADER + "class A {\n    int f() {\n" + "        a();\n" * 59 + "    }\n};\n"
        self.assert_fault("chassis/base/a.hpp", text, 3, "61 lines")

    def test_a_long_table_is_no_function(self):
        self.assert_clean("chassis/base/a.cpp", "const A table = {\n" + "    {f(1), {2}},\n" * 90 + "};\n")

    def test_braces_in_comments_and_literals_do_not_count(self):
        text = "void f() {\n    // }\n    a(\"}\", '}', R\"x(})x\");\n}\nvoid g() {\n}\n"
        self.assertEqual(list(cpp_text.functions(text)), [(1, 4), (5, 6)])


class Identifiers(Tree):
    BANNED = {
        "std::chrono::steady_clock::now()": "Env::now()",
        "std::chrono::system_clock::now()": "Env::now()",
        "clock_gettime(a, &b)": "Env::now()",
        "std::random_device device": "Env::random()",
        "std::mt19937_64 engine": "Env::random()",
        "std::thread worker": "Env::start_worker()",
        "std::jthread worker": "Env::start_worker()",
        "std::async(f)": "Env::start_worker()",
        "std::this_thread::sleep_for(a)": "sleep_until()",
        "asio::steady_timer timer": "Loop::start_timer()",
        "asio::ip::tcp::socket socket": "http::Client",
        "::socket(a, b, c)": "http::Client",
        "getenv(a)": "configuration",
        "assert(a)": "CHECK",
        "std::cout << a": "fmt::print",
        "sqlite3_open(a, b)": "sql::Session",
    }

    def test_each_banned_identifier_fails_in_product_code_with_what_to_use(self):
        for code, instead in self.BANNED.items():
            for path in ("chassis/base/a.cpp", "services/orders/a.cpp", "chassis/http/codec.cpp"):
                self.assert_fault(path, f"int a;\nauto x = {code};\n", 2, instead)

    def test_comments_and_literals_may_name_them(self):
        for code in self.BANNED:
            self.assert_clean("services/orders/a.cpp", f'// about {code}\nauto a = "{code}";\n')

    def test_the_outside_world_is_at_home_in_runtime_drivers_and_app(self):
        for path in ("chassis/runtime/a.cpp", "chassis/sql/sqlite_a.cpp", "app/a.cpp"):
            self.assert_clean(path, "auto a = std::chrono::steady_clock::now();\nstd::thread b;\n")

    def test_sockets_are_at_home_in_the_socket_files_of_http_and_clocks_are_not(self):
        self.assert_clean("chassis/http/server_loop.cpp", "asio::ip::tcp::acceptor a;\n")
        self.assert_fault("chassis/http/server_loop.cpp", "asio::steady_timer a;\n", 1, "start_timer")

    def test_tests_may_start_threads_but_never_sleep(self):
        for path in ("chassis/http/a_test.cpp", "chassis/http/a_testing.cpp", "chassis/http/test_a.cpp"):
            self.assert_clean(path, "std::thread a;\n")
        self.assert_fault("chassis/http/a_test.cpp", "std::this_thread::sleep_for(a);\n", 1, "condition")

    def test_iostream_and_asios_sockets_are_not_included(self):
        self.assert_fault("chassis/base/a.cpp", "#include <iostream>\n", 1, "use fmt")
        self.assert_fault("services/orders/a.cpp", "#include <boost/asio/steady_timer.hpp>\n", 1,
                          "chassis/runtime")
        self.assert_clean("services/orders/a.cpp", "#include <boost/asio/awaitable.hpp>\n")


class Determinism(Tree):
    def test_a_loop_over_what_has_no_order_fails(self):
        for declared in ("std::unordered_map<std::string, int> all_;", "std::unordered_set<int> all_;",
                         "std::map<const http::Route*, std::vector<int>> all_;", "std::set<A*> all_;"):
            for loop in ("for (const auto& [key, value] : all_) f(key);",
                         "for (auto it = all_.begin(); it != all_.end(); ++it) f(*it);"):
                text = f"{declared}\nvoid g() {{\n    {loop}\n}}\n"
                self.assert_fault("services/orders/a.cpp", text, 3, "differs from run to run")
                self.assert_clean("services/orders/a_test.cpp", text)

    def test_a_member_that_the_own_header_declares_is_known(self):
        self.write("services/orders/b.hpp", HEADER + "std::unordered_map<int, int> all_;\n")
        self.assert_fault("services/orders/b.cpp", "void g() {\n    for (auto a : all_) f(a);\n}\n",
                          2, "all_ is walked")

    def test_a_loop_over_what_has_an_order_passes(self):
        for declared in ("std::map<std::string, int*> all_;", "std::vector<A*> all_;",
                         "std::unordered_map<int, int> others_;"):
            self.assert_clean("services/orders/a.cpp",
                              f"{declared}\nvoid g() {{\n    for (auto a : all_) f(a);\n}}\n")

    def test_a_select_without_an_order_fails(self):
        for sql in ('"select id from orders"', '"select id from orders "\n    "where user_id = ?"',
                    '"select id from deliveries where id > ?"',
                    '"delete from a where id in (select id from a limit 5)"'):
            self.assert_fault("services/orders/a.cpp", f"f(1,\n{sql});\n", 2, "ORDER BY")

    def test_a_select_with_an_order_or_of_one_row_passes(self):
        for sql in ('"select id from orders "\n    "order by id"', '"select count(*) from orders"',
                    '"select coalesce(max(seq), 0) from events"', '"select 1 from orders limit 1"',
                    '"select state from deliveries where id = ?"', '"select from "'):
            self.assert_clean("services/orders/a.cpp", f"f({sql});\n")

    def test_sql_asks_neither_for_time_nor_for_chance(self):
        for word in ("current_timestamp", "datetime('now')", "random()", "randomblob(16)",
                     "unixepoch()"):
            self.assert_fault("services/orders/a.cpp", f'f("insert into a values ({word})");\n', 1,
                              "from Env")
        self.assert_clean("services/orders/a.cpp", 'f("choose at random (or not)");\n')

    def test_nothing_waits_inside_the_database(self):
        self.assert_fault("chassis/sql/sqlite_a.cpp", 'f("pragma busy_timeout = 5");\n', 1, "sleeps")
        self.assert_fault("chassis/sql/sqlite_a.cpp", "sqlite3_busy_timeout(a, 5);\n", 1, "transient")

    def test_no_id_comes_from_a_thread(self):
        for code in ("std::this_thread::get_id()", "pthread_self()", "gettid()"):
            self.assert_fault("services/orders/a.cpp", f"auto a = {code};\n", 1, "run to run")


class Includes(Tree):
    def setUp(self):
        super().setUp()
        for path in ("chassis/base/json.hpp", "chassis/base/uuid.hpp", "chassis/http/server.hpp",
                     "chassis/sql/session.hpp", "services/inventory/events.hpp",
                     "services/inventory/store.hpp", "app/config.hpp"):
            self.write(path, HEADER)

    def test_a_room_may_not_include_what_stands_above_it(self):
        for path, included in (("chassis/base/a.cpp", "chassis/http/server.hpp"),
                               ("chassis/http/a.cpp", "chassis/sql/session.hpp"),
                               ("chassis/sql/a.cpp", "services/inventory/events.hpp"),
                               ("services/orders/a.cpp", "app/config.hpp"),
                               ("chassis/base/a.hpp", "app/config.hpp")):
            head = HEADER if path.endswith("hpp") else "int a;\n"
            self.assert_fault(path, f'{head}#include "{included}"\n', 2, "stands below")

    def test_a_room_includes_itself_and_what_stands_below(self):
        for path, included in (("chassis/http/a.cpp", "chassis/base/uuid.hpp"),
                               ("chassis/http/a.cpp", "chassis/http/server.hpp"),
                               ("app/a.cpp", "services/inventory/store.hpp"),
                               ("tests/integration/a.cpp", "app/config.hpp")):
            self.assert_clean(path, f'#include "{included}"\n')

    def test_of_a_sibling_only_events_are_included(self):
        self.assert_fault("services/orders/a.cpp", '#include "services/inventory/store.hpp"\n', 1,
                          "events.hpp alone")
        self.assert_clean("services/orders/a.cpp", '#include "services/inventory/events.hpp"\n')

    def test_the_domain_knows_neither_json_nor_anything_above_base(self):
        self.assert_fault("services/orders/domain.cpp", '#include "chassis/base/json.hpp"\n', 1,
                          "no JSON")
        self.assert_fault("services/orders/domain.cpp", '#include "chassis/sql/session.hpp"\n', 1,
                          "pure")
        self.assert_clean("services/orders/domain.cpp", '#include "chassis/base/uuid.hpp"\n'
                          '#include "services/inventory/events.hpp"\n')

    def test_paths_are_from_the_root(self):
        self.assert_fault("chassis/base/a.cpp", '#include "uuid.hpp"\n', 1, "from the root")


class Texts(Tree):
    def test_headers_begin_with_pragma_once(self):
        self.assert_fault("chassis/base/a.hpp", "int a;\n", 1, "#pragma once")
        self.assert_clean("chassis/base/a.hpp", "// why\n#pragma once\nint a;\n")

    def test_whitespace_at_ends_fails(self):
        self.assert_fault("docs/a.md", "a\nb \n", 2, "trailing whitespace")
        self.assert_fault("docs/a.md", "a\nb\r\n", 2, "carriage return")
        self.assert_fault("docs/a.md", "a", 1, "no newline")
        self.assert_fault("docs/a.md", "a\n\n", 2, "blank line")
        self.assert_fault("docs/a.md", "", 1, "empty file")
        self.assert_fault("chassis/base/a.cpp", "\tint a;\n", 1, "tab")

    def test_banned_words_fail_in_every_text(self):
        for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.assert_fault("docs/a.md", f"a\n{word}: b\n", 2, "banned word")
        self.assert_clean("docs/a.md", "WB-YYYYMMDD-XXXXXXXX\n")

    def test_a_path_of_one_machine_fails(self):
        self.assert_fault("docs/a.md", "in /wo" + "rk/main/x\n", 1, "one machine")

    def test_banners_and_dead_code_fail(self):
        self.assert_fault("chassis/base/a.cpp", "// -------- parts\n", 1, "banner")
        self.assert_fault("chassis/base/a.cpp", "int a;\n// call(a, b);\n", 2, "code in a comment")
        self.assert_fault("chassis/base/a.cpp", "// a = b + 1;\n", 1, "code in a comment")
        self.assert_clean("chassis/base/a.cpp", "// Why it is so; and what follows;\n")

    def test_what_is_not_utf8_fails(self):
        place = os.path.join(self.root, "a.md")
        with open(place, "wb") as file:
            file.write(b"\xff\n")
        self.assertIn((1, "not UTF-8"), tidy.faults_of(self.root, "a.md"))


class Strays(Tree):
    def test_stray_files_fail(self):
        for path in ("notes.txt", "docs/a.md~", "docs/a.orig", "docs/x.log", "docs/core",
                     "chassis/base/notes.txt", "chassis/a.cpp"):
            self.assert_fault(path, "a\n", 1, "stray file")
        self.assert_fault("scratch/a.md", "a\n", 1, "stray folder")
        self.assert_fault("chassis/base/BigName.cpp", "int a;\n", 1, "snake_case")
        self.assert_fault("chassis/extra/a.cpp", "int a;\n", 1, "unknown room")

    def test_known_files_pass(self):
        for path in ("README.md", "docs/a.md", "tests/CMakeLists.txt", "contracts/a.json"):
            self.assert_clean(path, "a\n")


class Report(Tree):
    def test_a_fault_names_its_place_and_the_closing_line_counts_files(self):
        self.write("docs/good.md", "a\n")
        self.write("docs/bad.md", "a \nb \n")
        out = io.StringIO()
        self.assertEqual(tidy.check(self.root, out), (1, 1))
        self.assertEqual(out.getvalue(), "docs/bad.md:1: trailing whitespace\n"
                         "docs/bad.md:2: trailing whitespace\n1 passed, 1 failed\n")

    def run_tidy(self, *arguments):
        program = os.path.join(os.path.dirname(os.path.abspath(tidy.__file__)), "tidy.py")
        return subprocess.run([sys.executable, program, *arguments], capture_output=True,
                              check=False, text=True)

    def test_exit_codes_tell_passed_failed_and_misused(self):
        self.assertEqual(self.run_tidy(self.root).returncode, 2)
        self.write("docs/a.md", "a\n")
        self.assertEqual(self.run_tidy(self.root).returncode, 0)
        self.write("docs/b.md", "")
        self.assertEqual(self.run_tidy(self.root).returncode, 1)
        self.assertEqual(self.run_tidy(os.path.join(self.root, "none")).returncode, 2)
        self.assertEqual(self.run_tidy("a", "b").returncode, 2)

    def test_inputs_for_fuzzers_are_any_bytes_but_few(self):
        path = "tests/corpus/http_path_fuzz/a"
        self.write(path, "a \r\t")
        self.assertEqual(tidy.faults_of(self.root, path), [])
        self.write(path, "a" * 4097)
        self.assertEqual([line for line, _ in tidy.faults_of(self.root, path)], [1])

    def test_files_that_git_ignores_are_not_looked_at(self):
        self.write(".gitignore", "out/\n")
        self.write("out/a.md", "a \n")
        self.write("build/a.md", "a \n")
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write(".gitignore", "out/\nbuild/\n")
        self.assertEqual(tidy.files_of(self.root), [".gitignore"])

    def test_the_git_file_of_a_worktree_is_not_looked_at(self):
        main, worktree = os.path.join(self.root, "main"), os.path.join(self.root, "worktree")
        subprocess.run(["git", "init", "-q", main], check=True)
        subprocess.run(["git", "-C", main, "-c", "user.name=a", "-c", "user.email=a@example.org",
                        "commit", "-q", "--allow-empty", "-m", "a"], check=True)
        subprocess.run(["git", "-C", main, "worktree", "add", "-q", worktree], check=True)
        self.write("worktree/.gitignore", "out/\n")
        self.write("worktree/out/a.md")
        self.assertEqual(tidy.files_of(worktree), [".gitignore"])

    def test_a_git_file_that_leads_nowhere_is_not_looked_at(self):
        self.write(".git", "gitdir: none\n")
        self.write("a.md")
        self.assertEqual(tidy.files_of(self.root), ["a.md"])


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
