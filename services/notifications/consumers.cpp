#include "services/notifications/consumers.hpp"

#include <algorithm>

#include "chassis/base/json.hpp"
#include "services/notifications/events.hpp"

namespace waybill::notifications {

namespace {

/// A word of the wire as people read it: `out_of_stock` is "out of stock".
std::string readable(std::string_view word) {
    std::string text(word);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// What the event says in the fields that its templates may use.
Fields fields_of(const EventFields& event, const json::Value& data) {
    Fields fields;
    for (const auto& [name, sample] : event.samples) {
        const json::Value* member = data.find(name);
        if (member == nullptr || member->is_null()) continue;
        fields.emplace_back(
            name, name == "reason" ? readable(member->text()) : std::string(member->text()));
    }
    return fields;
}

Result<std::optional<Command>> request_of(const messaging::Message& message) {
    auto request = request_from_json(message.data);
    if (!request) return fail(std::move(request.error()));
    return TakeRequest{.event_id = message.meta.event_id,
                       .occurred_at = message.meta.occurred_at,
                       .content = std::move(request->content),
                       .external = {}};
}

}  // namespace

std::vector<std::string> consumed_events() {
    std::vector<std::string> types{"NotificationRequested"};
    for (const auto& event : known_events()) types.emplace_back(event.event);
    return types;
}

Result<std::optional<Command>> command_of(const messaging::Message& message) {
    if (message.meta.type == "NotificationRequested") return request_of(message);
    const EventFields* event = find_event(message.meta.type);
    if (event == nullptr) return std::nullopt;
    const auto data = json::parse(message.data);
    if (!data) return fail(data.error());
    Announce announce{.event_id = message.meta.event_id,
                      .occurred_at = message.meta.occurred_at,
                      .event = message.meta.type,
                      .recipient = std::string(operators),
                      .order_id = std::nullopt,
                      .fields = fields_of(*event, *data),
                      .external = {}};
    if (message.meta.type != "LowStockAlert") {
        announce.recipient = data->text_at("customerId");
        announce.order_id = Uuid::parse(data->text_at("orderId"));
        if (announce.recipient.empty()) return invalid("/customerId", "is required");
        if (!announce.order_id) return invalid("/orderId", "must be a UUID");
    }
    return announce;
}

}  // namespace waybill::notifications
