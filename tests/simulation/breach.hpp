#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/scheduler.hpp"

namespace waybill::simulation {

/// An invariant that did not hold, and what shows it.
struct Breach {
    std::string invariant;  ///< `I3`
    std::string detail;
    std::uint64_t step = 0;  ///< of the scheduler, when it was seen
};

/// Those of one run, in the order they were seen; the first few are kept.
class Breaches {
 public:
    static constexpr std::size_t kept_max = 20;
    explicit Breaches(const Scheduler& scheduler) : scheduler_(scheduler) {}
    void add(std::string invariant, std::string detail) {
        if (all_.size() < kept_max)
            all_.push_back({std::move(invariant), std::move(detail), scheduler_.steps()});
    }
    bool empty() const { return all_.empty(); }
    const std::vector<Breach>& all() const { return all_; }

 private:
    const Scheduler& scheduler_;
    std::vector<Breach> all_;
};

}  // namespace waybill::simulation
