#include "chassis/messaging/envelope.hpp"

#include <algorithm>

#include "chassis/base/json.hpp"

namespace waybill::messaging {
namespace {

constexpr std::string_view urn_prefix = "urn:message:Waybill.Contracts:";

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// MassTransit's readers ignore letter case, and so do we.
const json::Value* find_any_case(const json::Value& object, std::string_view name) {
    for (const auto& member : object.members())
        if (same_letters(member.name, name)) return &member.value;
    return nullptr;
}

std::string text_of(const json::Value& object, std::string_view name) {
    const json::Value* value = find_any_case(object, name);
    return value != nullptr && value->is_string() ? std::string(value->text()) : std::string();
}

/// Reads members of one object, gathering what is missing or wrong.
class MemberReader {
 public:
    MemberReader(const json::Value& object, std::string path)
        : object_(object), path_(std::move(path)) {}

    std::string text(std::string_view name) {
        std::string value = text_of(object_, name);
        if (value.empty()) miss(name, "must be a non-empty string");
        return value;
    }
    Uuid uuid(std::string_view name) {
        auto id = Uuid::parse(text_of(object_, name));
        if (!id) miss(name, "must be a UUID");
        return id.value_or(Uuid{});
    }
    std::int64_t integer(std::string_view name, std::int64_t least) {
        const json::Value* value = find_any_case(object_, name);
        auto number = value != nullptr ? value->as_int64() : std::nullopt;
        if (!number || *number < least) miss(name, "must be an integer of at least 1");
        return number.value_or(least);
    }
    Timestamp time(std::string_view name) {
        auto at = Timestamp::parse(text_of(object_, name));
        if (!at) miss(name, "must be an RFC 3339 time");
        return at.value_or(Timestamp{});
    }
    std::vector<Fault>& faults() { return faults_; }

 private:
    void miss(std::string_view name, std::string message) {
        faults_.push_back({path_ + "/" + std::string(name), std::move(message)});
    }
    const json::Value& object_;
    std::string path_;
    std::vector<Fault> faults_;
};

void write_message(json::Writer& out, const Message& message) {
    const EventMeta& meta = message.meta;
    out.begin_object()
        .plain_key("eventId")
        .uuid(meta.event_id)
        .plain_key("type")
        .string(meta.type)
        .plain_key("schemaVersion")
        .number(meta.schema_version)
        .plain_key("aggregateType")
        .string(meta.aggregate_type)
        .plain_key("aggregateId")
        .uuid(meta.aggregate_id)
        .plain_key("aggregateVersion")
        .number(meta.aggregate_version)
        .plain_key("occurredAt")
        .time(meta.occurred_at)
        .plain_key("correlationId")
        .uuid(meta.correlation_id)
        .plain_key("causationId")
        .uuid(meta.causation_id);
    out.plain_key("actor").begin_object();
    out.plain_key("subject")
        .string(meta.actor.subject)
        .plain_key("client")
        .string(meta.actor.client);
    out.end_object();
    out.plain_key("traceparent").string(meta.traceparent);
    out.plain_key("data").raw(message.data.empty() ? "{}" : std::string_view(message.data));
    out.end_object();
}

void write_headers(json::Writer& out, const Message& message) {
    const EventMeta& meta = message.meta;
    out.begin_object();
    if (!meta.traceparent.empty())
        out.plain_key("traceparent")
            .string(meta.traceparent)
            .plain_key("MT-Activity-Id")
            .string(meta.traceparent);
    if (!meta.tracestate.empty()) out.plain_key("tracestate").string(meta.tracestate);
    if (!meta.baggage.empty()) out.plain_key("baggage").string(meta.baggage);
    if (!meta.aggregate_type.empty()) {
        out.plain_key("x-aggregate")
            .string(meta.aggregate_type + "/" + meta.aggregate_id.to_string());
        out.plain_key("x-seq").number(meta.aggregate_version);
    }
    out.end_object();
}

Result<EventMeta> read_meta(const json::Value& message) {
    MemberReader read(message, "/message");
    EventMeta meta;
    meta.event_id = read.uuid("eventId");
    meta.type = read.text("type");
    meta.schema_version = static_cast<std::int32_t>(read.integer("schemaVersion", 1));
    meta.aggregate_type = read.text("aggregateType");
    meta.aggregate_id = read.uuid("aggregateId");
    meta.aggregate_version = read.integer("aggregateVersion", 1);
    meta.occurred_at = read.time("occurredAt");
    meta.correlation_id = read.uuid("correlationId");
    meta.causation_id = read.uuid("causationId");
    if (const json::Value* actor = find_any_case(message, "actor"))
        meta.actor = {text_of(*actor, "subject"), text_of(*actor, "client")};
    meta.traceparent = text_of(message, "traceparent");
    if (!read.faults().empty()) {
        Error error(Problem::validation_failed, "the message is not an event of this platform");
        error.faults = std::move(read.faults());
        return fail(std::move(error));
    }
    return meta;
}

}  // namespace

std::string to_envelope(const Message& message) {
    const EventMeta& meta = message.meta;
    std::string text;
    text.reserve(message.data.size() + 1'024);
    json::Writer out(text);
    out.begin_object()
        .plain_key("messageId")
        .uuid(meta.event_id)
        .plain_key("correlationId")
        .uuid(meta.correlation_id)
        .plain_key("conversationId")
        .uuid(meta.correlation_id)
        .plain_key("initiatorId")
        .uuid(meta.causation_id)
        .plain_key("sourceAddress")
        .string("loopback://localhost/waybill")
        .plain_key("destinationAddress")
        .string("loopback://localhost/Waybill.Contracts:" + meta.type);
    out.plain_key("messageType")
        .begin_array()
        .string(std::string(urn_prefix) + meta.type)
        .end_array();
    out.plain_key("message");
    write_message(out, message);
    out.plain_key("sentTime").time(meta.occurred_at);
    out.plain_key("headers");
    write_headers(out, message);
    out.plain_key("host").begin_object();
    out.plain_key("assembly").string("waybill").plain_key("frameworkVersion").string("C++20");
    out.end_object();
    out.end_object();
    return text;
}

Result<Message> from_envelope(std::string_view text) {
    auto document = json::parse(text);
    if (!document) return tl::unexpected(std::move(document.error()));
    const json::Value& envelope = document->root();
    const json::Value* message = find_any_case(envelope, "message");
    if (message == nullptr || !message->is_object())
        return invalid("/message", "must be an object");
    auto meta = read_meta(*message);
    if (!meta) return tl::unexpected(std::move(meta.error()));
    if (const json::Value* headers = find_any_case(envelope, "headers")) {
        meta->tracestate = text_of(*headers, "tracestate");
        meta->baggage = text_of(*headers, "baggage");
        if (meta->traceparent.empty()) meta->traceparent = text_of(*headers, "traceparent");
    }
    const json::Value* data = find_any_case(*message, "data");
    if (data == nullptr || !data->is_object()) return invalid("/message/data", "must be an object");
    return Message{std::move(*meta), json::to_text(*data)};
}

std::string envelope_headers(const Message& message) {
    std::string text;
    json::Writer out(text);
    write_headers(out, message);
    return text;
}

}  // namespace waybill::messaging
