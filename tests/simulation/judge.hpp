#pragma once
#include <set>
#include <string>
#include <utility>

#include "tests/simulation/breach.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/platform.hpp"

namespace waybill::simulation {

using Poison = std::set<std::pair<std::string, Uuid>>;

/// Judges the platform from outside, by its databases and by what clients have seen.
class Judge {
 public:
    Judge(Platform& platform, Breaches& breaches) : platform_(platform), breaches_(breaches) {}

    /// What holds at every moment: I1, in the last commit of inventory.
    void look();
    /// What is still under way; empty when everything is at rest.
    std::string unsettled();
    /// Everything, at rest.
    void judge_at_rest(const History& history, const Poison& poison);

 private:
    void judge_creations(const History& history);
    void judge_letters(const Poison& poison);
    void judge_books();
    void count_rare_states();

    Platform& platform_;
    Breaches& breaches_;
};

}  // namespace waybill::simulation
