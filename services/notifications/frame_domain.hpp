#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chassis/service/domain_port.hpp"
#include "services/notifications/domain.hpp"
#include "services/notifications/store.hpp"

namespace waybill::notifications {

/// This service as the frame drives it (`chassis/service/domain_of.hpp`).
struct NotificationsDomain {
    using Command = notifications::Command;
    using Event = notifications::Event;
    using State = notifications::State;
    using View = std::variant<Notification, Preferences, Template>;

    static Keys keys_of(const Command& c) { return notifications::keys_of(c); }
    static OutcomeOf<Event> decide(const State& s, const Command& c, const Facts& f) {
        return notifications::decide(s, c, f);
    }
    static void apply(State& s, const Event& e, Timestamp at) { notifications::apply(s, e, at); }
    static EventIdentity identify(const Event& e) { return notifications::identify(e); }
    static std::int64_t version_of(const State& s, const Event& e) {
        return notifications::version_of(s, e);
    }
    static std::string event_json(const Event& e) { return to_json(e); }
    static std::string_view command_name(const Command& c) {
        return notifications::command_name(c);
    }
    static service::Subject subject_of(const State&, const Command&, const Facts&);
    static std::optional<View> view_of(const State&, const Command&, const Facts&);
    static Uuid correlation_of(const State&, const Command&, const Facts&) { return {}; }
    static std::vector<service::TimerChange> timers_of(const State&) { return {}; }
    static sql::Status load(sql::Session& session, const Keys& keys, State& s) {
        return notifications::load(session, keys, s);
    }
    static sql::Status save(sql::Session& session, const State& s) {
        return notifications::save(session, s);
    }
};

}  // namespace waybill::notifications
