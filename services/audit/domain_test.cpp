#include "services/audit/domain.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace waybill::audit {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start{1'795'000'000'000'000};

class House {
 public:
    OutcomeOf<Event> run(const Command& command) {
        const Keys keys = keys_of(command);
        for (const auto& id : keys.of(events_key)) state.events.absent(*Uuid::from_bytes(id));
        for (const auto& id : keys.of(replays_key))
            state.replays.absent(ReplayId{*Uuid::from_bytes(id)});
        auto outcome = decide(state, command, Facts(now, {"admin", "test"}, ++seed_));
        if (auto* events = std::get_if<std::vector<Event>>(&outcome))
            for (const auto& event : *events) apply(state, event, now);
        return outcome;
    }
    State state;
    Timestamp now = start;

 private:
    std::uint64_t seed_ = 0;
};

AppendEvent event(std::uint64_t n, std::string data = "{}") {
    StoredEvent made;
    made.meta.event_id = Uuid::v7(start, n);
    made.meta.type = "OrderCreated";
    made.meta.aggregate_type = "order";
    made.meta.aggregate_id = Uuid::v7(start, 1000 + n);
    made.meta.aggregate_version = 1;
    made.meta.occurred_at = start;
    made.data = std::move(data);
    return {std::make_shared<const StoredEvent>(std::move(made))};
}

StartReplay hour_before(Timestamp to, bool dry_run) {
    return {.request = {.target = Target::inventory,
                        .selection = {.from = to - 1h, .to = to},
                        .dry_run = dry_run},
            .seq_max = 20,
            .nothing = false,
            .oldest = to - 1h};
}

Replay only_replay(const House& house) {
    return *house.state.replays.present().at(0);
}
Rejection rejection(const OutcomeOf<Event>& outcome) {
    return std::get<Rejection>(outcome);
}
std::string_view reason(const OutcomeOf<Event>& outcome) {
    return std::get<Nothing>(outcome).reason;
}

TEST(Appending, refuses_a_known_id_that_says_something_else) {
    House house;
    house.run(event(1, R"({"a":1})"));
    EXPECT_EQ(rejection(house.run(event(1, R"({"a":2})"))).problem, Problem::validation_failed);
}

TEST(Appending, keeps_an_event_once) {
    House house;
    house.run(event(1));
    house.now = house.now + 1h;
    EXPECT_EQ(reason(house.run(event(1))), "already_recorded");
    ASSERT_EQ(house.state.events.present().size(), 1U);
    EXPECT_EQ(house.state.events.present().at(0)->recorded_at, start);
}

RC_GTEST_PROP(Appending, keeps_every_event_once_however_often_it_comes, ()) {
    House house;
    std::map<std::uint64_t, int> sent;
    for (const auto n : *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange(0, 20))) {
        const bool first = ++sent[n] == 1;
        const auto outcome = house.run(event(n));
        RC_ASSERT(std::holds_alternative<std::vector<Event>>(outcome) == first);
    }
    RC_ASSERT(house.state.events.present().size() == sent.size());
}

TEST(Replaying, refuses_what_is_older_than_the_consumers_remember) {
    House house;
    auto old = hour_before(start, true);
    old.request.selection.from = start - 8 * 24h;
    EXPECT_EQ(rejection(house.run(old)).faults.at(0).pointer, "/from");
    StartReplay stream{.request = {.selection = {.stream_type = "order", .stream_id = Uuid{}}},
                       .seq_max = 9,
                       .nothing = false,
                       .oldest = start - 8 * 24h};
    EXPECT_EQ(rejection(house.run(stream)).faults.at(0).pointer, "/streamId");
}

TEST(Replaying, refuses_a_selection_that_is_neither_a_stream_nor_a_span) {
    House house;
    StartReplay none;
    EXPECT_EQ(rejection(house.run(none)).problem, Problem::validation_failed);
    auto half = hour_before(start, true);
    half.request.selection.to.reset();
    EXPECT_EQ(rejection(house.run(half)).problem, Problem::validation_failed);
    auto both = hour_before(start, true);
    both.request.selection.stream_type = "order";
    both.request.selection.stream_id = Uuid{};
    EXPECT_EQ(rejection(house.run(both)).problem, Problem::validation_failed);
    auto backwards = hour_before(start, true);
    std::swap(backwards.request.selection.from, backwards.request.selection.to);
    EXPECT_EQ(rejection(house.run(backwards)).faults.at(0).pointer, "/to");
}

TEST(Replaying, of_nothing_is_complete_at_once) {
    House house;
    auto empty = hour_before(start, false);
    empty.nothing = true;
    empty.oldest.reset();
    house.run(empty);
    EXPECT_EQ(only_replay(house).status, ReplayStatus::completed);
}

TEST(Replaying, is_an_operators_act_and_counts_before_it_delivers) {
    House house;
    const auto begun = std::get<std::vector<Event>>(house.run(hour_before(start, false)));
    EXPECT_EQ(std::get<OperatorActed>(begun.at(1)).action, "replay.started");
    const ReplayId id = only_replay(house).id;
    house.run(PassReplayProgress{id, ReplayStatus::counting, 0, 10, {3, 7, 0, 0}, false});
    EXPECT_EQ(only_replay(house).status, ReplayStatus::counting);
    EXPECT_EQ(reason(house.run(
                  PassReplayProgress{id, ReplayStatus::counting, 0, 10, {3, 7, 0, 0}, false})),
              "moved_on");
    house.run(PassReplayProgress{id, ReplayStatus::counting, 10, 20, {1, 9, 0, 0}, true});
    EXPECT_EQ(only_replay(house).status, ReplayStatus::delivering);
    EXPECT_EQ(only_replay(house).counted, (ReplayCounts{4, 16, 0, 0}));
    EXPECT_EQ(only_replay(house).seq_done, 0);
    house.run(PassReplayProgress{id, ReplayStatus::delivering, 0, 20, {4, 16, 0, 0}, true});
    EXPECT_EQ(only_replay(house).status, ReplayStatus::completed);
    EXPECT_EQ(only_replay(house).delivered, (ReplayCounts{4, 16, 0, 0}));
    EXPECT_EQ(reason(house.run(FailReplay{id, "late"})), "not_running");
}

TEST(Replaying, only_counts_in_a_dry_run) {
    House house;
    house.run(hour_before(start, true));
    const ReplayId id = only_replay(house).id;
    house.run(PassReplayProgress{id, ReplayStatus::counting, 0, 20, {1, 2, 3, 0}, true});
    EXPECT_EQ(only_replay(house).status, ReplayStatus::completed);
    EXPECT_EQ(only_replay(house).delivered, ReplayCounts{});
}

TEST(Replaying, ends_with_its_error) {
    House house;
    house.run(hour_before(start, false));
    house.run(FailReplay{only_replay(house).id, "the consumer is paused"});
    EXPECT_EQ(only_replay(house).status, ReplayStatus::failed);
    EXPECT_EQ(only_replay(house).error, "the consumer is paused");
    EXPECT_EQ(only_replay(house).version, 2);
}

}  // namespace
}  // namespace waybill::audit
