#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <thread>

#include "chassis/auth/signing.hpp"
#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"
#include "tests/simulation/bug_hunt.hpp"
#include "tests/simulation/command_line.hpp"
#include "tests/simulation/report.hpp"
#include "tests/simulation/shrinker.hpp"

namespace waybill::simulation {
namespace {

/// Every so many seeds one runs twice: it must come to the same hash.
constexpr std::uint64_t twice_every = 10;
/// From here on a rare state that was never reached is a failure.
constexpr std::uint64_t seeds_for_rare_states = 100;
constexpr std::uint64_t shrunk_max = 2;
#ifdef WAYBILL_FAULTS
constexpr bool has_planted_bugs = true;
#else
constexpr bool has_planted_bugs = false;
#endif

int close(std::uint64_t passed, std::uint64_t failed) {
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

void show_breaches(const Outcome& outcome) {
    if (!outcome.result) return fmt::print("{}\n", outcome.output);
    for (const Breach& breach : outcome.result->breaches)
        fmt::print("  step {} {}: {}\n", breach.step, breach.invariant, breach.detail);
}

int replay(Runner& runner, const CommandLine& line) {
    const auto plan = plan_of(*line.replay);
    for (std::size_t i = 0; i < plan.size(); ++i)
        if (!line.only || std::ranges::find(*line.only, i) != line.only->end())
            fmt::print("  fault {}: {}\n", i, describe(plan[i]));
    const Outcome outcome =
        runner.run_one({.seed = *line.replay, .only = line.only, .bug = line.bug});
    Tally tally;
    tally.add(outcome);
    if (!outcome.passed()) fmt::print("{}\n", failure_line(outcome));
    show_breaches(outcome);
    if (outcome.result) fmt::print("{}hash {:016x}\n", tally.text(), outcome.result->hash);
    return close(tally.passed(), tally.failed());
}

/// How to see a failing run again, with as few faults as it needs.
void show_failure(Runner& runner, const Outcome& outcome, bool shrinks) {
    fmt::print("{}\n", failure_line(outcome));
    show_breaches(outcome);
    const std::string bug = outcome.options.bug.empty() ? "" : " --bug " + outcome.options.bug;
    if (shrinks) {
        const auto kept = shrink(runner, outcome);
        const auto plan = plan_of(outcome.options.seed);
        for (const std::size_t i : kept) fmt::print("  needs {}\n", describe(plan[i]));
        fmt::print("  simulation --replay {} --only {}{}\n", outcome.options.seed,
                   fmt::join(kept, ","), bug);
    }
    fmt::print("  simulation --replay {}{}\n", outcome.options.seed, bug);
    std::fflush(stdout);
}

int run_seeds(Runner& runner, const CommandLine& line) {
    Tally tally;
    std::vector<Outcome> failures;
    std::map<std::uint64_t, std::uint64_t> hashes;
    std::uint64_t differing = 0;
    std::uint64_t ended = 0;
    const auto take = [&] {
        const Outcome outcome = runner.next();
        const std::uint64_t seed = outcome.options.seed;
        const std::uint64_t hash = outcome.result ? outcome.result->hash : 0;
        const auto [first, fresh] = hashes.emplace(seed, hash);
        if (!fresh) {
            if (first->second == hash) return;
            ++differing;
            fmt::print("seed {}: another hash when it ran again\n", seed);
            return;
        }
        tally.add(outcome);
        if (!outcome.passed()) failures.push_back(outcome);
        if (++ended % 20 == 0)
            fmt::print(stderr, "{} of {} runs, {} failed\n", ended, line.seeds, tally.failed());
    };
    for (std::uint64_t i = 0; i < line.seeds; ++i)
        for (int copy = 0; copy < (i % twice_every == 0 ? 2 : 1); ++copy) {
            while (runner.full()) take();
            runner.start({.seed = line.from + i, .bug = line.bug});
        }
    while (!runner.idle()) take();
    fmt::print("{}", tally.text());
    for (std::size_t i = 0; i < failures.size(); ++i)
        show_failure(runner, failures[i], i < shrunk_max);
    std::uint64_t failed = tally.failed() + differing;
    if (line.seeds >= seeds_for_rare_states && line.bug.empty())
        for (const auto state : tally.never_reached()) {
            fmt::print("never reached: {}\n", state);
            ++failed;
        }
    return close(tally.passed(), failed);
}

int catch_bugs(Runner& runner, const CommandLine& line) {
    if (!has_planted_bugs) {
        fmt::print(stderr, "this build has no bugs planted: build with WAYBILL_FAULTS=ON\n");
        return 2;
    }
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    fmt::print("{:30} {:10} {:6} {}\n", "planted bug", "caught by", "seeds", "what shows it");
    for (const auto bug : faults::bug_names) {
        const auto caught = catch_bug(runner, bug, line.from);
        ++(caught ? passed : failed);
        if (caught)
            fmt::print("{:30} {:10} {:6} {}\n", bug, caught->verdict(),
                       caught->options.seed - line.from + 1, caught->detail());
        else
            fmt::print("{:30} {:10} {:6}\n", bug, "not caught", seeds_for_a_bug);
        std::fflush(stdout);
    }
    return close(passed, failed);
}

SigningKeys make_keys() {
    SigningKeys keys;
    for (std::size_t i = 0; i < signing_keys; ++i) {
        const auto key = auth::SigningKey::generate(auth::Algorithm::rs256);
        CHECK(key.has_value());
        keys.push_back(key->to_pem());
    }
    return keys;
}

}  // namespace
}  // namespace waybill::simulation

int main(int argc, char** argv) {
    using namespace waybill::simulation;
    const auto line = read_command_line({argv + 1, argv + argc},
                                        std::max(1U, std::thread::hardware_concurrency()));
    if (!line || (!line->bug.empty() && !has_planted_bugs)) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    const SigningKeys keys = make_keys();
    Runner runner(keys, line->jobs);
    if (line->bugs) return catch_bugs(runner, *line);
    if (line->replay) return replay(runner, *line);
    return run_seeds(runner, *line);
}
