#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/notifications/notification.hpp"

namespace waybill::notifications {

using TemplateId = Id<struct TemplateTag>;

/// The words of an event that templates may use: name and value.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// What is said about an event by one way in one language. At most one for each of these three.
struct Template {
    TemplateId id{};
    std::string event{};
    NotificationType type = NotificationType::in_app;
    std::string locale = "en";
    std::string name{};
    std::string subject{};
    std::string body{};
    bool enabled = true;
    std::int64_t version = 1;
    Timestamp created_at{};
    Timestamp updated_at{};
};

/// An event that can be told, and the fields its templates may use, with values for a preview.
struct EventFields {
    std::string_view event{};
    std::span<const std::pair<std::string_view, std::string_view>> samples{};
};
std::span<const EventFields> known_events();
/// The event of that name, or nullptr.
const EventFields* find_event(std::string_view event);

/// What is wrong with a template's text, in a sentence; nothing when it is good. `{{name}}` stands
/// for a field, escaped for HTML; `{{{name}}}` for the field as it is. There is no other syntax.
std::optional<std::string> fault_in(std::string_view text, const EventFields& event);
/// The text with its fields filled in; an absent field is empty.
std::string render(std::string_view text, const Fields& fields);

}  // namespace waybill::notifications
