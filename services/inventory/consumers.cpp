#include "services/inventory/consumers.hpp"

#include "services/orders/events.hpp"

namespace waybill::inventory {
namespace {

template <class Lines>
std::vector<WantedLine> wanted(const Lines& lines) {
    std::vector<WantedLine> all;
    all.reserve(lines.size());
    for (const auto& line : lines) all.push_back({line.product_id, line.quantity});
    return all;
}

struct Told {
    using Answer = std::optional<Command>;

    Answer operator()(const orders::OrderCreated& event) const {
        return ReserveStock{event.order_id, wanted(event.items)};
    }
    Answer operator()(const orders::OrderCancelled& event) const {
        return ReleaseStock{event.order_id, wanted(event.lines)};
    }
    Answer operator()(const orders::OrderShipped& event) const {
        return ShipStock{event.order_id, wanted(event.lines)};
    }
    template <class E>
    Answer operator()(const E&) const {
        return std::nullopt;
    }
};

}  // namespace

std::vector<std::string> consumed_events() {
    return {"OrderCreated", "OrderCancelled", "OrderShipped"};
}

Result<std::optional<Command>> command_of(const messaging::Message& message) {
    auto event = orders::event_from_json(message.meta.type, message.data);
    if (!event) return fail(std::move(event.error()));
    return std::visit(Told{}, *event);
}

}  // namespace waybill::inventory
