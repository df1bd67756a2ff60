#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chassis/base/actor.hpp"
#include "chassis/base/raw_json.hpp"
#include "chassis/http/routes.hpp"
#include "services/audit/stored_event.hpp"

namespace waybill::audit {

/// One event of an order's life, wherever it happened.
struct JourneyStep {
    Timestamp at{};
    std::int64_t since_start_ms = 0;
    std::string service{};  ///< that published it
    std::string type{};
    Uuid event_id{};
    std::string aggregate_type{};
    Uuid aggregate_id{};
    std::int64_t version = 0;
    Uuid causation_id{};
    Actor actor{};
    std::optional<std::string> trace_id{};
    std::string summary{};
    RawJson data{};  ///< what the order's owner may see of it
};

/// Stock of the order that moved; the order's own quantities, no counters.
struct JourneyMovement {
    Uuid product_id{};
    std::string sku{};
    std::string kind{};  ///< reserve, release or ship
    std::int64_t quantity = 0;
    Timestamp at{};
};

struct JourneyNotification {
    Uuid id{};
    std::string type{};
    std::string status{};  ///< Sent or Failed
    std::string subject{};
    Timestamp at{};
};

/// Everything that happened to one order, in the order of happening.
struct Journey {
    Uuid order_id{};
    std::string order_number{};
    std::string customer_id{};
    std::string status{};  ///< as the last order event left it
    Uuid correlation_id{};
    std::vector<std::string> trace_ids{};
    std::vector<JourneyStep> steps{};
    std::vector<JourneyMovement> stock_movements{};
    std::vector<JourneyNotification> notifications{};
    Timestamp started_at{};
    std::optional<Timestamp> settled_at{};      ///< when it was no longer Pending
    std::optional<std::int64_t> duration_ms{};  ///< from start to settled
};

/// The journey that the events of the order's correlation make; `created` is its OrderCreated.
/// Events about other things that share the correlation (product stock, notices to operators)
/// are no part of it.
Journey journey_of(const StoredEvent& created, std::span<const StoredEvent> correlated);

/// Whose order it is, from the data of its OrderCreated.
std::string customer_of(const StoredEvent& created);

std::string to_json(const Journey& journey);
extern const http::Schema journey_schema;

}  // namespace waybill::audit
