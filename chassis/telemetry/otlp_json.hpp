#pragma once
#include <string>
#include <string_view>

#include "chassis/base/json_writer.hpp"
#include "chassis/telemetry/resource.hpp"

namespace waybill::telemetry {

/// Text for JSON: bytes that are not UTF-8 become U+FFFD.
void write_text(json::Writer& json, std::string_view text);

/// An OTLP AnyValue message as plain JSON (`"text"`, `3`, `true`).
void write_plain_value(json::Writer& json, std::string_view any_value);

/// OTLP messages in the OTLP JSON encoding: lowerCamelCase names, hex ids, enums as numbers,
/// 64-bit integers as strings.
void write_span(json::Writer& json, std::string_view span);
void write_log_record(json::Writer& json, std::string_view log_record);
void write_resource(json::Writer& json, const Resource& resource);
/// The `scope` member of the platform's spans and records.
void write_scope(json::Writer& json, std::string_view version);

}  // namespace waybill::telemetry
