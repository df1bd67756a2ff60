#include "chassis/telemetry/otlp_json.hpp"

#include <bit>
#include <string>

#include "chassis/base/hex.hpp"
#include "chassis/telemetry/otlp_reader.hpp"

namespace waybill::telemetry {
namespace {

using wire::Fields;

/// Bytes of the UTF-8 character at the front, 0 when there is none (RFC 3629).
std::size_t character_size(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
    };
    const auto follows = [&](std::size_t at, std::uint8_t low = 0x80, std::uint8_t high = 0xbf) {
        return byte(at) >= low && byte(at) <= high;
    };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const std::uint8_t low = first == 0xe0 ? 0xa0 : 0x80;
        const std::uint8_t high = first == 0xed ? 0x9f : 0xbf;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const std::uint8_t low = first == 0xf0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xf4 ? 0x8f : 0xbf;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

void write_hex(json::Writer& json, std::string_view bytes) {
    std::string text;
    hex::append(text, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    json.string(text);
}

void write_int64_text(json::Writer& json, std::uint64_t value) {
    json.string(std::to_string(value));
}

void write_any_value(json::Writer& json, std::string_view any_value) {
    json.begin_object();
    for (Fields field(any_value); field.next();) {
        if (field.number() == 1) write_text(json.plain_key("stringValue"), field.bytes());
        if (field.number() == 2) json.plain_key("boolValue").boolean(field.value() != 0);
        if (field.number() == 3)
            json.plain_key("intValue")
                .string(std::to_string(static_cast<std::int64_t>(field.value())));
        if (field.number() == 4)
            json.plain_key("doubleValue").number(std::bit_cast<double>(field.value()));
    }
    json.end_object();
}

void write_attributes(json::Writer& json, std::string_view message, unsigned number) {
    json.plain_key("attributes").begin_array();
    for (Fields field(message); field.next();) {
        if (field.number() != number) continue;
        json.begin_object();
        for (Fields pair(field.bytes()); pair.next();) {
            if (pair.number() == 1) write_text(json.plain_key("key"), pair.bytes());
            if (pair.number() == 2) write_any_value(json.plain_key("value"), pair.bytes());
        }
        json.end_object();
    }
    json.end_array();
}

void write_links(json::Writer& json, std::string_view span) {
    bool any = false;
    for (Fields field(span); field.next();) {
        if (field.number() != 13) continue;
        if (!any) json.plain_key("links").begin_array();
        any = true;
        json.begin_object();
        for (Fields link(field.bytes()); link.next();) {
            if (link.number() == 1) write_hex(json.plain_key("traceId"), link.bytes());
            if (link.number() == 2) write_hex(json.plain_key("spanId"), link.bytes());
            if (link.number() == 6) json.plain_key("flags").number(link.value());
        }
        json.end_object();
    }
    if (any) json.end_array();
}

/// The Status fields merged, as protobuf does with a repeated single message.
void write_status(json::Writer& json, std::string_view span) {
    std::string_view message;
    std::uint64_t code = 0;
    for (Fields field(span); field.next();) {
        if (field.number() != 15) continue;
        for (Fields status(field.bytes()); status.next();) {
            if (status.number() == 2) message = status.bytes();
            if (status.number() == 3) code = status.value();
        }
    }
    json.plain_key("status").begin_object();
    if (!message.empty()) write_text(json.plain_key("message"), message);
    if (code != 0) json.plain_key("code").number(code);
    json.end_object();
}

void write_span_field(json::Writer& json, const Fields& field) {
    switch (field.number()) {
        case 1:
            write_hex(json.plain_key("traceId"), field.bytes());
            break;
        case 2:
            write_hex(json.plain_key("spanId"), field.bytes());
            break;
        case 4:
            write_hex(json.plain_key("parentSpanId"), field.bytes());
            break;
        case 5:
            write_text(json.plain_key("name"), field.bytes());
            break;
        case 6:
            json.plain_key("kind").number(field.value());
            break;
        case 7:
            write_int64_text(json.plain_key("startTimeUnixNano"), field.value());
            break;
        case 8:
            write_int64_text(json.plain_key("endTimeUnixNano"), field.value());
            break;
        case 10:
            json.plain_key("droppedAttributesCount").number(field.value());
            break;
        case 14:
            json.plain_key("droppedLinksCount").number(field.value());
            break;
        case 16:
            json.plain_key("flags").number(field.value());
            break;
        default:
            break;
    }
}

void write_log_field(json::Writer& json, const Fields& field) {
    switch (field.number()) {
        case 1:
            write_int64_text(json.plain_key("timeUnixNano"), field.value());
            break;
        case 2:
            json.plain_key("severityNumber").number(field.value());
            break;
        case 3:
            write_text(json.plain_key("severityText"), field.bytes());
            break;
        case 5:
            write_any_value(json.plain_key("body"), field.bytes());
            break;
        case 7:
            json.plain_key("droppedAttributesCount").number(field.value());
            break;
        case 8:
            json.plain_key("flags").number(field.value());
            break;
        case 9:
            write_hex(json.plain_key("traceId"), field.bytes());
            break;
        case 10:
            write_hex(json.plain_key("spanId"), field.bytes());
            break;
        case 11:
            write_int64_text(json.plain_key("observedTimeUnixNano"), field.value());
            break;
        case 12:
            write_text(json.plain_key("eventName"), field.bytes());
            break;
        default:
            break;
    }
}

}  // namespace

void write_text(json::Writer& json, std::string_view text) {
    std::size_t good = 0;
    while (good < text.size()) {
        const std::size_t size = character_size(text.substr(good));
        if (size == 0) break;
        good += size;
    }
    if (good == text.size()) {
        json.string(text);
        return;
    }
    std::string mended(text.substr(0, good));
    for (text.remove_prefix(good); !text.empty();) {
        const std::size_t size = character_size(text);
        mended.append(size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size));
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    json.string(mended);
}

void write_plain_value(json::Writer& json, std::string_view any_value) {
    Fields field(any_value);
    if (!field.next())
        json.null();
    else if (field.number() == 1)
        write_text(json, field.bytes());
    else if (field.number() == 2)
        json.boolean(field.value() != 0);
    else if (field.number() == 3)
        json.number(static_cast<std::int64_t>(field.value()));
    else
        json.number(std::bit_cast<double>(field.value()));
}

void write_span(json::Writer& json, std::string_view span) {
    json.begin_object();
    for (Fields field(span); field.next();) write_span_field(json, field);
    write_attributes(json, span, 9);
    write_links(json, span);
    write_status(json, span);
    json.end_object();
}

void write_log_record(json::Writer& json, std::string_view log_record) {
    json.begin_object();
    for (Fields field(log_record); field.next();) write_log_field(json, field);
    write_attributes(json, log_record, 6);
    json.end_object();
}

void write_resource(json::Writer& json, const Resource& resource) {
    json.plain_key("resource").begin_object().plain_key("attributes").begin_array();
    for (const auto& [name, value] : resource.attributes) {
        json.begin_object();
        write_text(json.plain_key("key"), name);
        json.plain_key("value").begin_object();
        if (const auto* text = std::get_if<std::string>(&value))
            write_text(json.plain_key("stringValue"), *text);
        else
            json.plain_key("intValue").string(std::to_string(std::get<std::int64_t>(value)));
        json.end_object().end_object();
    }
    json.end_array().end_object();
}

void write_scope(json::Writer& json, std::string_view version) {
    json.plain_key("scope").begin_object().plain_key("name").string("waybill");
    json.plain_key("version").string(version).end_object();
}

}  // namespace waybill::telemetry
