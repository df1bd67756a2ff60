#pragma once
#include <array>
#include <cstdint>
#include <string_view>

/// Deliberate faults for the proof of the product: bugs that can be planted and points at which
/// the process can be killed. Both exist only in builds with the option WAYBILL_FAULTS; in any
/// other build every function here is an empty constant and leaves no code behind.
namespace waybill::faults {

/// Bugs that the checker, the simulator or the chaos run have to catch.
enum class Bug : std::uint8_t {
    publish_outside_transaction,  ///< an event is published although its transaction failed
    ack_before_commit,            ///< a message is acknowledged before its effect is durable
    no_inbox,                     ///< a message taken twice acts twice
    post_retried,                 ///< a POST without a key is sent again after an unclear failure
    server_error_cached,          ///< a 5xx is kept as the answer of an idempotency key
    owner_check_skipped,          ///< another customer's order is shown
    last_audit_event_dropped,     ///< the audit forgets the last event of a batch
    double_release,               ///< released stock is counted twice
    late_reserve_after_cancel,    ///< a reservation that comes after its cancel is made
    oversell,                     ///< more is reserved than there is
};

/// Names on the command line and in tables, in the order of `Bug`.
inline constexpr std::array<std::string_view, 10> bug_names{
    "publish_outside_transaction",
    "ack_before_commit",
    "no_inbox",
    "post_retried",
    "server_error_cached",
    "owner_check_skipped",
    "last_audit_event_dropped",
    "double_release",
    "late_reserve_after_cancel",
    "oversell",
};

#ifdef WAYBILL_FAULTS
/// Plants one bug for the rest of the process, or none: `name` is one of `bug_names` or empty.
/// Returns whether the name is known. Not for use beside running services.
bool plant(std::string_view name) noexcept;

/// Whether this bug is planted.
bool planted(Bug bug) noexcept;

/// Plants what the environment names in WAYBILL_PLANT; true without the variable.
bool plant_of_environment() noexcept;

/// Whether this variable of the environment is one that is read here.
bool is_variable(std::string_view name) noexcept;

/// Kills the process (SIGKILL) when it passes the point that the environment names in
/// WAYBILL_CRASH_AT: `after_commit`, or `after_commit:7` for the seventh time.
void crash_point(std::string_view name) noexcept;
#else
constexpr bool planted(Bug) noexcept {
    return false;
}
constexpr bool plant_of_environment() noexcept {
    return true;
}
constexpr bool is_variable(std::string_view) noexcept {
    return false;
}
constexpr void crash_point(std::string_view) noexcept {}
#endif

}  // namespace waybill::faults
