#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/terminal.hpp"
#include "chassis/base/error.hpp"

namespace waybill::app {

/// An order's journey as the API tells it, ready to be drawn.
struct JourneyView {
    struct Step {
        std::int64_t since_start_us = 0;
        std::string event_id;
        std::string causation_id;
        std::string service;
        std::string type;
        std::string detail;                          ///< stock moved, what was sent, or a sentence
        std::optional<std::int64_t> audit_seq = {};  ///< its record in the audit
    };
    std::string order_id;
    std::string order_number;
    std::string status;
    std::string correlation_id;
    std::vector<std::string> trace_ids;
    std::vector<Step> steps;  ///< in the order of happening
    std::size_t stock_movements = 0;
    std::size_t notifications = 0;
};

/// Of `GET /v1/orders/{id}/journey`.
Result<JourneyView> read_journey(std::string_view json);
/// Marks the steps that a page of `GET /v1/audit/events` holds.
void add_audit_records(JourneyView& journey, std::string_view events_json);
/// Whether the order has settled, and its notification is there.
bool is_complete(const JourneyView& journey);

/// The timeline, a line an element, without line breaks.
std::vector<std::string> draw_timeline(const JourneyView& journey, const TextStyle& style);

}  // namespace waybill::app
