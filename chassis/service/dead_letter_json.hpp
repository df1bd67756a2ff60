#pragma once
#include <string>
#include <string_view>

#include "chassis/messaging/deliveries.hpp"
#include "chassis/messaging/operator_acted.hpp"
#include "chassis/service/dead_letters.hpp"

namespace waybill::service {

/// A dead letter as operators see it (`api.md`, Resources).
std::string to_json(const messaging::DeliveryRow& row, std::string_view service);
/// The data of the event.
std::string to_json(const messaging::OperatorActed& act);

Result<ReplayByFilter> read_replay_by_filter(std::string_view body);
Result<DiscardLetter> read_discard(std::string_view body);
Result<EditLetter> read_edit(std::string_view body);

std::string dead_letter_schema();
std::string replay_by_filter_schema();
std::string discard_schema();
std::string edit_schema();

}  // namespace waybill::service
