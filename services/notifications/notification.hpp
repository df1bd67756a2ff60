#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/names.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::notifications {

using NotificationId = Id<struct NotificationTag>;

/// By which way a notification reaches its recipient.
enum class NotificationType : std::uint8_t { in_app, email, sms, push };
inline constexpr NotificationType all_types[] = {NotificationType::in_app, NotificationType::email,
                                                 NotificationType::sms, NotificationType::push};

/// Queued → Sending → Sent | Failed → … | Dead; Skipped when it may not or cannot be sent.
enum class Delivery : std::uint8_t { queued, sending, sent, failed, dead, skipped };

constexpr auto names(Type<NotificationType>) {
    return words<NotificationType>({{NotificationType::in_app, "InApp"},
                                    {NotificationType::email, "Email"},
                                    {NotificationType::sms, "SMS"},
                                    {NotificationType::push, "Push"}});
}
constexpr auto names(Type<Delivery>) {
    return words<Delivery>({{Delivery::queued, "Queued"},
                            {Delivery::sending, "Sending"},
                            {Delivery::sent, "Sent"},
                            {Delivery::failed, "Failed"},
                            {Delivery::dead, "Dead"},
                            {Delivery::skipped, "Skipped"}});
}

/// Types whose channel is outside this process: they are queued and claimed by lease. All others
/// are sent in the transaction that makes them.
class TypeSet {
 public:
    TypeSet() = default;
    TypeSet(std::initializer_list<NotificationType> types) {
        for (const NotificationType type : types)
            bits_ = static_cast<std::uint8_t>(bits_ | bit(type));
    }
    bool has(NotificationType type) const { return (bits_ & bit(type)) != 0; }

 private:
    static unsigned bit(NotificationType type) { return 1U << static_cast<unsigned>(type); }
    std::uint8_t bits_ = 0;
};

/// What is said, to whom, by which way.
struct Content {
    std::string user_id{};  ///< a subject, or `role:<role>`
    NotificationType type = NotificationType::in_app;
    std::string subject{};
    std::string body{};
    std::optional<Uuid> order_id{};
    friend bool operator==(const Content&, const Content&) = default;
};

struct Notification {
    NotificationId id{};
    Content content{};
    std::optional<std::string> event{};  ///< what caused it; none when an operator wrote it
    Delivery status = Delivery::queued;
    std::int64_t attempts = 0;
    std::optional<std::string> reason{};  ///< why it was skipped, or why the last attempt failed
    std::optional<Timestamp> next_attempt_at{};  ///< of a failed one
    std::optional<Timestamp> lease_until{};      ///< of one that is being sent
    Timestamp created_at{};
    std::optional<Timestamp> sent_at{};
    std::optional<Timestamp> read_at{};
    std::int64_t version = 0;        ///< counts every change
    std::int64_t event_version = 0;  ///< counts the published events
};

/// What a user wants to hear, and where. A user without a row has these defaults, at version 1.
struct Preferences {
    std::string user_id{};
    bool in_app = true;
    bool email = false;
    bool sms = false;
    bool push = false;
    std::optional<std::string> email_address{};
    std::optional<std::string> phone{};
    std::optional<std::string> push_endpoint{};
    std::string locale = "en";
    std::int64_t version = 1;

    bool permits(NotificationType type) const;
    /// InApp needs no address.
    bool has_address(NotificationType type) const;
};

/// Who looks at notifications: sees its own and those of the roles it holds.
struct Viewer {
    std::string subject{};
    std::vector<std::string> roles{};  ///< `operator` is among them for an admin

    bool sees(std::string_view user_id) const;
    /// The user ids it sees: its own first.
    std::vector<std::string> user_ids() const;
};

/// The prefix of a user id that names a role. No subject may begin with it.
inline constexpr std::string_view role_prefix = "role:";
inline constexpr std::string_view operators = "role:operator";

}  // namespace waybill::notifications
