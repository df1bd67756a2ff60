#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/config.hpp"

// Oracle: reading is repeatable, every entry has a line, and a value that a property admits reads
// back as that property's type.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace waybill::app;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entries = read_toml_text(text, "fuzz.toml");
    const auto again = read_toml_text(text, "fuzz.toml");
    if (entries.has_value() != again.has_value()) std::abort();
    if (!entries) {
        if (entries.error().empty()) std::abort();
        return 0;
    }
    for (const auto& entry : *entries) {
        if (entry.line < 1) std::abort();
        for (const auto& property : properties()) {
            if (!fault_of(property, entry.text).empty() || entry.text.empty()) continue;
            if (property.type == PropertyType::duration && !parse_duration(entry.text))
                std::abort();
            if (property.type == PropertyType::rate && !parse_rate(entry.text)) std::abort();
            if (property.type == PropertyType::address && !parse_address(entry.text)) std::abort();
        }
    }
    return 0;
}
