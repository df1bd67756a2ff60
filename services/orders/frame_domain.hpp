#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/service/domain_port.hpp"
#include "services/orders/domain.hpp"
#include "services/orders/store.hpp"

namespace waybill::orders {

/// This service as the frame drives it (`chassis/service/domain_of.hpp`).
struct OrdersDomain {
    using Command = orders::Command;
    using Event = orders::Event;
    using State = orders::State;
    using View = Order;  ///< of commands that people wait for

    static Keys keys_of(const Command& c, const Facts& f) { return orders::keys_of(c, f); }
    static OutcomeOf<Event> decide(const State& s, const Command& c, const Facts& f) {
        return orders::decide(s, c, f);
    }
    static void apply(State& s, const Event& e, Timestamp at) { orders::apply(s, e, at); }
    static EventIdentity identify(const Event& e) { return orders::identify(e); }
    static std::int64_t version_of(const State& s, const Event& e) {
        return orders::version_of(s, e);
    }
    static std::string event_json(const Event& e) { return to_json(e); }
    static std::string_view command_name(const Command& c) { return orders::command_name(c); }
    static service::Subject subject_of(const State&, const Command&, const Facts&);
    static std::optional<View> view_of(const State&, const Command&, const Facts&);
    /// The order's own, kept for its whole life.
    static Uuid correlation_of(const State&, const Command&, const Facts&);
    /// The order's first trace.
    static std::string origin_of(const State&, const Command&, const Facts&);
    static std::vector<service::TimerChange> timers_of(const State&);
    static sql::Status load(sql::Session& session, const Keys& keys, State& s) {
        return orders::load(session, keys, s);
    }
    static sql::Status save(sql::Session& session, const State& s) {
        return orders::save(session, s);
    }
};

}  // namespace waybill::orders
