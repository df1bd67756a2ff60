#include "tests/simulation/shrinker.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace waybill::simulation {
namespace {

constexpr int runs_max = 80;
/// Runs that hang are dear: no further one is begun after this.
constexpr std::chrono::seconds time_max{120};

}  // namespace

std::vector<std::size_t> shrink(Runner& runner, const Outcome& failed) {
    std::vector<std::size_t> kept = failed.options.only.value_or(std::vector<std::size_t>());
    if (!failed.options.only) {
        kept.resize(plan_of(failed.options.seed).size());
        std::iota(kept.begin(), kept.end(), std::size_t{0});
    }
    int runs = 0;
    const auto end = std::chrono::steady_clock::now() + time_max;
    const auto goes_on = [&] { return runs < runs_max && std::chrono::steady_clock::now() < end; };
    for (std::size_t piece = std::max<std::size_t>(kept.size() / 2, 1); goes_on();) {
        bool smaller = false;
        for (std::size_t at = 0; at < kept.size() && goes_on();) {
            auto fewer = kept;
            const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(at);
            fewer.erase(begin,
                        begin + static_cast<std::ptrdiff_t>(std::min(piece, kept.size() - at)));
            RunOptions options = failed.options;
            options.only = fewer;
            ++runs;
            if (runner.run_one(std::move(options)).verdict() == failed.verdict()) {
                kept = std::move(fewer);
                smaller = true;
            } else {
                at += piece;
            }
        }
        if (piece == 1 && !smaller) break;
        piece = std::max<std::size_t>(piece / 2, 1);
    }
    return kept;
}

}  // namespace waybill::simulation
