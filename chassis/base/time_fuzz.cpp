#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/time.hpp"

namespace {

constexpr std::array<int, 12> month_days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool leap_year(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// Days since 1970-01-01, counted year by year and month by month.
std::int64_t days_until(int year, int month, int day) {
    std::int64_t days = 0;
    for (int y = 1970; y < year; ++y) days += leap_year(y) ? 366 : 365;
    for (int y = year; y < 1970; ++y) days -= leap_year(y) ? 366 : 365;
    for (int m = 1; m < month; ++m)
        days +=
            month_days.at(static_cast<std::size_t>(m - 1)) + (m == 2 && leap_year(year) ? 1 : 0);
    return days + day - 1;
}

int number_at(std::string_view text, std::size_t at, std::size_t digits) {
    int number = 0;
    for (const char c : text.substr(at, digits)) number = number * 10 + (c - '0');
    return number;
}

/// `d` stands for a digit.
bool has_form(std::string_view text, std::string_view form) {
    if (text.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return false;
    return true;
}

/// Microseconds of RFC 3339 section 5.6, with up to 9 digits of a second's fraction. Upper case
/// and no leap seconds: those two are the parser's own affair.
std::optional<std::int64_t> model_reads(std::string_view text) {
    if (!has_form(text, "dddd-dd-ddTdd:dd:dd")) return std::nullopt;
    const int year = number_at(text, 0, 4), month = number_at(text, 5, 2);
    const int day = number_at(text, 8, 2), hour = number_at(text, 11, 2);
    const int minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    if (day > month_days.at(static_cast<std::size_t>(month - 1)) +
                  (month == 2 && leap_year(year) ? 1 : 0))
        return std::nullopt;
    std::int64_t us = ((days_until(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    us *= 1'000'000;
    text.remove_prefix(19);
    if (text.starts_with('.')) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789", 1), text.size());
        if (digits < 2 || digits > 10) return std::nullopt;
        std::string fraction(text.substr(1, digits - 1));
        fraction.resize(6, '0');
        us += number_at(fraction, 0, 6);
        text.remove_prefix(digits);
    }
    if (text == "Z") return us;
    const bool east = has_form(text, "+dd:dd"), west = has_form(text, "-dd:dd");
    if (text.size() != 6 || (!east && !west)) return std::nullopt;
    const std::int64_t hours = number_at(text, 1, 2), minutes = number_at(text, 4, 2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    const std::int64_t offset = (hours * 60 + minutes) * 60'000'000;
    return east ? us - offset : us + offset;
}

void check_text(std::string_view text) {
    const auto time = waybill::Timestamp::parse(text);
    const auto expected = model_reads(text);
    const bool own_affair =
        text.find_first_of("tz") != text.npos || (text.size() > 18 && text.substr(17, 2) == "60");
    if (!own_affair) {
        const bool far = expected && (*expected < days_until(1, 1, 1) * 86'400'000'000 ||
                                      *expected >= days_until(10'000, 1, 1) * 86'400'000'000);
        CHECK(time.has_value() == (expected.has_value() && !far));
        if (time) CHECK(time->us == *expected);
    }
    if (time) CHECK(waybill::Timestamp::parse(time->to_string()) == time);
}

}  // namespace

// Oracle: a second reader that counts the calendar day by day; and every time's own text reads as
// that time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_text({reinterpret_cast<const char*>(data), size});
    if (size != sizeof(std::int64_t)) return 0;
    waybill::Timestamp time;
    std::memcpy(&time.us, data, size);
    const std::string text = time.to_string();
    const auto again = waybill::Timestamp::parse(text);
    CHECK(again && again->to_string() == text);
    return 0;
}
