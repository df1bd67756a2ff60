#include "chassis/base/faults.hpp"
#include "services/inventory/domain.hpp"

namespace waybill::inventory {
namespace {

/// Copies what a definition is, from whatever carries one.
template <class From>
void define(Product& product, const From& from) {
    product.sku = from.sku;
    product.name = from.name;
    product.description = from.description;
    product.price = from.price;
    product.currency = from.currency;
    product.low_stock_threshold = from.low_stock_threshold;
}

class Applier {
 public:
    Applier(State& state, Timestamp at) : state_(state), at_(at) {}

    void operator()(const ProductCreated& event) {
        Product product;
        product.id = event.product_id;
        define(product, event);
        product.quantity = event.quantity;
        product.version = 1;
        product.stock_revision = 1;
        product.created_at = product.updated_at = at_;
        state_.skus.put(event.sku, event.product_id);
        const Product& added = state_.products.put(event.product_id, std::move(product));
        if (event.quantity > 0)
            record(added, event.movement_id, MovementKind::receive, event.quantity, event.actor);
    }
    void operator()(const ProductUpdated& event) {
        Product& product = state_.products.change(event.product_id);
        if (product.sku != event.sku) {
            release_sku(product);
            state_.skus.put(event.sku, event.product_id);
        }
        define(product, event);
        product.updated_at = at_;
        ++product.version;
    }
    void operator()(const ProductDeleted& event) {
        Product& product = state_.products.change(event.product_id);
        release_sku(product);
        product.deleted_at = product.updated_at = at_;
        ++product.version;
    }

    void operator()(const InventoryAdjusted& event) {
        Product& product = state_.products.change(event.product_id);
        product.quantity = event.new_quantity;
        product.updated_at = at_;
        ++product.stock_version;
        ++product.stock_revision;
        Movement& movement =
            record(product, event.movement_id, MovementKind::adjust, event.delta, event.actor);
        movement.reason = event.reason;
        movement.reference = event.reference;
    }
    void operator()(const LowStockAlert& event) {
        Product& product = state_.products.change(event.product_id);
        product.low_stock = true;
        ++product.stock_version;
    }
    void operator()(const LowStockRearmed& event) {
        state_.products.change(event.product_id).low_stock = false;
    }

    void operator()(const InventoryReserved& event) {
        Reservation reservation = begun(event, ReservationStatus::reserved, 1);
        for (const MovedLine& line : event.lines) {
            reservation.lines.push_back(
                {line.line_id, line.product_id, line.quantity, LineStatus::active});
            move(event, line, MovementKind::reserve, 0, line.quantity);
        }
        state_.reservations.put(event.order_id, std::move(reservation));
    }
    void operator()(const InventoryReservationFailed& event) {
        state_.reservations.put(event.order_id, begun(event, ReservationStatus::failed, 1));
    }
    void operator()(const ReservationRefused& event) {
        state_.reservations.put(event.order_id, begun(event, ReservationStatus::refused, 0));
    }
    void operator()(const InventoryReleased& event) {
        Reservation& reservation = state_.reservations.change(event.order_id);
        end(reservation, ReservationStatus::released, LineStatus::released);
        reservation.released_at = at_;
        for (const MovedLine& line : event.lines)
            move(
                event, line, MovementKind::release, 0,
                faults::planted(faults::Bug::double_release) ? -2 * line.quantity : -line.quantity);
    }
    void operator()(const InventoryShipped& event) {
        Reservation& reservation = state_.reservations.change(event.order_id);
        end(reservation, ReservationStatus::shipped, LineStatus::fulfilled);
        for (const MovedLine& line : event.lines)
            move(event, line, MovementKind::ship, -line.quantity, -line.quantity);
    }

 private:
    template <class E>
    Reservation begun(const E& event, ReservationStatus status, std::int64_t version) const {
        Reservation reservation;
        reservation.id = event.reservation_id;
        reservation.order_id = event.order_id;
        reservation.status = status;
        reservation.reserved_at = at_;
        reservation.version = version;
        return reservation;
    }
    static void end(Reservation& reservation, ReservationStatus status, LineStatus line_status) {
        reservation.status = status;
        ++reservation.version;
        for (ReservationLine& line : reservation.lines) line.status = line_status;
    }

    /// Moves the counters of a line's product, and writes it in the ledger. A reservation's stream
    /// that is folded alone has no products to move.
    template <class E>
    void move(const E& event, const MovedLine& line, MovementKind kind, std::int64_t on_hand,
              std::int64_t reserved) {
        if (!state_.products.known(line.product_id)) return;
        Product& product = state_.products.change(line.product_id);
        product.quantity += on_hand;
        product.reserved_quantity += reserved;
        ++product.stock_revision;
        record(product, line.movement_id, kind, line.quantity, event.actor).order_id =
            event.order_id;
    }
    Movement& record(const Product& product, Uuid id, MovementKind kind, std::int64_t quantity,
                     const Actor& actor) {
        Movement movement;
        movement.id = id;
        movement.product_id = product.id;
        movement.revision = product.stock_revision;
        movement.kind = kind;
        movement.quantity = quantity;
        movement.quantity_after = product.quantity;
        movement.reserved_after = product.reserved_quantity;
        movement.actor = actor;
        movement.at = at_;
        return state_.movements.emplace_back(std::move(movement));
    }
    void release_sku(const Product& product) {
        if (!state_.skus.known(product.sku)) return;
        const ProductId* holder = state_.skus.find(product.sku);
        if (holder && *holder == product.id) state_.skus.erase(product.sku);
    }

    State& state_;
    Timestamp at_;
};

}  // namespace

void apply(State& state, const Event& event, Timestamp occurred_at) {
    std::visit(Applier(state, occurred_at), event);
}

}  // namespace waybill::inventory
