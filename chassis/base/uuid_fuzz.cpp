#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/uuid.hpp"

namespace {

bool model_accepts_id(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = std::string_view("0123456789abcdefABCDEF").find(text[i]) != text.npos;
        if (dash ? text[i] != '-' : !hex) return false;
    }
    return true;
}

}  // namespace

// Oracle: an independent reading of RFC 9562 section 4; the text comes back in lower case, the
// bytes as they are, and ids compare as their texts do.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto id = waybill::Uuid::parse(input);
    CHECK(id.has_value() == model_accepts_id(input));
    if (id) {
        std::string lower(input);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
            return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
        });
        CHECK(id->to_string() == lower);
    }
    const auto bytes = waybill::Uuid::from_bytes(input);
    CHECK(bytes.has_value() == (size == 16));
    if (!bytes) return 0;
    CHECK(bytes->raw() == input);
    CHECK(waybill::Uuid::parse(bytes->to_string()) == bytes);
    const waybill::Uuid zero;
    CHECK((zero < *bytes) == (zero.to_string() < bytes->to_string()));
    return 0;
}
