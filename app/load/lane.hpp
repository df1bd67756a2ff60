#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/load/calls.hpp"
#include "app/load/history.hpp"
#include "app/load/retry.hpp"
#include "app/load/schedule.hpp"
#include "app/load/tally.hpp"
#include "app/load/token_box.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::load {

/// How arrivals become requests.
struct LaneOptions {
    std::size_t connections = 64;  ///< requests at once, of this lane
    std::size_t queue_max = 1'000'000;
    Duration timeout = std::chrono::seconds(5);  ///< of an arrival, from its scheduled moment
    Retry retry = Retry::none;
    Arrivals arrivals = Arrivals::constant;
    Mix mix = Mix::only(Operation::create);
};

/// What every lane of a run uses. Outlives them.
struct Common {
    Env& env;
    http::Handler& target;
    const Shop& shop;
    const TokenBox& tokens;
    History* history = nullptr;  ///< none: nothing is kept
    std::string run_name;        ///< begins every idempotency key
    std::uint64_t seed = 1;
};

/// One event loop's part of an open-loop run. Arrivals come when their schedule says, whatever
/// became of those before; one that finds no free connection waits in a queue, and its latency
/// counts from when it was due (no coordinated omission). What has waited for half of its time is
/// not sent: clients that ask when they are about to give up anyway keep any server down. On its
/// loop's thread only.
class Lane {
 public:
    Lane(const Common& common, const LaneOptions& options, Schedule::Lane place);
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    Loop& loop() { return loop_; }
    /// Arrivals of `phase` come from `start` on; those of the last phase have all come.
    void begin(const Phase& phase, MonoTime run_start, MonoTime start);
    /// No arrivals any more; what waits counts as unsent, what is under way is awaited.
    void stop();
    bool idle() const;

    /// What happened since the last call, for a progress line.
    struct Recent {
        Timeline timeline;  ///< of the whole run
        Histogram latency;  ///< of what was acknowledged since
        std::size_t queued = 0;
        std::size_t running = 0;
        bool idle = false;
    };
    Recent take_recent();
    /// One a phase, in order. To be read when idle.
    const std::vector<Tally>& tallies() const { return tallies_; }

 private:
    struct Arrival {
        MonoTime at{};
        std::size_t phase = 0;
        Operation drawn = Operation::create;
        int attempts = 0;
        Verdict last{};
        std::optional<Call> call{};
    };
    void arrive();
    void take(Arrival arrival);
    Task<void> work(Arrival arrival);
    Task<void> carry_out(Arrival& arrival, bool& waits);
    Task<void> attempt(Arrival& arrival);
    std::optional<Duration> pause_before_next(const Arrival& arrival);
    void sleep(Arrival arrival, Duration pause);
    void end(const Arrival& arrival);
    void learn(const Call& call, std::string_view location);

    const Common& common_;
    const LaneOptions options_;
    const Schedule::Lane place_;
    Loop& loop_;
    TaskScope scope_;
    Xoshiro256 random_;
    CallMaker maker_;
    KnownOrders orders_;

    MonoTime run_start_{};
    std::optional<Schedule> schedule_;
    std::optional<MonoTime> next_;
    TimerId timer_ = 0;
    bool stopped_ = false;
    std::deque<Arrival> queue_;
    std::map<TimerId, Arrival> sleeping_;
    std::size_t running_ = 0;

    std::vector<Tally> tallies_;
    Timeline timeline_;
    Histogram recent_;
};

}  // namespace waybill::load
