#include "chassis/base/uuid.hpp"

#include <cstring>
#include <span>

#include "chassis/base/hex.hpp"

namespace waybill {

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
        text[23] != '-')
        return std::nullopt;
    Uuid id;
    const std::span<std::uint8_t> out(id.bytes);
    const bool good = hex::read(text.substr(0, 8), out.subspan(0, 4)) &&
                      hex::read(text.substr(9, 4), out.subspan(4, 2)) &&
                      hex::read(text.substr(14, 4), out.subspan(6, 2)) &&
                      hex::read(text.substr(19, 4), out.subspan(8, 2)) &&
                      hex::read(text.substr(24, 12), out.subspan(10, 6));
    return good ? std::optional(id) : std::nullopt;
}

std::optional<Uuid> Uuid::from_bytes(std::string_view raw) {
    Uuid id;
    if (raw.size() != id.bytes.size()) return std::nullopt;
    std::memcpy(id.bytes.data(), raw.data(), raw.size());
    return id;
}

Uuid Uuid::v7(Timestamp time, std::uint64_t random) {
    // Times before 1970 have no v7 form; they count as 1970.
    const auto us = static_cast<std::uint64_t>(time.us < 0 ? 0 : time.us);
    const std::uint64_t ms = us / 1000;
    const std::uint64_t fraction = us % 1000 * 4096 / 1000;
    const std::uint64_t high = (ms << 16U) | 0x7000U | fraction;
    const std::uint64_t low = (random & 0x3fffffffffffffffU) | 0x8000000000000000U;
    Uuid id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
        id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return id;
}

std::string Uuid::to_string() const {
    std::string out;
    append_to(out);
    return out;
}

void Uuid::append_to(std::string& out) const {
    constexpr std::string_view digits = "0123456789abcdef";
    char text[36];
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        text[at++] = digits[bytes[i] >> 4U];
        text[at++] = digits[bytes[i] & 15U];
    }
    out.append(text, at);
}

Timestamp Uuid::time() const {
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < 6; ++i) ms = ms * 256 + bytes[i];
    return {ms * 1000};
}

}  // namespace waybill

std::size_t std::hash<waybill::Uuid>::operator()(const waybill::Uuid& id) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    // The finalizer of MurmurHash3 (Appleby, 2011): clients choose ids too, so bits must spread.
    std::uint64_t h = low ^ (high * 0x9e3779b97f4a7c15U);
    h = (h ^ (h >> 33U)) * 0xff51afd7ed558ccdU;
    h = (h ^ (h >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return h ^ (h >> 33U);
}
