#pragma once
#include <array>
#include <unordered_set>

#include "app/check/sources.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::check {

/// The messages that consumers hold aside: waiting for another attempt, dead, or discarded by an
/// operator. Their effects are missing, and that is known.
class Letters {
 public:
    static sql::Result<Letters> load(const Sources& sources);

    /// This consumer holds the message.
    bool hold(Service consumer, const Uuid& message_id) const {
        return messages_.at(static_cast<std::size_t>(consumer)).contains(message_id);
    }
    /// Some consumer holds a message of this aggregate (order, reservation, product).
    bool concern(const Uuid& aggregate_id) const { return aggregates_.contains(aggregate_id); }
    std::size_t size() const;

 private:
    std::array<std::unordered_set<Uuid>, all_services.size()> messages_;
    std::unordered_set<Uuid> aggregates_;
};

}  // namespace waybill::check
