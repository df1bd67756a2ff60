#include "tests/simulation/sometimes.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::simulation {

std::size_t Sometimes::index_of(std::string_view state) {
    const auto found = std::ranges::find(rare_states, state);
    CHECK(found != rare_states.end());
    return static_cast<std::size_t>(found - rare_states.begin());
}

void Sometimes::hit(std::string_view state, std::uint64_t times) {
    counts_[index_of(state)] += times;
}

std::uint64_t Sometimes::count(std::string_view state) const {
    return counts_[index_of(state)];
}

void Sometimes::add(const Sometimes& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

}  // namespace waybill::simulation
