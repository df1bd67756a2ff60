#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/load/histogram.hpp"
#include "app/load/operation.hpp"
#include "app/load/outcome.hpp"

namespace waybill::load {

/// One operation's share of a tally. Latencies run from the scheduled arrival to the last answer.
struct OperationTally {
    std::uint64_t arrivals = 0;
    std::uint64_t replaced = 0;  ///< drawn, but nothing was there to act on: a create went out
    std::array<Histogram, outcome_count> latency;
    std::uint64_t count(Outcome outcome) const {
        return latency[static_cast<std::size_t>(outcome)].count();
    }
};

/// What came of a phase's arrivals. Not thread-safe: each lane has its own, merged at the end.
struct Tally {
    std::array<OperationTally, operation_count> operations;
    Histogram wait;              ///< scheduled arrival to sending, of what was sent
    std::uint64_t late = 0;      ///< sent more than 100 ms after they were scheduled
    std::uint64_t attempts = 0;  ///< requests sent, repeats included
    /// Attempts that were not acknowledged, by `409 illegal-transition`; at most 64 kinds.
    std::map<std::string, std::uint64_t> kinds;

    void sent(Duration waited);
    void attempted(const Verdict& verdict);
    void ended(Operation operation, Outcome outcome, Duration latency);
    void merge(const Tally& other);

    std::uint64_t arrivals() const;
    std::uint64_t count(Outcome outcome) const;
    /// The latencies of all operations with that outcome.
    Histogram latency(Outcome outcome) const;
};

/// One second of a run.
struct Second {
    std::uint64_t arrivals = 0;                        ///< scheduled in it
    std::uint64_t served = 0;                          ///< of those, acknowledged in the end
    std::array<std::uint64_t, outcome_count> ended{};  ///< arrivals that ended in it, by outcome
    std::uint64_t acknowledged() const {
        return ended[static_cast<std::size_t>(Outcome::acknowledged)];
    }
};

/// The seconds of a run from its beginning; later ones are added as they come, a week at most.
class Timeline {
 public:
    Second& at(Duration since_begin);
    void merge(const Timeline& other);
    const std::vector<Second>& seconds() const { return seconds_; }

 private:
    std::vector<Second> seconds_;
};

}  // namespace waybill::load
