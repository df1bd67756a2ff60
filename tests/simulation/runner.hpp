#pragma once
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/run.hpp"

namespace waybill::simulation {

/// How a run in a process of its own ended.
struct Outcome {
    RunOptions options;
    std::optional<RunResult> result;  ///< nothing: the process died or hung
    std::string output;               ///< what it said last, when it died or hung
    std::int64_t took_ms = 0;

    bool passed() const { return result && result->breaches.empty(); }
    /// `I6`, `died` or `hung`: the first that went wrong.
    std::string verdict() const;
    /// What shows it, one line.
    std::string detail() const;
};

/// Runs each seed in a child process, a few at once: nothing of one run is left for the next, and
/// an assertion of the product ends a run, not the program.
class Runner {
 public:
    Runner(const SigningKeys& keys, std::size_t jobs) : keys_(keys), jobs_(jobs) {}
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    ~Runner();

    bool full() const { return children_.size() >= jobs_; }
    bool idle() const { return children_.empty(); }
    void start(RunOptions options);
    /// Waits for the next run to end; one must be running.
    Outcome next();
    /// One run, when nothing else runs.
    Outcome run_one(RunOptions options) {
        start(std::move(options));
        return next();
    }

 private:
    struct Child {
        ::pid_t pid = 0;
        int output = -1;
        RunOptions options;
        std::string text;
        std::int64_t began_ms = 0;
        bool hung = false;
    };
    /// True when the child's output has ended.
    static bool read_some(Child& child);
    Outcome finish(std::size_t index);

    const SigningKeys& keys_;
    const std::size_t jobs_;
    std::vector<Child> children_;
};

}  // namespace waybill::simulation
