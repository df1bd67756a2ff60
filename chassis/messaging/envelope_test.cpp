#include "chassis/messaging/envelope.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "chassis/base/json.hpp"

namespace waybill::messaging {
namespace {

Message sample() {
    Message message;
    message.meta.event_id = *Uuid::parse("0190b6f0-0000-7000-8000-000000000001");
    message.meta.type = "OrderCreated";
    message.meta.aggregate_type = "order";
    message.meta.aggregate_id = *Uuid::parse("0190b6f0-0000-7000-8000-000000000002");
    message.meta.aggregate_version = 1;
    message.meta.occurred_at = {1'700'000'000'123'456};
    message.meta.correlation_id = *Uuid::parse("0190b6f0-0000-7000-8000-000000000003");
    message.meta.causation_id = *Uuid::parse("0190b6f0-0000-7000-8000-000000000004");
    message.meta.actor = {"alice", "waybill-cli"};
    message.meta.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03";
    message.data = R"({"orderId":"x","total":"1.50"})";
    return message;
}

void expect_fault(std::string_view text, std::string_view pointer) {
    const auto read = from_envelope(text);
    ASSERT_FALSE(read) << text;
    ASSERT_FALSE(read.error().faults.empty()) << read.error().detail;
    EXPECT_EQ(read.error().faults.front().pointer, pointer);
}

TEST(Envelope, NamesWhatIsMissingOrWrong) {
    EXPECT_EQ(from_envelope("{").error().problem, Problem::malformed_json);
    expect_fault("{}", "/message");
    expect_fault(R"({"message":5})", "/message");
    const auto empty = from_envelope(R"({"message":{}})");
    ASSERT_FALSE(empty);
    EXPECT_GE(empty.error().faults.size(), 8U) << "all of them at once";
    std::string text = to_envelope(sample());
    text.replace(text.find("\"data\":{"), 8, "\"date\":{");
    expect_fault(text, "/message/data");
}

TEST(Envelope, ReadsBackWhatItWrote) {
    const Message message = sample();
    const auto read = from_envelope(to_envelope(message));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->meta, message.meta);
    EXPECT_EQ(read->data, message.data);
}

TEST(Envelope, HasTheMembersThatMassTransitReads) {
    const auto document = json::parse(to_envelope(sample()));
    ASSERT_TRUE(document);
    for (const char* name :
         {"messageId", "correlationId", "conversationId", "initiatorId", "sourceAddress",
          "destinationAddress", "messageType", "message", "sentTime", "headers", "host"})
        EXPECT_NE(document->find(name), nullptr) << name;
    EXPECT_EQ(document->find("messageType")->items().front().text(),
              "urn:message:Waybill.Contracts:OrderCreated");
    EXPECT_EQ(document->find("headers")->text_at("MT-Activity-Id"), sample().meta.traceparent);
}

TEST(Envelope, IgnoresTheLetterCaseOfNamesAndMembersItDoesNotKnow) {
    std::string text = to_envelope(sample());
    text.replace(text.find("\"eventId\""), 9, "\"EVENTID\"");
    text.replace(text.find("\"message\":{"), 11, "\"Message\":{\"unknown\":[1],");
    const auto read = from_envelope(text);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->meta.event_id, sample().meta.event_id);
}

TEST(Envelope, CarriesAnyTextUnchanged) {
    rc::check([] {
        Message message = sample();
        message.meta.actor.subject = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
        message.data.clear();
        json::Writer(message.data)
            .begin_object()
            .key("text")
            .string(*rc::gen::container<std::string>(rc::gen::inRange(' ', '~')))
            .end_object();
        const auto read = from_envelope(to_envelope(message));
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->meta == message.meta);
        RC_ASSERT(read->data == message.data);
    });
}

TEST(Message, HasOneLaneOfEightForAnAggregateInEveryProcess) {
    EXPECT_EQ(lane_of(sample().meta.aggregate_id), lane_of(sample().meta.aggregate_id));
    bool used[8] = {};
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto lane = lane_of(Uuid::v7(Timestamp{1'700'000'000'000'000}, i));
        ASSERT_GE(lane, 0);
        ASSERT_LT(lane, 8);
        used[lane] = true;
    }
    for (const bool lane : used) EXPECT_TRUE(lane);
}

TEST(Message, HasAnotherHashWhenItSaysSomethingElse) {
    Message other = sample();
    other.data = R"({"orderId":"y"})";
    EXPECT_EQ(body_hash(sample()), body_hash(sample()));
    EXPECT_NE(body_hash(sample()), body_hash(other));
    EXPECT_EQ(body_hash(other).size(), 16U);
}

}  // namespace
}  // namespace waybill::messaging
