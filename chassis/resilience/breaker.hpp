#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include "chassis/base/time.hpp"

namespace waybill::resilience {

/// A circuit breaker for one target: closed, it lets calls through and counts failures over a
/// sliding window; open, it refuses at once; half open, it lets a few probes through, and closes
/// when all of them succeed. A pure state machine: time and randomness come in. Thread-safe.
class Breaker {
 public:
    enum class State : std::uint8_t { closed = 0, half_open = 1, open = 2 };
    enum class Outcome : std::uint8_t {
        success,
        failure,          ///< timeout, 502, 504
        connect_failure,  ///< no connection: a failure that also counts in a row
        ignored           ///< says nothing of the target: given up, 429, 503 with Retry-After
    };
    struct Options {
        Duration window = std::chrono::seconds(10);
        std::uint32_t calls_min = 20;            ///< fewer in the window never open it
        std::uint32_t failure_percent = 50;      ///< at or above opens it
        std::uint32_t connect_failures_max = 5;  ///< as many in a row open it
        Duration open = std::chrono::seconds(5);
        std::uint32_t open_jitter_percent = 20;  ///< either way
        std::uint32_t probes = 3;                ///< at once, and successes needed to close
    };
    /// Leave to call once; its outcome is given to record(), exactly once.
    struct Permit {
        std::uint64_t era = 0;  ///< which run of one state it was given in
    };
    struct Admission {
        std::optional<Permit> permit;  ///< none: refused
        Duration retry_after{};        ///< when refused: a time until the next probes, > 0
        std::optional<State> became;   ///< the state, when this call changed it
    };

    explicit Breaker(Options options) : options_(options) {}

    Admission admit(MonoTime now);
    /// Counts a call's outcome; what was admitted in an earlier state no longer counts. `random`:
    /// 64 uniform bits for the jitter. Returns the new state when this changed it.
    std::optional<State> record(Permit permit, Outcome outcome, MonoTime now, std::uint64_t random);
    State state() const;

 private:
    struct Slice {
        std::int64_t number = -1;
        std::uint32_t calls = 0;
        std::uint32_t failures = 0;
    };
    static constexpr std::int64_t slice_count = 10;

    void change(State state);
    void open(MonoTime now, std::uint64_t random);
    void count(Outcome outcome, MonoTime now);
    bool failing(MonoTime now) const;
    bool record_closed(Outcome outcome, MonoTime now, std::uint64_t random);
    bool record_probe(Outcome outcome, MonoTime now, std::uint64_t random);
    std::int64_t slice_number(MonoTime now) const;

    const Options options_;
    mutable std::mutex mutex_;
    State state_ = State::closed;
    std::uint64_t era_ = 1;
    std::array<Slice, slice_count> slices_{};
    std::uint32_t connect_failures_ = 0;
    MonoTime open_until_{};
    std::uint32_t probes_out_ = 0;
    std::uint32_t probes_good_ = 0;
};

/// `closed`, `open`, `half_open`
const char* name(Breaker::State state);

}  // namespace waybill::resilience
