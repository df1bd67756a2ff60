#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/actor.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill {

/// What every event carries beside its data (`domain.md` "Events").
struct EventMeta {
    Uuid event_id{};
    std::string type;  ///< `OrderCreated`
    std::int32_t schema_version = 1;
    std::string aggregate_type;  ///< order, product, stock, reservation, notification, operator
    Uuid aggregate_id{};
    std::int64_t aggregate_version = 0;  ///< 1.. without gaps for an aggregate
    Timestamp occurred_at{};
    Uuid correlation_id{};
    Uuid causation_id{};
    Actor actor;
    std::string traceparent;
    std::string tracestate;
    std::string baggage;
    friend bool operator==(const EventMeta&, const EventMeta&) = default;
};

/// What a service's domain says of one of its events: static words, and whose it is.
struct EventIdentity {
    std::string_view type;
    std::string_view aggregate_type;
    Uuid aggregate_id{};
    /// Internal events change state and are never published, stored or versioned.
    bool published = true;
};

}  // namespace waybill
