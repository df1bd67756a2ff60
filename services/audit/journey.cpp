#include "services/audit/journey.hpp"

#include <algorithm>

#include "chassis/base/json.hpp"
#include "chassis/base/trace_context.hpp"
#include "services/audit/summary.hpp"

namespace waybill::audit {

namespace {

constexpr std::string_view role_prefix = "role:";

std::int64_t milliseconds(Duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

std::string_view service_of(std::string_view aggregate_type) {
    if (aggregate_type == "order") return "orders";
    if (aggregate_type == "notification") return "notifications";
    return "inventory";
}

/// The status that an order event leaves behind; empty for other events.
std::string_view status_after(std::string_view type) {
    if (type == "OrderCreated") return "Pending";
    if (type == "OrderReserved") return "Reserved";
    if (type == "OrderConfirmed") return "Confirmed";
    if (type == "OrderCancelled") return "Cancelled";
    if (type == "OrderShipped") return "Shipped";
    return {};
}

std::string_view movement_kind(std::string_view type) {
    if (type == "InventoryReserved") return "reserve";
    if (type == "InventoryReleased") return "release";
    if (type == "InventoryShipped") return "ship";
    return {};
}

bool belongs(const StoredEvent& event, const json::Value& data) {
    const std::string& type = event.meta.aggregate_type;
    if (type == "notification") return !data.text_at("userId").starts_with(role_prefix);
    return type == "order" || type == "reservation";
}

void put_texts(json::Writer& out, const json::Value& from,
               std::initializer_list<std::string_view> names) {
    for (const auto name : names)
        if (const json::Value* member = from.find(name)) out.key(name).value(*member);
}

/// An order's own data as it is; of stock and notifications what concerns the order's owner.
std::string shown_data(const StoredEvent& event, const json::Value& data) {
    if (event.meta.aggregate_type == "order") return event.data;
    std::string text;
    json::Writer out(text);
    out.begin_object();
    put_texts(out, data, {"notificationId", "type", "subject", "orderId", "reason"});
    if (const json::Value* lines = data.find("lines")) {
        out.key("lines").begin_array();
        for (const auto& line : lines->items()) {
            out.begin_object();
            put_texts(out, line, {"productId", "sku", "quantity", "requested"});
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
    return text;
}

Uuid uuid_at(const json::Value& data, std::string_view name) {
    return Uuid::parse(data.text_at(name)).value_or(Uuid{});
}

JourneyStep step_of(const StoredEvent& event, const json::Value& data, Timestamp started_at) {
    const EventMeta& meta = event.meta;
    JourneyStep step{.at = meta.occurred_at,
                     .since_start_ms = milliseconds(meta.occurred_at - started_at),
                     .service = std::string(service_of(meta.aggregate_type)),
                     .type = meta.type,
                     .event_id = meta.event_id,
                     .aggregate_type = meta.aggregate_type,
                     .aggregate_id = meta.aggregate_id,
                     .version = meta.aggregate_version,
                     .causation_id = meta.causation_id,
                     .actor = meta.actor,
                     .summary = summary_of(event),
                     .data = {shown_data(event, data)}};
    if (const auto trace = TraceContext::parse(meta.traceparent))
        step.trace_id = trace->trace_id_hex();
    return step;
}

void add_movements(Journey& journey, const StoredEvent& event, const json::Value& data) {
    const auto kind = movement_kind(event.meta.type);
    const json::Value* lines = data.find("lines");
    if (kind.empty() || lines == nullptr) return;
    for (const auto& line : lines->items()) {
        const json::Value* quantity = line.find("quantity");
        journey.stock_movements.push_back(
            {.product_id = uuid_at(line, "productId"),
             .sku = std::string(line.text_at("sku")),
             .kind = std::string(kind),
             .quantity = quantity != nullptr ? quantity->as_int64().value_or(0) : 0,
             .at = event.meta.occurred_at});
    }
}

void add_notification(Journey& journey, const StoredEvent& event, const json::Value& data) {
    JourneyNotification told{.id = event.meta.aggregate_id,
                             .type = std::string(data.text_at("type")),
                             .status = event.meta.type == "NotificationSent" ? "Sent" : "Failed",
                             .subject = std::string(data.text_at("subject")),
                             .at = event.meta.occurred_at};
    auto& all = journey.notifications;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == told.id; });
    if (known != all.end())
        *known = std::move(told);
    else
        all.push_back(std::move(told));
}

void add(Journey& journey, const StoredEvent& event) {
    const auto data = json::parse(event.data);
    if (!data || !belongs(event, data->root())) return;
    JourneyStep step = step_of(event, data->root(), journey.started_at);
    auto& traces = journey.trace_ids;
    if (step.trace_id && std::find(traces.begin(), traces.end(), *step.trace_id) == traces.end())
        traces.push_back(*step.trace_id);
    if (event.meta.aggregate_type == "notification") add_notification(journey, event, *data);
    add_movements(journey, event, data->root());
    if (const auto status = status_after(event.meta.type); !status.empty()) {
        journey.status = status;
        if (!journey.settled_at && status != "Pending") journey.settled_at = event.meta.occurred_at;
    }
    journey.steps.push_back(std::move(step));
}

}  // namespace

std::string customer_of(const StoredEvent& created) {
    const auto data = json::parse(created.data);
    return data ? std::string(data->text_at("customerId")) : std::string();
}

Journey journey_of(const StoredEvent& created, std::span<const StoredEvent> correlated) {
    Journey journey{.order_id = created.meta.aggregate_id,
                    .customer_id = customer_of(created),
                    .correlation_id = created.meta.correlation_id,
                    .started_at = created.meta.occurred_at};
    if (const auto data = json::parse(created.data))
        journey.order_number = data->text_at("orderNumber");
    std::vector<const StoredEvent*> events;
    for (const auto& event : correlated) events.push_back(&event);
    // Services record on their own, so the order of recording is not the order of happening.
    std::sort(events.begin(), events.end(), [](const auto* a, const auto* b) {
        return std::tie(a->meta.occurred_at, a->seq) < std::tie(b->meta.occurred_at, b->seq);
    });
    for (const auto* event : events) add(journey, *event);
    if (journey.settled_at)
        journey.duration_ms = milliseconds(*journey.settled_at - journey.started_at);
    return journey;
}

}  // namespace waybill::audit
