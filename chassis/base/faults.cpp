#include "chassis/base/faults.hpp"

#ifdef WAYBILL_FAULTS
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>

namespace waybill::faults {
namespace {

constexpr int no_bug = -1;
constexpr const char* crash_variable = "WAYBILL_CRASH_AT";
constexpr const char* plant_variable = "WAYBILL_PLANT";
std::atomic<int> planted_bug{no_bug};

struct CrashAt {
    std::string_view point;
    std::uint64_t pass = 1;
};

CrashAt crash_at_of_environment() noexcept {
    const char* text = std::getenv(crash_variable);
    if (text == nullptr) return {};
    const std::string_view whole(text);
    const auto colon = whole.find(':');
    CrashAt at{whole.substr(0, colon), 1};
    if (colon != whole.npos) {
        std::from_chars(text + colon + 1, text + whole.size(), at.pass);
    }
    return at;
}

}  // namespace

bool plant(std::string_view name) noexcept {
    if (name.empty()) {
        planted_bug = no_bug;
        return true;
    }
    for (std::size_t i = 0; i < bug_names.size(); ++i) {
        if (bug_names[i] != name) continue;
        planted_bug = static_cast<int>(i);
        return true;
    }
    return false;
}

bool planted(Bug bug) noexcept {
    return planted_bug.load(std::memory_order_relaxed) == static_cast<int>(bug);
}

bool plant_of_environment() noexcept {
    const char* name = std::getenv(plant_variable);
    return name == nullptr || plant(name);
}

bool is_variable(std::string_view name) noexcept {
    return name == crash_variable || name == plant_variable;
}

void crash_point(std::string_view name) noexcept {
    static const CrashAt crash_at = crash_at_of_environment();
    static std::atomic<std::uint64_t> passes{0};
    if (name != crash_at.point) return;
    if (++passes == crash_at.pass) std::raise(SIGKILL);
}

}  // namespace waybill::faults
#endif
