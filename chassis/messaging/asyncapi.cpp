#include "chassis/messaging/asyncapi.hpp"

#include <fmt/format.h>

#include <set>

#include "chassis/base/check.hpp"
#include "chassis/base/json_writer.hpp"
#include "chassis/messaging/envelope.hpp"

namespace waybill::messaging {
namespace {

constexpr std::string_view media_type = "application/vnd.masstransit+json";
constexpr std::string_view uuid_schema = R"({"type":"string","format":"uuid"})";
constexpr std::string_view time_schema = R"({"type":"string","format":"date-time"})";
constexpr std::string_view text_schema = R"({"type":"string"})";

constexpr std::string_view headers_schema =
    R"({"type":"object","description":"Beside the body, as transport headers",)"
    R"("required":["x-aggregate","x-seq"],"properties":{)"
    R"("traceparent":{"type":"string","description":"W3C Trace Context of the event's creation"},)"
    R"("MT-Activity-Id":{"type":"string","description":"The same, where MassTransit looks"},)"
    R"("tracestate":{"type":"string"},"baggage":{"type":"string"},)"
    R"("x-aggregate":{"type":"string","description":"aggregateType/aggregateId"},)"
    R"("x-seq":{"type":"integer","format":"int64","minimum":1,)"
    R"("description":"aggregateVersion: without gaps for one aggregate"}}})";

constexpr std::string_view envelope_schema =
    R"({"type":"object","description":"As MassTransit 8 writes it; names are read in any case",)"
    R"("required":["messageId","correlationId","conversationId","initiatorId","sourceAddress",)"
    R"("destinationAddress","messageType","message","sentTime","headers","host"],"properties":{)"
    R"("messageId":{"type":"string","format":"uuid","description":"The event's id"},)"
    R"("correlationId":{"type":"string","format":"uuid",)"
    R"("description":"Made with an order, kept for its whole life"},)"
    R"("conversationId":{"type":"string","format":"uuid"},)"
    R"("initiatorId":{"type":"string","format":"uuid",)"
    R"("description":"The command or event that caused this one"},)"
    R"("sourceAddress":{"type":"string"},"destinationAddress":{"type":"string"},)"
    R"("messageType":{"type":"array","minItems":1,"items":{"type":"string"}},)"
    R"("message":{"type":"object"},"sentTime":{"type":"string","format":"date-time"},)"
    R"("headers":{"type":"object"},"host":{"type":"object"}}})";

constexpr std::string_view actor_schema =
    R"({"type":"object","description":"Who did it: for display, never for authorisation",)"
    R"("required":["subject","client"],"properties":{"subject":{"type":"string"},)"
    R"("client":{"type":"string"}}})";

class Document {
 public:
    explicit Document(std::string& text) : out_(text) {}

    void write(const AsyncApiInfo& info, const std::vector<EventContract>& events) {
        out_.begin_object();
        out_.plain_key("asyncapi").string("3.0.0");
        out_.plain_key("info").begin_object();
        out_.plain_key("title").string(info.title);
        out_.plain_key("version").string(info.version);
        out_.plain_key("description")
            .string(
                "Every event of the platform. A field is only ever added, never changed: readers "
                "ignore what they do not know. Delivery is at least once; messageId tells a "
                "repetition.");
        out_.end_object();
        out_.plain_key("defaultContentType").string(media_type);
        write_each("channels", events, &Document::write_channel);
        out_.plain_key("operations").begin_object();
        for (const EventContract& event : events) write_operations(event);
        out_.end_object();
        out_.plain_key("components").begin_object();
        write_each("messages", events, &Document::write_message);
        out_.plain_key("schemas").begin_object();
        out_.plain_key("Envelope").raw(envelope_schema);
        out_.plain_key("Headers").raw(headers_schema);
        for (const EventContract& event : events) {
            out_.key(event.type);
            write_event_schema(event);
        }
        out_.end_object().end_object().end_object();
    }

 private:
    using Part = void (Document::*)(const EventContract&);

    void write_each(std::string_view name, const std::vector<EventContract>& events, Part part) {
        out_.plain_key(name).begin_object();
        for (const EventContract& event : events) {
            out_.key(event.type);
            (this->*part)(event);
        }
        out_.end_object();
    }

    void write_reference(std::string_view to) {
        out_.begin_object().plain_key("$ref").string(to).end_object();
    }

