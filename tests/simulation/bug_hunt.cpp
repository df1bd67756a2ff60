#include "tests/simulation/bug_hunt.hpp"

#include <string>
#include <utility>

namespace waybill::simulation {

std::optional<Outcome> catch_bug(Runner& runner, std::string_view bug, std::uint64_t from) {
    std::optional<Outcome> caught;
    const auto take = [&] {
        Outcome outcome = runner.next();
        if (outcome.passed()) return;
        if (!caught || outcome.options.seed < caught->options.seed) caught = std::move(outcome);
    };
    for (std::uint64_t i = 0; i < seeds_for_a_bug && !caught; ++i) {
        while (runner.full()) take();
        if (!caught) runner.start({.seed = from + i, .bug = std::string(bug)});
    }
    while (!runner.idle()) take();
    return caught;
}

}  // namespace waybill::simulation
