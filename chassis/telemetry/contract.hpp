#pragma once
#include <cstdint>
#include <span>
#include <string_view>

/// The telemetry contract as the program knows it; `contract_table.cpp` is generated from
/// `contracts/telemetry.yaml`.
namespace waybill::telemetry {

enum class InstrumentKind : std::uint8_t { counter, up_down_counter, gauge, histogram };

struct Instrument {
    std::string_view name;
    InstrumentKind kind;
    std::string_view unit;           ///< UCUM: `s`, `By`, `{request}`
    std::span<const double> bounds;  ///< of a histogram's buckets
    std::string_view description;
};

enum class AttributeType : std::uint8_t { string_, int_, bool_, double_ };

struct Declared {
    std::string_view name;
    AttributeType type;
};

/// All, by rising name.
std::span<const Instrument> instruments();
std::span<const Declared> declared_attributes();
std::span<const std::string_view> declared_events();

/// Position in instruments(). An unknown name ends the process with a sentence on what to do.
std::size_t instrument_index(std::string_view name);

}  // namespace waybill::telemetry
