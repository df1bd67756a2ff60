# The suites of ./test, for bash. Each writes to its log and ends with `N passed, N failed`, which
# is all that is shown unless something failed.

logs=build/logs
passed_all=0
failed_all=0
shown_lines=120

# Sums what a suite's log says in its last closing line; a suite without one has failed once.
run_suite() {
    local suite=$1 log="$logs/$1.log" began=$SECONDS code=0 line passed failed
    shift
    mkdir -p "$logs"
    echo "$suite"
    "build_for_$suite" || { count_suite "$suite" 0 1 "$began"; return; }
    "suite_$suite" "$@" >"$log" 2>&1 || code=$?
    line=$(grep -Ex '[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 || true)
    passed=0 failed=1
    if [ -n "$line" ]; then
        passed=${line%% *}
        failed=${line##*, }
        failed=${failed%% *}
        if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
        if [ $((passed + failed)) -eq 0 ]; then failed=1; fi
    fi
    if [ "$failed" -gt 0 ]; then
        tail -n "$shown_lines" "$log" | grep -Exv '[0-9]+ passed, [0-9]+ failed' || true
        echo "  all of it: $log"
    fi
    count_suite "$suite" "$passed" "$failed" "$began"
}

count_suite() {
    passed_all=$((passed_all + $2))
    failed_all=$((failed_all + $3))
    printf '  %-12s %5d passed  %3d failed  %4d s\n' "$1" "$2" "$3" $((SECONDS - $4))
}

build_for_tidy() { :; }
build_for_format() { :; }
build_for_lint() { ./setup --build lint cmake/pch/CMakeFiles/pch_{app,test}.dir/cmake_pch.hxx.pch; }
build_for_unit() { ./setup --build release; }
build_for_integration() { ./setup; }
build_for_generated() { ./setup; }
build_for_asan() { ./setup --build asan; }
build_for_tsan() { ./setup --build tsan waybill "${concurrent_rooms[@]/%/_test}"; }
# The asan preset has the planted bugs that the simulator must catch.
build_for_simulation() { ./setup --build asan simulation simulated_disk_test; }
# It has the crash points too, and the planted bugs that the checker must find.
build_for_chaos() { ./setup && ./setup --build asan waybill; }
# The fuzz targets are instrumented as the asan preset is: one build serves both.
build_for_fuzz() { ./setup --build asan $(fuzzers); }

# Runs ctest in a build folder; counts the tests inside the programs, not the programs.
run_ctest() {
    local folder=$1 results="$PWD/$logs/gtest-${1##*/}" code=0
    shift
    rm -rf "$results"
    mkdir -p "$results"
    GTEST_OUTPUT="xml:$results/" GTEST_COLOR=no ctest --test-dir "$folder" -j "$(nproc)" \
        --output-on-failure --no-tests=error --output-junit "$results.junit" "$@" || code=$?
    python3 -B tests/count_tests.py "$results.junit" "$results" || code=$?
    return $code
}

# The last closing line of each log, summed; a log without one is a failure.
sum_logs() {
    cat "$@"
    awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed[FILENAME] = $1; failed[FILENAME] = $3 }
         END { for (i = 1; i < ARGC; ++i) {
                   p += passed[ARGV[i]]
                   q += ARGV[i] in failed ? failed[ARGV[i]] : 1
               }
               printf "%d passed, %d failed\n", p, q; exit q > 0 }' "$@"
}

suite_tidy() {
    python3 -B tests/tidy/tidy.py . >"$logs/tidy-tree.log" 2>&1 || true
    python3 -B tests/tidy/tidy_test.py >"$logs/tidy-itself.log" 2>&1 || true
    sum_logs "$logs/tidy-tree.log" "$logs/tidy-itself.log"
}

suite_unit() { run_ctest build/release -LE tidy "$@"; }

suite_integration() {
    python3 -B tests/integration/run --binary build/release/waybill "$@"
}

suite_format() {
    local all faulty
    all=$(find app bench chassis services tests cmake -name '*.[ch]pp' | sort)
    faulty=$(xargs -P 2 -n 40 clang-format-19 --dry-run -Werror <<<"$all" 2>&1 |
        tee /dev/stderr | sed -n 's/^\([^: ]*\.[ch]pp\):.*/\1/p' | sort -u | wc -l)
    echo "$(($(wc -l <<<"$all") - faulty)) passed, $faulty failed"
    [ "$faulty" -eq 0 ]
}

suite_lint() {
    local code=0
    tests/lint/run --jobs "$(nproc)" "$@" >"$logs/lint-tree.log" 2>&1 || code=1
    python3 -B tests/lint/batches_test.py >"$logs/lint-itself.log" 2>&1 || code=1
    sum_logs "$logs/lint-tree.log" "$logs/lint-itself.log" || code=1
    return $code
}

suite_generated() {
    local passed=0 failed=0
    check() {
        if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    }
    check python3 -B contracts/generate_telemetry.py --check
    check python3 -B contracts/generate_openapi.py --check
    check python3 -B contracts/generate_events.py --check
    check page_is_current docs/configuration.md build/release/waybill config --defaults --markdown
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

page_is_current() {
    local page=$1
    shift
    "$@" | diff -u "$page" - && return
    echo "$page is out of date: $* > $page"
    return 1
}

suite_asan() {
    local code=0
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    run_ctest build/asan -LE tidy >"$logs/asan-unit.log" 2>&1 || code=1
    WAYBILL_SLOW=1 python3 -B tests/integration/run --binary build/asan/waybill \
        >"$logs/asan-integration.log" 2>&1 || code=1
    sum_logs "$logs/asan-unit.log" "$logs/asan-integration.log" || code=1
    return $code
}

# 200 runs from a fixed seed, then each planted bug; with options of its own, those runs alone.
suite_simulation() {
    local code=0 log="$logs/simulation"
    export ASAN_OPTIONS=detect_stack_use_after_return=0
    export UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    if [ $# -gt 0 ]; then
        build/asan/tests/simulation/simulation "$@"
        return
    fi
    build/asan/tests/simulation/simulation --seeds 200 --from 1 >"$log-seeds.log" 2>&1 || code=1
    build/asan/tests/simulation/simulation --bugs >"$log-bugs.log" 2>&1 || code=1
    sum_logs "$log-seeds.log" "$log-bugs.log" || code=1
    return $code
}

suite_chaos() {
    export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    python3 -B tests/chaos/run --binary build/asan/waybill --plain build/release/waybill "$@"
}

concurrent_rooms=(runtime telemetry resilience http auth sql service gateway)
concurrent_flows=test_contention,test_shutdown,test_waiting,test_notifications

suite_tsan() {
    local code=0 pattern
    pattern="^($(IFS='|' && echo "${concurrent_rooms[*]}"))\$"
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:external_symbolizer_path=/usr/bin/llvm-symbolizer-19
    run_ctest build/tsan -R "$pattern" >"$logs/tsan-unit.log" 2>&1 || code=1
    WAYBILL_SLOW=1 python3 -B tests/integration/run --binary build/tsan/waybill \
        --only "$concurrent_flows" >"$logs/tsan-integration.log" 2>&1 || code=1
    sum_logs "$logs/tsan-unit.log" "$logs/tsan-integration.log" || code=1
    return $code
}

# `http_path_fuzz` for chassis/http/path_fuzz.cpp.
fuzzers() {
    find chassis services app -name '*_fuzz.cpp' | sort |
        sed -E 's|^(.*/)?([^/]+)/([^/]+)\.cpp$|\2_\3|'
}

# No single allocation above 64 MiB. Time is generous: sanitizers and busy neighbours slow a run.
# The bounds themselves are measured by tests/bounds.
fuzz_limits=(-timeout=5 -rss_limit_mb=768 -malloc_limit_mb=64)

# The inputs of a fuzzer that are kept: seeds, and what once failed.
kept_inputs() {
    local folder
    for folder in "tests/corpus/$1" "tests/regressions/$1"; do
        if [ -d "$folder" ]; then echo "$folder"; fi
    done
}

# One fuzzer: the kept inputs first, each once; then new ones, for so many seconds. What it found
# lies in build/asan/fuzz/found.
fuzz_one() {
    local name=$1 seconds=$2 log="$logs/fuzz-$1.log" kept
    mapfile -t kept < <(kept_inputs "$name")
    mkdir -p "build/asan/fuzz/corpus/$name" build/asan/fuzz/found
    if "build/asan/$name" "${fuzz_limits[@]}" -runs=0 "${kept[@]}" >"$log" 2>&1 &&
        "build/asan/$name" "${fuzz_limits[@]}" -max_total_time="$seconds" \
            -artifact_prefix="build/asan/fuzz/found/$name-" -print_final_stats=1 \
            "build/asan/fuzz/corpus/$name" "${kept[@]}" >>"$log" 2>&1; then
        echo "passed $name: $(sed -n 's/.*number_of_executed_units: *//p' "$log" | tail -n 1) inputs"
    else
        tail -n 40 "$log"
        echo "failed $name"
    fi
}

suite_fuzz() {
    local seconds=60 results
    if [ "${1:-}" = --seconds ]; then seconds=${2:?how many?}; fi
    export logs
    export -f fuzz_one kept_inputs
    results=$(fuzzers |
        xargs -P 2 -I{} bash -c "$(declare -p fuzz_limits);"' fuzz_one {} "$0"' "$seconds")
    echo "$results"
    local failed
    failed=$(grep -c '^failed ' <<<"$results" || true)
    echo "$(grep -c '^passed ' <<<"$results" || true) passed, $failed failed"
    [ "$failed" -eq 0 ]
}
