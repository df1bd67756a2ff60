#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/service/domain_port.hpp"
#include "services/inventory/domain.hpp"
#include "services/inventory/store.hpp"

namespace waybill::inventory {

/// This service as the frame drives it (`chassis/service/domain_of.hpp`).
struct InventoryDomain {
    using Command = inventory::Command;
    using Event = inventory::Event;
    using State = inventory::State;
    using View = Product;  ///< of commands that people wait for

    static Keys keys_of(const Command& c) { return inventory::keys_of(c); }
    static OutcomeOf<Event> decide(const State& s, const Command& c, const Facts& f) {
        return inventory::decide(s, c, f);
    }
    static void apply(State& s, const Event& e, Timestamp at) { inventory::apply(s, e, at); }
    static EventIdentity identify(const Event& e) { return inventory::identify(e); }
    static std::int64_t version_of(const State& s, const Event& e) {
        return inventory::version_of(s, e);
    }
    static std::string event_json(const Event& e) { return to_json(e); }
    static std::string_view command_name(const Command& c) { return inventory::command_name(c); }
    static service::Subject subject_of(const State&, const Command&, const Facts&);
    static std::optional<View> view_of(const State&, const Command&, const Facts&);
    /// What an order causes goes by the order's.
    static Uuid correlation_of(const State&, const Command&, const Facts&) { return {}; }
    static std::vector<service::TimerChange> timers_of(const State&) { return {}; }
    static sql::Status load(sql::Session& session, const Keys& keys, State& s) {
        return inventory::load(session, keys, s);
    }
    static sql::Status save(sql::Session& session, const State& s) {
        return inventory::save(session, s);
    }
};

}  // namespace waybill::inventory
