#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

using Duration = std::chrono::microseconds;

/// A point of civil time: microseconds since 1970-01-01 UTC. Range 0001-01-01 to 9999-12-31.
struct Timestamp {
    std::int64_t us = 0;

    /// RFC 3339 with any offset and 0..9 fraction digits (digits beyond microseconds are cut).
    static std::optional<Timestamp> parse(std::string_view text);
    /// `2026-11-23T10:00:00.123456Z`: always UTC, always six fraction digits.
    std::string to_string() const;
    void append_to(std::string& out) const;
    /// `20261123`
    std::string date_digits() const;

    friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
    friend Timestamp operator+(Timestamp t, Duration d) { return {t.us + d.count()}; }
    friend Timestamp operator-(Timestamp t, Duration d) { return {t.us - d.count()}; }
    friend Duration operator-(Timestamp a, Timestamp b) { return Duration(a.us - b.us); }
};

/// A point of the monotonic clock, in microseconds. Only differences mean anything.
struct MonoTime {
    std::int64_t us = 0;
    friend auto operator<=>(const MonoTime&, const MonoTime&) = default;
    friend MonoTime operator+(MonoTime t, Duration d) { return {t.us + d.count()}; }
    friend Duration operator-(MonoTime a, MonoTime b) { return Duration(a.us - b.us); }
};

/// When a call that leaves the process must have ended. Passed on as the last parameter, never
/// made up on the way.
struct Deadline {
    MonoTime at{};
    static Deadline after(MonoTime now, Duration left) { return {now + left}; }
    Duration left(MonoTime now) const { return at > now ? at - now : Duration::zero(); }
    bool passed(MonoTime now) const { return at <= now; }
    friend auto operator<=>(const Deadline&, const Deadline&) = default;
};

}  // namespace waybill
