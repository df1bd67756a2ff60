#include "app/journey_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/json.hpp"
#include "chassis/base/time.hpp"

namespace waybill::app {
namespace {

constexpr json::Limits journey_limits{.bytes_max = std::size_t{16} << 20U};

std::string_view verb_of(std::string_view type) {
    if (type == "InventoryReserved") return "reserve";
    if (type == "InventoryReleased") return "release";
    if (type == "InventoryShipped") return "ship";
    return {};
}

std::string movements_of(std::string_view verb, const json::Value& data) {
    std::string text(verb);
    const auto* lines = data.find("lines");
    if (lines == nullptr) return text;
    std::string_view before = " ";
    for (const auto& line : lines->items()) {
        const auto* quantity = line.find("quantity");
        text += fmt::format("{}{} × {}", before, quantity != nullptr ? quantity->text() : "?",
                            line.text_at("sku"));
        before = ", ";
    }
    return text;
}

/// `2 × LAP-15, 2599.98 USD`
std::string ordered(const json::Value& data) {
    std::string text;
    if (const auto* items = data.find("items"))
        for (const auto& item : items->items())
            if (const auto* quantity = item.find("quantity"))
                text += fmt::format("{} × {}, ", quantity->text(), item.text_at("sku"));
    return text + fmt::format("{} {}", data.text_at("totalAmount"), data.text_at("currency"));
}

std::string detail_of(const json::Value& step) {
    const auto* data = step.find("data");
    if (data != nullptr) {
        const auto verb = verb_of(step.text_at("type"));
        if (!verb.empty()) return movements_of(verb, *data);
        if (step.text_at("type") == "OrderCreated") return ordered(*data);
        if (step.text_at("service") == "notifications")
            return fmt::format("{}: {}", data->text_at("type"), data->text_at("subject"));
    }
    return std::string(step.text_at("summary"));
}

/// The order's number stands above the timeline already.
std::string without_number(std::string text, const std::string& number) {
    for (const std::string& naming : {"Order " + number + " ", " for order " + number})
        if (const auto at = text.find(naming); at != std::string::npos)
            text.erase(at, naming.size());
    return text;
}

JourneyView::Step step_of(const json::Value& from, Timestamp started, const std::string& number) {
    JourneyView::Step step;
    const auto at = Timestamp::parse(from.text_at("at"));
    step.since_start_us = at ? (*at - started).count() : 0;
    step.event_id = from.text_at("eventId");
    step.causation_id = from.text_at("causationId");
    step.service = from.text_at("service");
    step.type = from.text_at("type");
    step.detail = without_number(detail_of(from), number);
    return step;
}

std::size_t count_at(const json::Value& from, std::string_view name) {
    const auto* list = from.find(name);
    return list == nullptr ? 0 : list->items().size();
}

}  // namespace

Result<JourneyView> read_journey(std::string_view text) {
    const auto document = json::parse(text, journey_limits);
    if (!document) return tl::unexpected(document.error());
    const json::Value& root = document->root();
    const auto started = Timestamp::parse(root.text_at("startedAt"));
    const auto* steps = root.find("steps");
    if (!started || steps == nullptr)
        return fail(Problem::bad_gateway, "the answer is no journey of an order");
    JourneyView journey;
    journey.order_id = root.text_at("orderId");
    journey.order_number = root.text_at("orderNumber");
    journey.status = root.text_at("status");
    journey.correlation_id = root.text_at("correlationId");
    if (const auto* traces = root.find("traceIds"))
        for (const auto& trace : traces->items()) journey.trace_ids.emplace_back(trace.text());
    for (const auto& step : steps->items())
        journey.steps.push_back(step_of(step, *started, journey.order_number));
    journey.stock_movements = count_at(root, "stockMovements");
    journey.notifications = count_at(root, "notifications");
    return journey;
}

void add_audit_records(JourneyView& journey, std::string_view events_json) {
    const auto document = json::parse(events_json, journey_limits);
    const auto* items = document ? document->find("items") : nullptr;
    if (items == nullptr) return;
    for (const auto& item : items->items()) {
        const auto* seq = item.find("seq");
        const auto step =
            std::find_if(journey.steps.begin(), journey.steps.end(),
                         [&](const auto& one) { return one.event_id == item.text_at("eventId"); });
        if (seq != nullptr && step != journey.steps.end()) step->audit_seq = seq->as_int64();
    }
}

bool is_complete(const JourneyView& journey) {
    return (journey.status == "Confirmed" || journey.status == "Cancelled") &&
           journey.notifications > 0;
}

}  // namespace waybill::app
