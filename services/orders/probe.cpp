#include "services/orders/probe.hpp"

#include <charconv>

namespace waybill::orders {
namespace {

/// From the order's creation, whose time its id holds.
double seconds_since(OrderId id, Timestamp now) {
    return std::chrono::duration<double>(now - id.value.time()).count();
}

double major_units(const Money& amount) {
    const std::string text = amount.to_string();
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

Probe::Probe(telemetry::Telemetry& telemetry) : telemetry_(telemetry) {
    auto& meter = telemetry.meter();
    const auto transition = [&](std::string_view to) {
        return meter.counter("waybill.order.transition", {{"waybill.order.to", to}});
    };
    pending_ = transition("pending");
    reserved_ = transition("reserved");
    confirmed_ = transition("confirmed");
    shipped_ = transition("shipped");
    for (const auto& reason : names(Type<CancelReason>{}))
        cancelled_.at(static_cast<std::size_t>(reason.value)) = meter.counter(
            "waybill.order.transition",
            {{"waybill.order.to", "cancelled"}, {"waybill.order.cancel_reason", reason.text}});
    settled_confirmed_ =
        meter.histogram("waybill.order.settle.duration", {{"waybill.order.to", "confirmed"}});
    settled_cancelled_ =
        meter.histogram("waybill.order.settle.duration", {{"waybill.order.to", "cancelled"}});
}

void Probe::log(std::string_view name, std::string_view text, OrderId id, const std::string& number,
                const TraceContext& trace) const {
    telemetry_.log().event(name, text,
                           {{"waybill.order.id", id.to_string()}, {"waybill.order.number", number}},
                           trace);
}

void Probe::created(const OrderCreated& event, const TraceContext& trace) const {
    pending_.add(1, trace);
    telemetry_.meter()
        .histogram("waybill.order.amount", {{"waybill.currency", event.currency.code()}})
        .record(major_units(event.total_amount), trace);
    log("waybill.order.created", "Order created", event.order_id, event.order_number, trace);
}

void Probe::confirmed(const OrderConfirmed& event, const Facts& facts,
                      const TraceContext& trace) const {
    confirmed_.add(1, trace);
    settled_confirmed_.record(seconds_since(event.order_id, facts.now), trace);
    log("waybill.order.confirmed", "Order confirmed", event.order_id, event.order_number, trace);
}

void Probe::cancelled(const OrderCancelled& event, const Facts& facts,
                      const TraceContext& trace) const {
    cancelled_.at(static_cast<std::size_t>(event.reason)).add(1, trace);
    if (event.previous_status == Status::pending)
        settled_cancelled_.record(seconds_since(event.order_id, facts.now), trace);
    log("waybill.order.cancelled", "Order cancelled", event.order_id, event.order_number, trace);
}

void Probe::committed(const Event& event, const Facts& facts, const TraceContext& trace) const {
    if (const auto* created_event = std::get_if<OrderCreated>(&event)) {
        created(*created_event, trace);
    } else if (std::holds_alternative<OrderReserved>(event)) {
        reserved_.add(1, trace);
    } else if (const auto* confirmed_event = std::get_if<OrderConfirmed>(&event)) {
        confirmed(*confirmed_event, facts, trace);
    } else if (const auto* cancelled_event = std::get_if<OrderCancelled>(&event)) {
        cancelled(*cancelled_event, facts, trace);
    } else if (const auto* shipped = std::get_if<OrderShipped>(&event)) {
        shipped_.add(1, trace);
        log("waybill.order.shipped", "Order shipped", shipped->order_id, shipped->order_number,
            trace);
    }
}

}  // namespace waybill::orders
