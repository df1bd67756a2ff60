#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::load {

struct KnownOrder {
    Uuid id{};
    std::uint32_t customer = 0;  ///< index of whose it is
    MonoTime since{};            ///< when it came to be as it is
};

/// The orders that a lane has placed, so that later arrivals have something to act on. The newest
/// 65,536 of each kind; an order that was taken to be moved is not given out again.
class KnownOrders {
 public:
    /// A manual order waits for its confirmation; any other confirms itself.
    void placed(KnownOrder order, bool manual);
    void confirmed(KnownOrder order);

    /// Any of the newest, to read it. `random`: 64 uniform bits.
    std::optional<KnownOrder> any(std::uint64_t random) const;
    /// Confirm and ship get the oldest, and only one that has had two seconds to get there; cancel
    /// gets the newest, in whatever state it is.
    std::optional<KnownOrder> take_to_confirm(MonoTime now);
    std::optional<KnownOrder> take_to_ship(MonoTime now);
    std::optional<KnownOrder> take_to_cancel();

 private:
    static void keep(std::deque<KnownOrder>& orders, KnownOrder order);
    static std::optional<KnownOrder> oldest(std::deque<KnownOrder>& orders, MonoTime now);

    std::deque<KnownOrder> unconfirmed_;
    std::deque<KnownOrder> open_;
    std::vector<KnownOrder> recent_;  // a ring
    std::size_t next_recent_ = 0;
};

}  // namespace waybill::load
