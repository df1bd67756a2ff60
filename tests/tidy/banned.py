"""Identifiers that may not be used, where they may be used after all, and what to use instead."""

import re

_RUNTIME = r"chassis/runtime/"
_DRIVERS = r"chassis/(?:sql/(?:sqlite|postgres|sqlserver|odbc)|messaging/rabbit|redis/)"
_OUTSIDE_WORLD = re.compile(rf"(?:{_RUNTIME}|{_DRIVERS}|app/)")
_SOCKETS = re.compile(
    rf"(?:cmake/pch/|{_RUNTIME}|{_DRIVERS}|app/|chassis/auth/http_fetcher\."
    r"|chassis/http/(?:socket|server|client|connection|listener)\w*\.)"
)
_TEST_CODE = re.compile(
    r"(?:.*_(?:test|fuzz|bench)\.cpp$|.*_testing\.[ch]pp$|.*/test_\w+\.[ch]pp$|tests/|bench/)")
_NOWHERE = re.compile(r"(?!)")
_APP = re.compile(r"app/")
# faults.cpp is in no build that is delivered.
_ENVIRONMENT = re.compile(r"app/|chassis/base/faults\.cpp$")
_SQLITE = re.compile(r"chassis/sql/sqlite")


class Ban:
    """One banned pattern: looked for in code, not in comments or literals."""

    def __init__(self, pattern, instead, allowed_in, in_tests):
        self.pattern = re.compile(pattern)
        self.instead = instead
        self.allowed_in = allowed_in
        self.in_tests = in_tests

    def applies_to(self, path):
        # Measuring programs stand outside the product and have no Env.
        if path.startswith("bench/"):
            return False
        if self.allowed_in.match(path):
            return False
        return self.in_tests or not _TEST_CODE.match(path)


BANS = [
    Ban(r"\b\w+_clock\s*::\s*now\b", "Env::now() or Env::monotonic()", _OUTSIDE_WORLD, False),
    Ban(r"\b(?:gettimeofday|clock_gettime|timespec_get|std::time)\s*\(",
        "Env::now() or Env::monotonic()", _OUTSIDE_WORLD, False),
    Ban(r"\bstd::random_device\b", "Env::random() or Env::fill_secret()", _OUTSIDE_WORLD, True),
    Ban(r"\bstd::mt19937(?:_64)?\b|(?<![\w.>])s?rand\s*\(|\bdrand48\s*\(",
        "Env::random(), or Facts::random() in a decision", _OUTSIDE_WORLD, False),
    Ban(r"\bstd::(?:jthread|thread|async)\b(?!::hardware)", "Env::start_worker()", _OUTSIDE_WORLD, False),
    Ban(r"\bstd::this_thread::get_id\b|\bstd::thread::id\b|\bpthread_self\s*\(|\bgettid\s*\(",
        "Env::random(): a thread's id differs from run to run", _OUTSIDE_WORLD, False),
    Ban(r"\bsqlite3_busy_(?:timeout|handler)\b", "FailureKind::transient: nothing sleeps", _NOWHERE,
        False),
    Ban(r"\bpthread_create\b", "Env::start_worker()", _OUTSIDE_WORLD, False),
    Ban(r"\bstd::this_thread::sleep_(?:for|until)\b|\b(?:usleep|nanosleep|sleep)\s*\(",
        "sleep_until() on the Env, or a condition in tests", _OUTSIDE_WORLD, True),
    Ban(r"\b(?:steady_timer|system_timer|high_resolution_timer|deadline_timer|basic_waitable_timer)\b",
        "sleep_until() or Loop::start_timer()", _OUTSIDE_WORLD, False),
    Ban(r"\bip::(?:tcp|udp|icmp)\b|\blocal::stream_protocol\b|(?<![\w.>])::(?:socket|connect|bind|accept)\s*\(",
        "http::Client or http::Server", _SOCKETS, False),
    Ban(r"\bstd::(?:cout|cerr|clog|cin)\b", "fmt::print, or the Logger", _NOWHERE, True),
    Ban(r"(?<![\w.>])assert\s*\(", "CHECK", _NOWHERE, False),
    Ban(r"\b(?:std::)?getenv\s*\(", "the configuration that app/ reads", _ENVIRONMENT, False),
    Ban(r"\bsqlite3_\w+", "sql::Session", _SQLITE, False),
]

BANNED_INCLUDES = [
    (re.compile(r"<(?:iostream|iomanip)>"), "fmt", _NOWHERE),
    (re.compile(r"<cassert>|<assert\.h>"), "chassis/base/check.hpp", _NOWHERE),
    (re.compile(r"<sqlite3\.h>"), "chassis/sql/session.hpp", _SQLITE),
    (re.compile(r"<boost/asio\.hpp>|<boost/asio/(?:ip|local|posix|ssl)/.*>|<boost/asio/\w*timer\.hpp>"
                r"|<boost/asio/\w*(?:socket|acceptor)\w*\.hpp>|<boost/asio/signal_set\.hpp>"),
     "the ports of chassis/runtime and chassis/http", _SOCKETS),
]

# Put together so that this file does not hold them.
BANNED_WORDS = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
BANNED_PATHS = re.compile("/wo" + r"rk/(?:main|shared)\b")


def identifier_faults(path, code_lines):
    """Yields (line, message)."""
    bans = [ban for ban in BANS if ban.applies_to(path)]
    for number, line in enumerate(code_lines, 1):
        if re.match(r"\s*#\s*include\b", line):
            continue
        for ban in bans:
            found = ban.pattern.search(line)
            if found:
                yield number, f"{found.group(0).strip()} is not for here; use {ban.instead}"


def include_faults(path, lines):
    """Yields (line, message) for system headers that are not for this file."""
    if _TEST_CODE.match(path):
        return
    for number, line in enumerate(lines, 1):
        if not re.match(r"\s*#\s*include\b", line):
            continue
        for pattern, instead, allowed_in in BANNED_INCLUDES:
            found = pattern.search(line)
            if found and not allowed_in.match(path):
                yield number, f"{found.group(0)} is not for here; use {instead}"
