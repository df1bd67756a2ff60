#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/money.hpp"

namespace {

/// A decimal as its letters say it, without arithmetic: digits without zeros at either end, and
/// where the point stands (as an exponent of ten). What is longer than the longest number reads as
/// too long.
struct Letters {
    bool negative = false;
    std::string digits;
    long exponent = 0;
    friend bool operator==(const Letters&, const Letters&) = default;
};

std::size_t count_digits(std::string_view text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// The grammar of RFC 8259 section 6.
std::optional<Letters> read_letters(std::string_view text) {
    Letters out;
    out.negative = text.starts_with('-');
    if (out.negative) text.remove_prefix(1);
    const std::size_t whole = count_digits(text);
    if (whole == 0 || (whole > 1 && text.front() == '0')) return std::nullopt;
    out.digits = text.substr(0, whole);
    text.remove_prefix(whole);
    if (text.starts_with('.')) {
        const std::size_t fraction = count_digits(text.substr(1));
        if (fraction == 0) return std::nullopt;
        out.digits += text.substr(1, fraction);
        out.exponent = -static_cast<long>(fraction);
        text.remove_prefix(1 + fraction);
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        const bool down = text.starts_with('-');
        if (down || text.starts_with('+')) text.remove_prefix(1);
        const std::size_t length = count_digits(text);
        if (length == 0) return std::nullopt;
        long moved = 0;
        for (const char c : text.substr(0, length))
            moved = std::min(moved * 10 + (c - '0'), 99999L);
        out.exponent += down ? -moved : moved;
        text.remove_prefix(length);
    }
    if (!text.empty()) return std::nullopt;
    while (out.digits.ends_with('0')) {
        out.digits.pop_back();
        ++out.exponent;
    }
    out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size()));
    if (out.digits.empty()) out = {};
    return out;
}

}  // namespace

// Oracle: what is read is exactly the number that the letters say; it is written so that it reads
// the same; and money keeps it or refuses it, but never rounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace waybill;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto expected = read_letters(text);
    const auto decimal = Decimal::parse(text);
    CHECK(!decimal || expected);
    if (!decimal) {
        // Short plain numbers are never refused.
        CHECK(!expected || size > 18 || text.find_first_of("eE") != text.npos);
        return 0;
    }
    const std::string written = decimal->to_string();
    CHECK(read_letters(written) == expected);
    CHECK(Decimal::parse(written) == decimal);
    for (const char* code : {"USD", "JPY", "BHD", "CLF"}) {
        const auto money = Money::exact(*decimal, *Currency::parse(code));
        if (!money) continue;
        CHECK(read_letters(money->to_string()) == expected);
        const auto price = Money::price(*decimal, money->currency, "/price");
        CHECK(!price || (*price == *money && price->minor >= 0));
    }
    return 0;
}
