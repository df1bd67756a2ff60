#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/load/mix.hpp"
#include "app/load/slo.hpp"
#include "app/load/units.hpp"

namespace waybill::load {
namespace {

using testing::HasSubstr;

TEST(LoadUnits, RefuseWhatHasNoUnitOrNoMeaning) {
    for (const auto* text : {"", "5", "s", "-1s", "0s", "1.2.3s", "5 s", "5days", "200h", "nans"})
        EXPECT_FALSE(parse_time(text)) << text;
    for (const auto* text : {"", "0", "-5", "5/h", "x", "1000001", "1e3"})
        EXPECT_FALSE(parse_arrival_rate(text)) << text;
    for (const auto* text : {"", "1", "101%", "%", "-1%"}) EXPECT_FALSE(parse_share(text)) << text;
}

TEST(LoadUnits, ReadWhatPeopleWrite) {
    EXPECT_EQ(parse_time("500us"), Duration(500));
    EXPECT_EQ(parse_time("50ms"), Duration(50'000));
    EXPECT_EQ(parse_time("1.5s"), Duration(1'500'000));
    EXPECT_EQ(parse_time("2m"), Duration(120'000'000));
    EXPECT_EQ(parse_time("1h"), Duration(3'600'000'000));
    EXPECT_EQ(parse_arrival_rate("500"), 500);
    EXPECT_EQ(parse_arrival_rate("2.5/s"), 2.5);
    EXPECT_EQ(parse_arrival_rate("30/m"), 0.5);
    EXPECT_DOUBLE_EQ(*parse_share("0.1%"), 0.001);
}

TEST(LoadUnits, ShowTimesAsPeopleReadThem) {
    EXPECT_EQ(show_time(Duration(812)), "812 us");
    EXPECT_EQ(show_time(Duration(12'340)), "12.3 ms");
    EXPECT_EQ(show_time(Duration(123'400)), "123 ms");
    EXPECT_EQ(show_time(Duration(1'520'000)), "1.52 s");
}

TEST(LoadMix, RefusesWhatIsNoMixAndSaysWhatWouldBe) {
    for (const auto* text : {"", "create", "create=", "create=-1", "create=1,", "buy=3",
                             "create=1000001", "create=0", "create=1;read=2", "get=1"}) {
        const auto mix = Mix::parse(text);
        ASSERT_FALSE(mix) << text;
        EXPECT_EQ(mix.error().faults.front().pointer, "--mix");
        EXPECT_FALSE(mix.error().faults.front().message.empty());
    }
}

TEST(LoadMix, DrawsEachOperationByItsWeight) {
    const auto mix = Mix::parse("create=3,read=1,list=0");
    ASSERT_TRUE(mix);
    std::array<int, operation_count> drawn{};
    for (std::uint64_t random = 0; random < 4'000; ++random)
        ++drawn[static_cast<std::size_t>(mix->pick(random))];
    EXPECT_EQ(drawn, (std::array<int, operation_count>{3'000, 1'000, 0, 0, 0, 0, 0}));
}

TEST(LoadMix, TheLastWeightOfAnOperationCounts) {
    const auto mix = Mix::parse("create=3,create=1,read=1");
    ASSERT_TRUE(mix);
    EXPECT_EQ(mix->pick(0), Operation::create);
    EXPECT_EQ(mix->pick(1), Operation::read);
    EXPECT_EQ(mix->pick(2), Operation::create);
}

TEST(LoadObjectives, RefuseWhatCannotBeMeasured) {
    for (const auto* text : {"", "p99", "p99=50", "p98=50ms", "errors=5ms", "errors=0.1",
                             "buy.p99=1s", "create.=1s", "p99=50ms,"}) {
        const auto objectives = parse_objectives(text);
        ASSERT_FALSE(objectives) << text;
        EXPECT_THAT(objectives.error().faults.front().message, HasSubstr("such as"));
    }
}

Tally hundred_creates() {
    Tally tally;
    for (int ms = 1; ms <= 99; ++ms)
        tally.ended(Operation::create, Outcome::acknowledged, std::chrono::milliseconds(ms));
    tally.ended(Operation::create, Outcome::shed, std::chrono::seconds(9));
    return tally;
}

TEST(LoadObjectives, AreMetOrNotByWhatWasAcknowledged) {
    const auto met = [](std::string_view text) {
        return all_met(judge(*parse_objectives(text), hundred_creates()));
    };
    EXPECT_TRUE(met("max=99ms"));
    EXPECT_FALSE(met("max=98ms"));
    EXPECT_TRUE(met("create.p50=50.1ms,errors=1%"));
    EXPECT_FALSE(met("create.p50=50.1ms,errors=0.9%"));
    EXPECT_TRUE(met("create.errors=1%"));
}

TEST(LoadObjectives, AreNotMetByNothing) {
    EXPECT_FALSE(all_met(judge(*parse_objectives("p99=1h"), Tally())));
    EXPECT_FALSE(all_met(judge(*parse_objectives("errors=99%"), Tally())));
    EXPECT_FALSE(all_met(judge(*parse_objectives("read.p99=1h"), hundred_creates())));
}

}  // namespace
}  // namespace waybill::load
