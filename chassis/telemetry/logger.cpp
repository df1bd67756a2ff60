#include "chassis/telemetry/logger.hpp"

#include <array>
#include <cstring>

#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/otlp_wire.hpp"

namespace waybill::telemetry {
namespace {

constexpr unsigned attributes_field = 6;

/// The fields, encoded; what does not fit is counted.
struct EncodedFields {
    std::array<char, RingLogger::attributes_bytes_max> bytes;  // not set: the first `used` count
    std::uint16_t used = 0;
    std::uint16_t dropped = 0;

    void add(const LogField& field) {
        char* end = std::visit(
            [&](const auto& value) {
                return wire::put_attribute(bytes.data() + used, bytes.data() + bytes.size(),
                                           attributes_field, field.name, value);
            },
            field.value);
        if (end != nullptr)
            used = static_cast<std::uint16_t>(end - bytes.data());
        else
            ++dropped;
    }
};

char* put_text(char* to, std::string_view text) {
    wire::copy(to, text.data(), text.size());
    return to + text.size();
}

}  // namespace

void RingLogger::write(Severity severity, std::string_view body, LogFields fields,
                       const TraceContext& trace, std::string_view event_name,
                       const std::source_location& where) {
    if (severity < least_) return;
    Producer& producer = recorder_.mine();
    std::uint32_t suppressed = 0;
    if (!sites_.admit(where, recorder_.env().monotonic(), suppressed)) {
        producer.tallies[service_].suppressed.add();
        return;
    }
    producer.tallies[service_].logged.add();
    EncodedFields encoded;
    for (const LogField& field : fields) encoded.add(field);
    if (suppressed != 0)
        encoded.add({attribute::waybill_log_suppressed, static_cast<std::int64_t>(suppressed)});
    body = body.substr(0, body_bytes_max);
    event_name = event_name.substr(0, body_bytes_max);
    const std::size_t size = sizeof(LogRecord) + event_name.size() + body.size() + encoded.used;
    char* to = recorder_.reserve(producer, Signal::log, service_, size);
    if (to == nullptr) return;
    const LogRecord record{
        .head = {Signal::log, static_cast<std::uint8_t>(severity), service_, trace},
        .dropped_attributes = encoded.dropped,
        .event_size = static_cast<std::uint16_t>(event_name.size()),
        .body_size = static_cast<std::uint16_t>(body.size()),
        .attributes_size = encoded.used,
        .line = where.line(),
        .file = where.file_name(),
        .time_us = recorder_.env().now().us};
    std::memcpy(to, &record, sizeof record);
    to = put_text(to + sizeof record, event_name);
    to = put_text(to, body);
    put_text(to, {encoded.bytes.data(), encoded.used});
    recorder_.hand_over(producer, size);
}

}  // namespace waybill::telemetry
