#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/load/lane.hpp"
#include "app/load/plan.hpp"

namespace waybill::load {

/// A phase as it was run: its rates are arrivals a second by then.
struct PhaseResult {
    Phase phase;
    Duration began{};  ///< since the run's beginning
    Tally tally;
};

/// What the seconds since the last moment were like; for a progress line.
struct Moment {
    Duration elapsed{};
    std::string phase;
    double offered = 0;  ///< arrivals a second now
    Second second;       ///< the last whole second
    Histogram latency;   ///< of what was acknowledged in it
    std::size_t queued = 0;
    std::size_t running = 0;
};

/// Three phases next to one another: how an overload was borne.
struct OverloadResult {
    double peak = 0;     ///< acknowledged a second, at the best before
    double goodput = 0;  ///< acknowledged a second under overload
    double ratio = 0;
    /// After the overload's end until 99 % of each second's arrivals are acknowledged again, to the
    /// end of the phase; nothing: not within it.
    std::optional<Duration> recovery;
};

struct RunResult {
    Timestamp began{};
    Duration elapsed{};
    bool interrupted = false;
    std::vector<PhaseResult> phases;
    Timeline timeline;
    std::vector<Duration> p99;  ///< of each whole second's acknowledgements; 0: none
    std::optional<OverloadResult> overload;
    Tally total() const;  ///< of the counted phases
    Duration counted_time() const;
};

/// The best mean over three seconds that are next to one another (over all of them when fewer).
double peak_goodput(const Timeline& timeline, Duration from, Duration to);
/// Judges base or ramp, overload and recovery; nothing when there was no overload phase.
std::optional<OverloadResult> judge_overload(const RunResult& result);

/// Runs phases one after another over all loops of an Env. run() is called once, on loop 0.
class Run {
 public:
    using Progress = std::function<void(const Moment&)>;  ///< each second, on loop 0

    Run(const Common& common, const LaneOptions& options, std::vector<Phase> phases,
        Progress progress);

    Task<RunResult> run();
    /// Ends the run early: what is under way is awaited, the result is of what was. From any
    /// thread.
    void stop() { stopping_.store(true, std::memory_order_relaxed); }

 private:
    Task<void> begin(Phase phase, MonoTime start);
    Task<void> follow(MonoTime until);
    Task<void> settle();
    Task<void> halt_if_asked();
    Task<bool> look();
    Task<Lane::Recent> ask(Lane& lane);

    const Common& common_;
    std::vector<Phase> planned_;
    Progress progress_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::atomic<bool> stopping_{false};
    bool halted_ = false;
    MonoTime start_{};
    MonoTime next_look_{};
    Phase now_;
    MonoTime now_began_{};
    Histogram since_;  // acknowledgements since the last whole second
    RunResult result_;
};

}  // namespace waybill::load
