#include "app/load/outcome.hpp"

#include <gtest/gtest.h>

#include <array>

#include "app/load/history.hpp"
#include "app/load/known_orders.hpp"
#include "chassis/base/json.hpp"

namespace waybill::load {
namespace {

using std::chrono::seconds;

http::Response answer_of(std::uint16_t status, http::Origin origin = http::Origin::upstream) {
    http::Response response;
    response.status = status;
    response.origin = origin;
    return response;
}

Outcome outcome_for(Operation operation, const http::Response& response) {
    return judge(operation, response, "").outcome;
}

TEST(LoadOutcome, NoAnswerLeavesOpenWhatHappenedUnlessNothingWasSent) {
    using http::Origin;
    EXPECT_EQ(outcome_for(Operation::create, answer_of(504, Origin::timed_out)), Outcome::unknown);
    EXPECT_EQ(outcome_for(Operation::read, answer_of(502, Origin::protocol_error)),
              Outcome::unknown);
    EXPECT_EQ(outcome_for(Operation::create, answer_of(502, Origin::connect_failed)),
              Outcome::failed);
}

TEST(LoadOutcome, AServersFailureToChangeLeavesOpenWhetherItDid) {
    for (const std::uint16_t status : std::array<std::uint16_t, 3>{500, 502, 504}) {
        EXPECT_EQ(outcome_for(Operation::create, answer_of(status)), Outcome::unknown);
        EXPECT_EQ(outcome_for(Operation::list, answer_of(status)), Outcome::failed);
    }
}

TEST(LoadOutcome, RefusalsAreToldApart) {
    EXPECT_EQ(outcome_for(Operation::ship, answer_of(409)), Outcome::refused);
    EXPECT_EQ(outcome_for(Operation::ship, answer_of(429)), Outcome::limited);
    EXPECT_EQ(outcome_for(Operation::ship, answer_of(503)), Outcome::shed);
    EXPECT_EQ(outcome_for(Operation::ship, answer_of(200)), Outcome::acknowledged);
    auto shed = answer_of(503);
    shed.headers.add("Retry-After", "7");
    const auto verdict =
        judge(Operation::create, shed, R"({"type":"/problems/overloaded","title":"x"})");
    EXPECT_EQ(verdict.kind, "503 overloaded");
    EXPECT_EQ(verdict.retry_after, seconds(7));
}

TEST(LoadOutcome, ARetryAfterThatIsNoNumberOfSecondsIsIgnored) {
    for (const auto* value : {"", "soon", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "999999"}) {
        auto shed = answer_of(503);
        shed.headers.add("Retry-After", value);
        EXPECT_FALSE(judge(Operation::create, shed, "").retry_after) << value;
    }
}

Uuid order_id(std::uint64_t number) {
    return Uuid::v7(Timestamp{1'000'000}, number);
}

TEST(LoadKnownOrders, GiveNothingWhereNothingIs) {
    KnownOrders orders;
    EXPECT_FALSE(orders.any(5));
    EXPECT_FALSE(orders.take_to_cancel());
    EXPECT_FALSE(orders.take_to_confirm(MonoTime{}));
    EXPECT_FALSE(orders.take_to_ship(MonoTime{}));
}

TEST(LoadKnownOrders, AnOrderIsMovedOnceAndNotBeforeItHadTimeToGetThere) {
    KnownOrders orders;
    orders.placed({order_id(1), 0, MonoTime{0}}, false);
    orders.placed({order_id(2), 0, MonoTime{0}}, true);
    EXPECT_FALSE(orders.take_to_ship(MonoTime{1'900'000}));
    EXPECT_EQ(orders.take_to_ship(MonoTime{2'000'000})->id, order_id(1));
    EXPECT_FALSE(orders.take_to_ship(MonoTime{9'000'000}));
    const auto manual = orders.take_to_confirm(MonoTime{2'000'000});
    EXPECT_EQ(manual->id, order_id(2));
    orders.confirmed({manual->id, 0, MonoTime{2'000'000}});
    EXPECT_FALSE(orders.take_to_ship(MonoTime{3'000'000}));
    EXPECT_EQ(orders.take_to_cancel()->id, order_id(2));
    EXPECT_FALSE(orders.take_to_cancel());
    EXPECT_TRUE(orders.any(7));
}

TEST(LoadKnownOrders, AreBounded) {
    KnownOrders orders;
    for (std::uint64_t i = 0; i < 70'000; ++i) orders.placed({order_id(i), 0, MonoTime{0}}, false);
    EXPECT_EQ(orders.take_to_ship(MonoTime{2'000'000})->id, order_id(70'000 - 65'536));
}

Call create_call() {
    Call call;
    call.path = "/v1/orders";
    call.key = "k-1";
    call.body = R"({"items":[]})";
    return call;
}

TEST(LoadHistory, ALineTellsTheAttemptAndWhatWasAnswered) {
    Verdict verdict;
    verdict.outcome = Outcome::acknowledged;
    verdict.status = 201;
    const auto line = history_line(
        Timestamp{1'000'000}, "c-1", create_call(), verdict,
        R"({"id":"o-1","orderNumber":"WB-1","totalAmount":"5.00","items":[{"productId":"p",)"
        R"("sku":"S","unitPrice":"2.50","lineTotal":"5.00","quantity":2}]})");
    EXPECT_EQ(line, R"({"at":"1970-01-01T00:00:01.000000Z","customer":"c-1","key":"k-1",)"
                    R"("request_hash":")" +
                        request_hash(create_call()) +
                        R"(","op":"create","order":"o-1","outcome":"acknowledged","status":201,)"
                        R"("number":"WB-1","total":"5.00","lines":[{"productId":"p","sku":"S",)"
                        R"("unitPrice":"2.50","lineTotal":"5.00","quantity":2}]})");
}

TEST(LoadHistory, WithoutAnAnswerStatusAndOrderAreNull) {
    Verdict verdict;
    verdict.outcome = Outcome::unknown;
    const auto line = history_line(Timestamp{0}, "c-1", create_call(), verdict, "");
    const auto document = json::parse(line);
    ASSERT_TRUE(document);
    EXPECT_TRUE(document->find("status")->is_null());
    EXPECT_TRUE(document->find("order")->is_null());
    EXPECT_EQ(document->text_at("outcome"), "unknown");
    EXPECT_EQ(document->find("total"), nullptr);
}

TEST(LoadHistory, WhatWasLimitedOrShedWasRefused) {
    for (const Outcome outcome : {Outcome::refused, Outcome::limited, Outcome::shed}) {
        Verdict verdict;
        verdict.outcome = outcome;
        verdict.status = 503;
        const auto document =
            json::parse(history_line(Timestamp{0}, "c", create_call(), verdict, "{}"));
        EXPECT_EQ(document->text_at("outcome"), "refused");
    }
}

TEST(LoadHistory, TheHashIsOfMethodPathAndBody) {
    Call other = create_call();
    EXPECT_EQ(request_hash(other).size(), 64U);
    other.body += " ";
    EXPECT_NE(request_hash(other), request_hash(create_call()));
    other = create_call();
    other.path += "/x";
    EXPECT_NE(request_hash(other), request_hash(create_call()));
}

}  // namespace
}  // namespace waybill::load
