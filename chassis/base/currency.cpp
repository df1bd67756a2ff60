#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "chassis/base/money.hpp"

namespace waybill {
namespace {

// ISO 4217 list one, codes that have a minor unit, by its digits. Each list ascends.
constexpr std::string_view none =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view three = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view four = "CLF UYW ";
constexpr std::string_view two =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB "
    "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ";

/// Each entry is four characters wide, so a code is found by halving.
bool contains(std::string_view list, std::string_view code) {
    std::size_t low = 0;
    std::size_t high = list.size() / 4;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        const std::string_view found = list.substr(middle * 4, 3);
        if (found == code) return true;
        if (found < code)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

}  // namespace

Currency::Currency(std::string_view code, int digits) : digits_(static_cast<std::int8_t>(digits)) {
    std::memcpy(code_, code.data(), 3);
}

Currency Currency::usd() {
    return {"USD", 2};
}

std::optional<Currency> Currency::parse(std::string_view code) {
    if (code.size() != 3) return std::nullopt;
    if (contains(two, code)) return Currency(code, 2);
    if (contains(none, code)) return Currency(code, 0);
    if (contains(three, code)) return Currency(code, 3);
    if (contains(four, code)) return Currency(code, 4);
    return std::nullopt;
}

}  // namespace waybill
