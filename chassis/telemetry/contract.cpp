#include "chassis/telemetry/contract.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::telemetry {

std::size_t instrument_index(std::string_view name) {
    const auto table = instruments();
    const auto at = std::lower_bound(
        table.begin(), table.end(), name,
        [](const Instrument& instrument, std::string_view n) { return instrument.name < n; });
    if (at == table.end() || at->name != name) {
        const auto what = fmt::format(
            "metric {} is declared in contracts/telemetry.yaml (add it there and run "
            "contracts/generate_telemetry.py)",
            name);
        check_failed(what.c_str(), __FILE__, __LINE__);
    }
    return static_cast<std::size_t>(at - table.begin());
}

}  // namespace waybill::telemetry
