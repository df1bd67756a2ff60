#include "services/inventory/probe.hpp"

namespace waybill::inventory {

Probe::Probe(telemetry::Telemetry& telemetry) : telemetry_(telemetry) {
    auto& meter = telemetry.meter();
    const auto reservation = [&](std::string_view outcome) {
        return meter.counter("waybill.inventory.reservation", {{"waybill.outcome", outcome}});
    };
    reserved_ = reservation("reserved");
    insufficient_ = reservation("insufficient");
    released_ = reservation("released");
    shipped_ = reservation("shipped");
    low_products_ = meter.up_down_counter("waybill.inventory.low_stock.product.count");
}

struct Probe::Told {
    const Probe& probe;
    const TraceContext& trace;

    void operator()(const InventoryReserved& event) const {
        probe.reserved_.add(1, trace);
        of_order("waybill.inventory.reserved", "Stock reserved", event.order_id);
    }
    void operator()(const InventoryReservationFailed&) const { probe.insufficient_.add(1, trace); }
    void operator()(const InventoryReleased& event) const {
        probe.released_.add(1, trace);
        of_order("waybill.inventory.released", "Stock released", event.order_id);
    }
    void operator()(const InventoryShipped&) const { probe.shipped_.add(1, trace); }
    void operator()(const InventoryAdjusted& event) const {
        of_product("waybill.inventory.adjusted", "Stock adjusted", event.sku);
    }
    void operator()(const LowStockAlert& event) const {
        probe.low_products_.add(1);
        of_product("waybill.inventory.low_stock", "Stock is low", event.sku);
    }
    void operator()(const LowStockRearmed&) const { probe.low_products_.add(-1); }
    template <class E>
    void operator()(const E&) const {}

 private:
    void of_order(std::string_view name, std::string_view text, OrderId id) const {
        probe.telemetry_.log().event(name, text, {{"waybill.order.id", id.to_string()}}, trace);
    }
    void of_product(std::string_view name, std::string_view text, const std::string& sku) const {
        probe.telemetry_.log().event(name, text, {{"waybill.product.sku", sku}}, trace);
    }
};

void Probe::committed(const Event& event, const TraceContext& trace) const {
    std::visit(Told{*this, trace}, event);
}

}  // namespace waybill::inventory
