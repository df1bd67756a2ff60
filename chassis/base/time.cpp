#include "chassis/base/time.hpp"

#include <algorithm>

namespace waybill {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;

constexpr std::int64_t days_of(std::chrono::year_month_day date) {
    return std::chrono::sys_days(date).time_since_epoch().count();
}
constexpr std::int64_t us_min =
    days_of(std::chrono::year(1) / std::chrono::January / 1) * us_per_day;
constexpr std::int64_t us_max =
    (days_of(std::chrono::year(9999) / std::chrono::December / 31) + 1) * us_per_day - 1;

std::chrono::year_month_day date_of(std::int64_t us) {
    return std::chrono::floor<std::chrono::days>(std::chrono::sys_time<Duration>(Duration(us)));
}

/// Reads fixed-width fields from the front of a text.
class Scan {
 public:
    explicit Scan(std::string_view text) : text_(text) {}
    /// Exactly `count` digits.
    bool digits(std::size_t count, int& out) {
        if (text_.size() < count) return false;
        out = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_[i] < '0' || text_[i] > '9') return false;
            out = out * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(count);
        return true;
    }
    bool one_of(std::string_view allowed, char& out) {
        if (text_.empty() || allowed.find(text_.front()) == std::string_view::npos) return false;
        out = text_.front();
        text_.remove_prefix(1);
        return true;
    }
    bool literal(char c) {
        char found = 0;
        return one_of({&c, 1}, found);
    }
    bool empty() const { return text_.empty(); }

 private:
    std::string_view text_;
};

bool read_date(Scan& scan, std::int64_t& days) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!scan.digits(4, year) || !scan.literal('-') || !scan.digits(2, month) ||
        !scan.literal('-') || !scan.digits(2, day))
        return false;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return false;
    days = days_of(date);
    return true;
}

/// `10:00:00.123`, as microseconds of the day. A leap second is the second after it.
bool read_clock(Scan& scan, std::int64_t& us, bool& leap) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!scan.digits(2, hour) || !scan.literal(':') || !scan.digits(2, minute) ||
        !scan.literal(':') || !scan.digits(2, second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) return false;
    leap = second == 60;
    us = ((hour * 60 + minute) * std::int64_t{60} + second) * us_per_second;
    if (!scan.literal('.')) return true;
    std::int64_t unit = us_per_second / 10;
    int digit = 0;
    int count = 0;
    for (; count < 9 && scan.digits(1, digit); ++count, unit /= 10) us += digit * unit;
    return count > 0;
}

/// `Z` or `+02:00`, in microseconds.
bool read_offset(Scan& scan, std::int64_t& us) {
    char sign = 0;
    if (!scan.one_of("Zz+-", sign)) return false;
    if (sign == 'Z' || sign == 'z') {
        us = 0;
        return true;
    }
    int hour = 0;
    int minute = 0;
    if (!scan.digits(2, hour) || !scan.literal(':') || !scan.digits(2, minute)) return false;
    if (hour > 23 || minute > 59) return false;
    us = (std::int64_t{hour} * 60 + minute) * 60 * us_per_second * (sign == '-' ? -1 : 1);
    return true;
}

void put_digits(char* out, std::size_t count, std::int64_t value) {
    for (std::size_t i = count; i > 0; --i, value /= 10)
        out[i - 1] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<Timestamp> Timestamp::parse(std::string_view text) {
    Scan scan(text);
    std::int64_t days = 0;
    std::int64_t clock = 0;
    std::int64_t offset = 0;
    bool leap = false;
    char separator = 0;
    if (!read_date(scan, days) || !scan.one_of("Tt", separator) || !read_clock(scan, clock, leap) ||
        !read_offset(scan, offset) || !scan.empty())
        return std::nullopt;
    const std::int64_t us = days * us_per_day + clock - offset;
    if (us < us_min || us > us_max) return std::nullopt;
    // RFC 3339 5.7: a leap second ends a UTC day.
    if (leap && (us % us_per_day + us_per_day) % us_per_day >= us_per_second) return std::nullopt;
    return Timestamp{us};
}

std::string Timestamp::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

void Timestamp::append_to(std::string& out) const {
    const std::int64_t in_range = std::clamp(us, us_min, us_max);
    const auto date = date_of(in_range);
    const std::int64_t clock = in_range - days_of(date) * us_per_day;
    const std::int64_t seconds = clock / us_per_second;
    char text[] = "0000-00-00T00:00:00.000000Z";
    put_digits(text, 4, static_cast<int>(date.year()));
    put_digits(text + 5, 2, static_cast<unsigned>(date.month()));
    put_digits(text + 8, 2, static_cast<unsigned>(date.day()));
    put_digits(text + 11, 2, seconds / 3600);
    put_digits(text + 14, 2, seconds / 60 % 60);
    put_digits(text + 17, 2, seconds % 60);
    put_digits(text + 20, 6, clock % us_per_second);
    out.append(text, sizeof text - 1);
}

std::string Timestamp::date_digits() const {
    const std::string text = to_string();
    return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
}

}  // namespace waybill
