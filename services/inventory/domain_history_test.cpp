#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <tuple>

#include "services/inventory/domain_testing.hpp"

namespace waybill::inventory {
namespace {

using namespace testing;

/// One step of a random history: what, of which product, for which order, how much.
using Step = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::int8_t>;
constexpr int kinds = 7;

rc::Gen<std::vector<Step>> steps() {
    return rc::gen::container<std::vector<Step>>(rc::gen::tuple(
        rc::gen::inRange<std::uint8_t>(0, kinds), rc::gen::inRange<std::uint8_t>(0, 3),
        rc::gen::inRange<std::uint8_t>(0, 6), rc::gen::arbitrary<std::int8_t>()));
}

/// What the ledger says that a product's counters are.
struct Books {
    std::int64_t quantity = 0;
    std::int64_t reserved = 0;
};

void enter(Books& books, const Movement& movement) {
    switch (movement.kind) {
        case MovementKind::receive:
        case MovementKind::adjust:
            books.quantity += movement.quantity;
            break;
        case MovementKind::reserve:
            books.reserved += movement.quantity;
            break;
        case MovementKind::release:
            books.reserved -= movement.quantity;
            break;
        case MovementKind::ship:
            books.quantity -= movement.quantity;
            books.reserved -= movement.quantity;
            break;
    }
}

class Run {
 public:
    explicit Run(const std::vector<Step>& steps) {
        for (const auto* sku : {"A", "B", "C"})
            products.push_back(world.create(creation(sku, 50, 20)));
        for (const auto& one : steps) step(one);
    }
    /// Holds after every step, not only at the end.
    void assert_books() const {
        std::map<ProductId, Books> ledger;
        for (const Movement& movement : world.state.movements)
            enter(ledger[movement.product_id], movement);
        std::map<ProductId, std::int64_t> active;
        for (const Reservation* reservation : world.state.reservations.present())
            for (const ReservationLine& line : reservation->lines)
                if (line.status == LineStatus::active) active[line.product_id] += line.quantity;
        for (const Product* product : world.state.products.present()) {
            RC_ASSERT(product->reserved_quantity >= 0);
            RC_ASSERT(product->reserved_quantity <= product->quantity);
            RC_ASSERT(product->reserved_quantity == active[product->id]);
            RC_ASSERT(product->quantity == ledger[product->id].quantity);
            RC_ASSERT(product->reserved_quantity == ledger[product->id].reserved);
            if (!product->deleted())
                RC_ASSERT(product->low_stock ==
                          (product->available() < product->low_stock_threshold));
        }
    }
    World world;
    std::vector<ProductId> products;

 private:
    void step(const Step& one) {
        const auto& [kind, which, order, amount] = one;
        const ProductId id = products[which];
        const OrderId order_id = testing::order_id(order);
        const std::int64_t quantity = std::abs(std::int64_t{amount}) % 40 + 1;
        const std::vector<WantedLine> lines{{id, quantity}, {products[order % 3], quantity}};
        switch (kind) {
            case 0:
            case 1:
                world.submit(ReserveStock{order_id, lines});
                break;
            case 2:
                world.submit(ReleaseStock{order_id, every_product()});
                break;
            case 3:
                world.submit(ShipStock{order_id, every_product()});
                break;
            case 4:
                adjust(id, amount);
                break;
            case 5:
                redefine(id, quantity);
                break;
            default:
                if (amount == 0) world.submit(DeleteProduct{id, {}});
        }
        assert_books();
    }
    void adjust(ProductId id, std::int64_t amount) {
        AdjustStock command;
        command.product_id = id;
        command.delta = amount;
        world.submit(command);
    }
    void redefine(ProductId id, std::int64_t threshold) {
        UpdateProduct command;
        command.product_id = id;
        command.low_stock_threshold = threshold;
        world.submit(command);
    }
    std::vector<WantedLine> every_product() const {
        std::vector<WantedLine> lines;
        for (const ProductId id : products) lines.push_back({id, 1});
        return lines;
    }
};

RC_GTEST_PROP(StockHistories, keep_the_books_balanced_after_every_step, ()) {
    const Run run(*steps());
    run.assert_books();
}

RC_GTEST_PROP(StockHistories, number_each_aggregates_published_events_without_gaps, ()) {
    const Run run(*steps());
    State state;
    std::map<std::pair<std::string_view, Uuid>, std::int64_t> versions;
    for (const Event& event : run.world.history) {
        apply(state, event, noon);
        const EventIdentity identity = identify(event);
        if (!identity.published) continue;
        RC_ASSERT(version_of(state, event) ==
                  ++versions[std::pair(identity.aggregate_type, identity.aggregate_id)]);
    }
}

RC_GTEST_PROP(StockHistories, move_each_order_to_one_end_only, ()) {
    const Run run(*steps());
    std::map<OrderId, std::pair<int, int>> begun_and_ended;
    for (const Event& event : run.world.history) {
        if (const auto* reserved = std::get_if<InventoryReserved>(&event))
            ++begun_and_ended[reserved->order_id].first;
        if (const auto* released = std::get_if<InventoryReleased>(&event))
            ++begun_and_ended[released->order_id].second;
        if (const auto* shipped = std::get_if<InventoryShipped>(&event))
            ++begun_and_ended[shipped->order_id].second;
    }
    for (const auto& [id, times] : begun_and_ended) {
        RC_ASSERT(times.first == 1);
        RC_ASSERT(times.second <= 1);
    }
}

}  // namespace
}  // namespace waybill::inventory
