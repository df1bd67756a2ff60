#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "services/notifications/domain.hpp"

/// The decisions of the domain, one for each command; `decide` dispatches to them.
namespace waybill::notifications {

using Outcome = OutcomeOf<Event>;
using Events = std::vector<Event>;

Outcome decide_one(const State& state, const Announce& c, const Facts& facts);
Outcome decide_one(const State& state, const TakeRequest& c, const Facts& facts);
Outcome decide_one(const State& state, const PostNotification& c, const Facts& facts);
Outcome decide_one(const State& state, const MarkRead& c, const Facts& facts);
Outcome decide_one(const State& state, const RetryNotification& c, const Facts& facts);
Outcome decide_one(const State& state, const PutPreferences& c, const Facts& facts);
Outcome decide_one(const State& state, const CreateTemplate& c, const Facts& facts);
Outcome decide_one(const State& state, const UpdateTemplate& c, const Facts& facts);
Outcome decide_one(const State& state, const DeleteTemplate& c, const Facts& facts);
Outcome decide_one(const State& state, const ClaimDelivery& c, const Facts& facts);
Outcome decide_one(const State& state, const RecordDelivery& c, const Facts& facts);
Outcome decide_one(const State& state, const RecordDeliveryFailure& c, const Facts& facts);

Rejection not_found(std::string_view what);
/// The 412 when `expected` is given and is not `current`.
std::optional<Rejection> version_fault(std::optional<std::int64_t> expected, std::int64_t current);
/// The user's preferences, or the defaults.
const Preferences& preferences_of(const State& state, const std::string& user_id);
/// The template of exactly this event, type and locale, or nullptr.
const Template* find_template(const State& state, const std::string& event, NotificationType type,
                              std::string_view locale);

}  // namespace waybill::notifications
