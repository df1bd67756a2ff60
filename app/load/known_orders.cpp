#include "app/load/known_orders.hpp"

namespace waybill::load {
namespace {

constexpr std::size_t kept_max = 65'536;
constexpr std::size_t recent_max = 4'096;
constexpr Duration settling_time = std::chrono::seconds(2);

}  // namespace

void KnownOrders::placed(KnownOrder order, bool manual) {
    keep(manual ? unconfirmed_ : open_, order);
    if (recent_.size() < recent_max) {
        recent_.push_back(order);
        return;
    }
    recent_[next_recent_] = order;
    next_recent_ = (next_recent_ + 1) % recent_max;
}

void KnownOrders::confirmed(KnownOrder order) {
    keep(open_, order);
}

std::optional<KnownOrder> KnownOrders::any(std::uint64_t random) const {
    if (recent_.empty()) return std::nullopt;
    return recent_[random % recent_.size()];
}

std::optional<KnownOrder> KnownOrders::take_to_confirm(MonoTime now) {
    return oldest(unconfirmed_, now);
}

std::optional<KnownOrder> KnownOrders::take_to_ship(MonoTime now) {
    return oldest(open_, now);
}

std::optional<KnownOrder> KnownOrders::take_to_cancel() {
    auto& from = open_.empty() ? unconfirmed_ : open_;
    if (from.empty()) return std::nullopt;
    const KnownOrder order = from.back();
    from.pop_back();
    return order;
}

void KnownOrders::keep(std::deque<KnownOrder>& orders, KnownOrder order) {
    if (orders.size() >= kept_max) orders.pop_front();
    orders.push_back(order);
}

std::optional<KnownOrder> KnownOrders::oldest(std::deque<KnownOrder>& orders, MonoTime now) {
    if (orders.empty() || now < orders.front().since + settling_time) return std::nullopt;
    const KnownOrder order = orders.front();
    orders.pop_front();
    return order;
}

}  // namespace waybill::load
