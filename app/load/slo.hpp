#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/load/tally.hpp"
#include "chassis/base/error.hpp"

namespace waybill::load {

/// One thing that a run must hold, over its counted phases.
struct Objective {
    enum class Measure : std::uint8_t { latency, errors };
    Measure measure = Measure::errors;
    std::string text;                      ///< as it was written: `create.p99=50ms`
    std::optional<Operation> operation{};  ///< nothing: all of them
    double share = 1;                      ///< of latency: 0.99 for p99, 1 for max
    double limit = 0;                      ///< microseconds, or a share of the arrivals
};

struct Judgement {
    Objective objective;
    double measured = 0;  ///< as the limit
    bool met = false;
};

/// Reads `p99=50ms,create.max=1s,errors=0.1%`: latencies of what was acknowledged (p50, p90, p95,
/// p99, p99.9, max), and the share of arrivals that was not acknowledged. A fault names `--slo`.
Result<std::vector<Objective>> parse_objectives(std::string_view text);

/// A latency of nothing acknowledged is not met.
std::vector<Judgement> judge(const std::vector<Objective>& objectives, const Tally& tally);
bool all_met(const std::vector<Judgement>& judgements);

}  // namespace waybill::load
