#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/runner.hpp"

namespace waybill::simulation {

/// What many runs came to.
class Tally {
 public:
    void add(const Outcome& outcome);
    std::uint64_t passed() const { return passed_; }
    std::uint64_t failed() const { return failed_; }
    /// The rare states that no run has reached.
    std::vector<std::string_view> never_reached() const;
    /// Runs, faults by kind and rare states, as tables.
    std::string text() const;

 private:
    std::uint64_t passed_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t orders_ = 0;
    std::uint64_t writes_ = 0;
    std::uint64_t syncs_ = 0;
    std::int64_t virtual_ms_ = 0;
    std::int64_t took_ms_ = 0;
    Sometimes sometimes_;
    std::array<std::uint64_t, fault_names.size()> faults_{};
};

/// `seed 17, commit 92fd84f, step 5120, I6: …`
std::string failure_line(const Outcome& outcome);

/// The commit of the tree that the program stands in; `unknown` elsewhere.
std::string commit_of_tree();

}  // namespace waybill::simulation
