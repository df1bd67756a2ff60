#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chassis/service/domain_port.hpp"
#include "services/audit/domain.hpp"
#include "services/audit/store.hpp"

namespace waybill::audit {

/// This service as the frame drives it (`chassis/service/domain_of.hpp`).
struct AuditDomain {
    using Command = audit::Command;
    using Event = audit::Event;
    using State = audit::State;
    using View = Replay;

    static Keys keys_of(const Command& c) { return audit::keys_of(c); }
    static OutcomeOf<Event> decide(const State& s, const Command& c, const Facts& f) {
        return audit::decide(s, c, f);
    }
    static void apply(State& s, const Event& e, Timestamp at) { audit::apply(s, e, at); }
    static EventIdentity identify(const Event& e) { return audit::identify(e); }
    static std::int64_t version_of(const State& s, const Event& e) {
        return audit::version_of(s, e);
    }
    static std::string event_json(const Event& e) { return to_json(e); }
    static std::string_view command_name(const Command& c) { return audit::command_name(c); }
    static service::Subject subject_of(const State&, const Command&, const Facts&);
    static std::optional<View> view_of(const State&, const Command&, const Facts&);
    static Uuid correlation_of(const State&, const Command&, const Facts&) { return {}; }
    static std::vector<service::TimerChange> timers_of(const State&) { return {}; }
    static sql::Status load(sql::Session& session, const Keys& keys, State& s) {
        return audit::load(session, keys, s);
    }
    static sql::Status save(sql::Session& session, const State& s) {
        return audit::save(session, s);
    }
};

}  // namespace waybill::audit
