#pragma once
#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/base/table.hpp"
#include "chassis/messaging/relay.hpp"
#include "chassis/runtime/virtual_env.hpp"
#include "chassis/service/clockwork.hpp"
#include "chassis/service/consumer.hpp"
#include "chassis/service/tables.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/sqlite.hpp"

/// The smallest service there can be, for tests of the frame: counters that people and messages
/// add to.
namespace waybill::service::testing {

struct Counter {
    Uuid id{};
    std::int64_t value = 0;
    std::int64_t version = 0;
};
struct Add {
    Uuid id{};
    std::int64_t amount = 0;           ///< 0: nothing to do; negative: rejected
    std::optional<Duration> deadline;  ///< sets a timer
};
struct PassDeadline {
    Uuid id{};
};
struct Added {
    Uuid id{};
    std::int64_t amount = 0;
    std::optional<Timestamp> due_at;
};

struct CountersDomain {
    using Command = std::variant<Add, PassDeadline>;
    using Event = Added;
    struct State {
        Table<Uuid, Counter> counters;
        std::vector<TimerChange> timers;
    };
    using View = Counter;

    static Uuid id(const Command& c) {
        return std::visit([](const auto& one) { return one.id; }, c);
    }
    static Keys keys_of(const Command& c) {
        Keys keys;
        keys.change(0, id(c).raw());
        return keys;
    }
    static OutcomeOf<Event> decide(const State&, const Command& c, const Facts& facts) {
        if (const auto* passed = std::get_if<PassDeadline>(&c))
            return std::vector<Event>{{passed->id, 1'000, std::nullopt}};
        const auto& add = std::get<Add>(c);
        if (add.amount < 0) return Rejection(Problem::illegal_transition, "may not be negative");
        if (add.amount == 0) return Nothing{"zero"};
        return std::vector<Event>{
            {add.id, add.amount,
             add.deadline ? std::optional(facts.now + *add.deadline) : std::nullopt}};
    }
    static void apply(State& state, const Event& e, Timestamp) {
        if (state.counters.find(e.id) == nullptr) state.counters.put(e.id, {e.id, 0, 0});
        Counter& counter = state.counters.change(e.id);
        counter.value += e.amount;
        ++counter.version;
        state.timers.push_back({e.id, e.due_at});
    }
    static EventIdentity identify(const Event& e) { return {"Added", "counter", e.id}; }
    static std::int64_t version_of(const State& s, const Event& e) {
        return s.counters.at(e.id).version;
    }
    static std::string event_json(const Event& e) {
        return "{\"id\":\"" + e.id.to_string() + "\",\"amount\":" + std::to_string(e.amount) + "}";
    }
    static std::string_view command_name(const Command&) { return "Add"; }
    static Subject subject_of(const State& s, const Command& c, const Facts&) {
        const Counter* counter = s.counters.find(id(c));
        return {id(c), counter == nullptr ? 0 : counter->version};
    }
    static std::optional<View> view_of(const State& s, const Command& c, const Facts&) {
        const Counter* counter = s.counters.find(id(c));
        return counter == nullptr ? std::nullopt : std::optional(*counter);
    }
    static Uuid correlation_of(const State&, const Command&, const Facts&) { return {}; }
    static std::vector<TimerChange> timers_of(const State& s) { return s.timers; }
    static sql::Status load(sql::Session& session, const Keys& keys, State& state);
    static sql::Status save(sql::Session& session, const State& state);
};

inline constexpr std::array counter_columns{sql::Column{"id", sql::ColumnType::uuid},
                                            sql::Column{"value", sql::ColumnType::integer},
                                            sql::Column{"version", sql::ColumnType::integer}};
inline const sql::TableDef counters_table{"counters", counter_columns, 1};

/// The message's data is `{"id", "amount"}`.
Result<std::optional<CountersDomain::Command>> command_of(const messaging::Message& message);

/// A message about a counter, as another service would have published it.
messaging::MessagePtr message(const Uuid& id, std::int64_t version, std::string data);

}  // namespace waybill::service::testing