    void write_channel(const EventContract& event) {
        const std::string exchange = "Waybill.Contracts:" + event.type;
        out_.begin_object();
        out_.plain_key("address").string(exchange);
        out_.plain_key("description").string(event.doc);
        out_.plain_key("messages").begin_object().key(event.type);
        write_reference("#/components/messages/" + event.type);
        out_.end_object();
        out_.plain_key("bindings").begin_object().plain_key("amqp").begin_object();
        out_.plain_key("is").string("routingKey").plain_key("exchange").begin_object();
        out_.plain_key("name").string(exchange).plain_key("type").string("fanout");
        out_.plain_key("durable").boolean(true).plain_key("autoDelete").boolean(false);
        out_.end_object().plain_key("bindingVersion").string("0.3.0");
        out_.end_object().end_object().end_object();
    }

    void write_operations(const EventContract& event) {
        for (const std::string& service : event.publishers)
            write_operation(service, "send", event.type);
        for (const std::string& service : event.consumers)
            write_operation(service, "receive", event.type);
    }

    void write_operation(std::string_view service, std::string_view action, std::string_view type) {
        out_.key(fmt::format("{}.{}.{}", service, action, type)).begin_object();
        out_.plain_key("action").string(action);
        out_.plain_key("channel");
        write_reference(fmt::format("#/channels/{}", type));
        out_.plain_key("messages").begin_array();
        write_reference(fmt::format("#/channels/{}/messages/{}", type, type));
        out_.end_array().plain_key("tags").begin_array().begin_object();
        out_.plain_key("name").string(service).end_object().end_array().end_object();
    }

    void write_message(const EventContract& event) {
        out_.begin_object();
        out_.plain_key("name").string(event.type);
        out_.plain_key("summary").string(event.doc);
        out_.plain_key("contentType").string(media_type);
        out_.plain_key("headers");
        write_reference("#/components/schemas/Headers");
        out_.plain_key("payload").begin_object().plain_key("allOf").begin_array();
        write_reference("#/components/schemas/Envelope");
        out_.begin_object().plain_key("properties").begin_object();
        out_.plain_key("messageType").begin_object().plain_key("contains").begin_object();
        out_.plain_key("const").string("urn:message:Waybill.Contracts:" + event.type);
        out_.end_object().end_object();
        out_.plain_key("message");
        write_reference("#/components/schemas/" + event.type);
        out_.end_object().end_object().end_array().end_object();
        out_.plain_key("examples").begin_array().begin_object();
        out_.plain_key("name").string(event.type);
        out_.plain_key("headers").raw(envelope_headers(event.example));
        out_.plain_key("payload").raw(to_envelope(event.example));
        out_.end_object().end_array().end_object();
    }

    /// What stands in the envelope as `message`.
    void write_event_schema(const EventContract& event) {
        out_.begin_object();
        out_.plain_key("title").string(event.type);
        out_.plain_key("description").string(event.doc);
        out_.plain_key("type").string("object");
        out_.plain_key("required").begin_array();
        for (const std::string_view name :
             {"eventId", "type", "schemaVersion", "aggregateType", "aggregateId",
              "aggregateVersion", "occurredAt", "correlationId", "causationId", "data"})
            out_.string(name);
        out_.end_array().plain_key("properties").begin_object();
        out_.plain_key("eventId").raw(uuid_schema);
        out_.plain_key("type").begin_object().plain_key("const").string(event.type).end_object();
        out_.plain_key("schemaVersion").begin_object();
        out_.plain_key("const").number(event.version).end_object();
        out_.plain_key("aggregateType");
        if (event.aggregate_type.empty())
            out_.raw(text_schema);
        else
            out_.begin_object().plain_key("const").string(event.aggregate_type).end_object();
        out_.plain_key("aggregateId").raw(uuid_schema);
        out_.plain_key("aggregateVersion").begin_object().plain_key("type").string("integer");
        out_.plain_key("minimum").number(std::int64_t{1}).end_object();
        out_.plain_key("occurredAt").raw(time_schema);
        out_.plain_key("correlationId").raw(uuid_schema);
        out_.plain_key("causationId").raw(uuid_schema);
        out_.plain_key("actor").raw(actor_schema);
        out_.plain_key("traceparent").raw(text_schema);
        out_.plain_key("data").raw(event.data_schema);
        out_.end_object().end_object();
    }

    json::Writer out_;
};

}  // namespace

std::string asyncapi(const AsyncApiInfo& info, const std::vector<EventContract>& events) {
    std::set<std::string_view> types;
    for (const EventContract& event : events) CHECK(types.insert(event.type).second);
    std::string text;
    Document(text).write(info, events);
    return text;
}

}  // namespace waybill::messaging
