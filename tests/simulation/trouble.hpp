#pragma once
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/fault_plan.hpp"
#include "tests/simulation/platform.hpp"

namespace waybill::simulation {

/// Carries a plan of faults out, and makes everything well again.
class Trouble {
 public:
    Trouble(Platform& platform, std::uint64_t seed, std::vector<Fault> plan);

    /// From now on the plan's faults happen.
    void start();
    /// Nothing fails any more; what is down starts.
    void heal();
    /// Message ids that were put in for each consumer.
    const std::set<std::pair<std::string, Uuid>>& poison() const { return poison_; }

 private:
    void happen(const Fault& fault);
    void happen_to_machine(const Fault& fault, Machine& machine);
    void last(const Fault& fault, Callback undo);
    void inject_poison(const Fault& fault, const std::string& consumer);

    Platform& platform_;
    Random random_;
    std::vector<Fault> plan_;
    bool over_ = false;
    std::set<std::pair<std::string, Uuid>> poison_;
};

}  // namespace waybill::simulation
