#include "services/notifications/notification.hpp"

#include <algorithm>

namespace waybill::notifications {

bool Preferences::permits(NotificationType type) const {
    switch (type) {
        case NotificationType::in_app:
            return in_app;
        case NotificationType::email:
            return email;
        case NotificationType::sms:
            return sms;
        case NotificationType::push:
            return push;
    }
    return false;
}

bool Preferences::has_address(NotificationType type) const {
    switch (type) {
        case NotificationType::in_app:
            return true;
        case NotificationType::email:
            return email_address.has_value();
        case NotificationType::sms:
            return phone.has_value();
        case NotificationType::push:
            return push_endpoint.has_value();
    }
    return false;
}

bool Viewer::sees(std::string_view user_id) const {
    if (!user_id.starts_with(role_prefix)) return user_id == subject;
    return std::find(roles.begin(), roles.end(), user_id.substr(role_prefix.size())) != roles.end();
}

std::vector<std::string> Viewer::user_ids() const {
    std::vector<std::string> ids{subject};
    for (const auto& role : roles) ids.push_back(std::string(role_prefix) + role);
    return ids;
}

}  // namespace waybill::notifications
