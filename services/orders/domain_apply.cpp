#include "services/orders/domain.hpp"

namespace waybill::orders {
namespace {

class Applier {
 public:
    Applier(State& state, Timestamp at) : state_(state), at_(at) {}

    void operator()(const OrderCreated& event) {
        Order order;
        order.id = event.order_id;
        order.order_number = event.order_number;
        order.customer_id = event.customer_id;
        order.currency = event.currency;
        order.confirmation = event.confirmation;
        order.items = event.items;
        order.total_amount = event.total_amount;
        order.note = event.note;
        order.metadata = event.metadata;
        order.created_at = event.created_at;
        order.deadline_at = event.deadline_at;
        order.correlation_id = event.correlation_id;
        order.trace_context = event.trace_context;
        order.version = 1;
        state_.numbers.insert(event.order_number);
        state_.orders.put(event.order_id, std::move(order));
    }
    void operator()(const OrderReserved& event) {
        Order& order = move(event.order_id, Status::reserved);
        order.reserved_at = at_;
        order.deadline_at = event.deadline_at;
    }
    void operator()(const OrderConfirmed& event) {
        move(event.order_id, Status::confirmed).confirmed_at = at_;
    }
    void operator()(const OrderShipped& event) {
        Order& order = move(event.order_id, Status::shipped);
        order.shipped_at = at_;
        order.tracking_number = event.tracking_number;
        order.carrier = event.carrier;
    }
    void operator()(const OrderCancelled& event) {
        Order& order = move(event.order_id, Status::cancelled);
        order.cancelled_at = at_;
        order.cancellation_reason = event.reason;
        order.cancellation_note = event.note;
    }

    void operator()(const ProductRemembered& event) {
        release_sku(event.product.product_id);
        state_.skus.put(event.product.sku, event.product.product_id);
        state_.catalog.put(event.product.product_id, event.product);
    }
    void operator()(const ProductForgotten& event) {
        release_sku(event.product.product_id);
        state_.catalog.put(event.product.product_id, event.product);
    }

 private:
    Order& move(OrderId id, Status to) {
        Order& order = state_.orders.change(id);
        order.status = to;
        order.deadline_at.reset();
        ++order.version;
        return order;
    }
    /// The sku that the product held until now is no longer its own; another product that took it
    /// over meanwhile keeps it.
    void release_sku(ProductId id) {
        const CatalogEntry* entry = state_.catalog.known(id) ? state_.catalog.find(id) : nullptr;
        if (!entry || !state_.skus.known(entry->sku)) return;
        const ProductId* holder = state_.skus.find(entry->sku);
        if (holder && *holder == id) state_.skus.erase(entry->sku);
    }
    State& state_;
    Timestamp at_;
};

}  // namespace

void apply(State& state, const Event& event, Timestamp occurred_at) {
    std::visit(Applier(state, occurred_at), event);
}

}  // namespace waybill::orders
