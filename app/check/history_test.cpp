#include "app/check/history.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "app/check/check_testing.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::check {
namespace {

using ::testing::HasSubstr;

class HistoryTest : public testing::CheckTest {
 protected:
    /// What the client of an order was answered, as its row says.
    Attempt answered(const std::string& order, std::string key) {
        auto session = world_.rig(Service::orders).database().open_reader();
        const Uuid id = Uuid::parse(order).value();
        auto row = (*session)->query("select order_number, total_amount from orders where id = ?",
                                     std::array{sql::id_cell(id)});
        auto items = (*session)->query(
            "select product_id, quantity, unit_price, line_total from order_items where order_id "
            "= ? order by position",
            std::array{sql::id_cell(id)});
        Attempt attempt{.line = ++line_,
                        .at = world_.rig(Service::orders).env().now(),
                        .customer = "op",
                        .key = std::move(key),
                        .request_hash = "aa",
                        .operation = "create",
                        .outcome = "acknowledged",
                        .order = id,
                        .number = std::string(sql::as_text(row->row(0)[0])),
                        .total = usd(sql::as_int(row->row(0)[1])),
                        .lines = {}};
        for (std::size_t i = 0; i < items->size(); ++i)
            attempt.lines.push_back({Uuid::from_bytes(sql::as_text(items->row(i)[0])).value(),
                                     sql::as_int(items->row(i)[1]),
                                     usd(sql::as_int(items->row(i)[2])),
                                     usd(sql::as_int(items->row(i)[3]))});
        return attempt;
    }
    Report judged(std::vector<Attempt> attempts) {
        return world_.judge(
            {.history = [attempts](const std::function<void(const Attempt&)>& give) -> Status {
                for (const Attempt& attempt : attempts) give(attempt);
                return {};
            }});
    }
    static std::string first(const Report& report, Invariant invariant) {
        const auto& breaches = report.of(invariant).breaches;
        return breaches.empty() ? "" : breaches.front().object + ": " + breaches.front().text;
    }

 private:
    static std::string usd(std::int64_t minor) { return Money{minor, Currency::usd()}.to_string(); }
    std::uint64_t line_ = 0;
};

TEST_F(HistoryTest, what_was_answered_is_there) {
    Attempt unknown = answered(confirmed_, "key-1");
    unknown.outcome = "unknown";
    unknown.order = {};
    const Report report = judged({unknown, answered(confirmed_, "key-1"),
                                  answered(cancelled_, "key-2"), answered(cancelled_, "key-2")});
    EXPECT_TRUE(report.held()) << text_of(report);
    EXPECT_THAT(report.of(Invariant::no_loss).note,
                HasSubstr("4 recorded creates, 3 acknowledged"));
}

TEST_F(HistoryTest, an_acknowledged_order_that_is_not_there_is_caught) {
    Attempt lost = answered(confirmed_, "key-99");
    lost.order = *Uuid::parse("0190b6f0-0000-7000-8000-000000000001");
    const Report report = judged({lost});
    EXPECT_EQ(broken(report), "I2") << text_of(report);
    EXPECT_EQ(first(report, Invariant::no_loss),
              "attempt of line 1 by op under key key-99: was answered with order "
              "0190b6f0-0000-7000-8000-000000000001, which is not there");
}

TEST_F(HistoryTest, an_answer_with_another_total_is_caught) {
    Attempt wrong = answered(confirmed_, "key-1");
    wrong.total = "0.01";
    EXPECT_THAT(first(judged({wrong}), Invariant::no_loss), HasSubstr("other number, total"));
}

TEST_F(HistoryTest, an_answer_with_another_line_is_caught) {
    Attempt wrong = answered(confirmed_, "key-1");
    ++wrong.lines.front().quantity;
    EXPECT_EQ(broken(judged({wrong})), "I2");
}

TEST_F(HistoryTest, two_orders_under_one_key_are_caught) {
    const Report report = judged({answered(confirmed_, "key-1"), answered(shipped_, "key-1")});
    EXPECT_EQ(broken(report), "I3") << text_of(report);
    EXPECT_THAT(first(report, Invariant::idempotency), HasSubstr("attempt of line 2"));
}

TEST_F(HistoryTest, another_request_acknowledged_under_a_key_is_caught) {
    Attempt other = answered(confirmed_, "key-1");
    other.request_hash = "bb";
    const Report report = judged({answered(confirmed_, "key-1"), other});
    EXPECT_THAT(first(report, Invariant::idempotency), HasSubstr("another request"));
}

TEST_F(HistoryTest, a_key_kept_for_another_order_is_caught) {
    const Report report = judged({answered(confirmed_, "key-2")});
    EXPECT_THAT(first(report, Invariant::idempotency), HasSubstr("the key is kept for"));
}

TEST_F(HistoryTest, an_order_that_nobody_was_told_of_is_caught) {
    Attempt begin = answered(confirmed_, "key-1");
    begin.at = world_.rig(Service::orders).env().now() - std::chrono::hours(1);
    const Report report = judged({begin, answered(cancelled_, "key-2"), answered(shipped_, "key-3"),
                                  answered(waiting_, "key-4")});
    EXPECT_EQ(broken(report), "I3") << text_of(report);
    EXPECT_THAT(first(report, Invariant::idempotency), HasSubstr("has 5 orders from 2026-11-18"));
    EXPECT_THAT(first(report, Invariant::idempotency), HasSubstr("account for 4"));
}

class HistoryFile : public ::testing::Test {
 protected:
    std::string read(const std::string& text) {
        std::ofstream(folder_.file("h.jsonl")) << text;
        attempts_.clear();
        const auto done = attempts_of_file(folder_.file("h.jsonl"))(
            [this](const Attempt& attempt) { attempts_.push_back(attempt); });
        return done ? "" : done.error().detail;
    }
    sql::TemporaryFolder folder_;
    std::vector<Attempt> attempts_;
};

constexpr std::string_view whole_line =
    R"({"at":"2026-11-24T18:00:00.000000Z","customer":"c1","key":"k","request_hash":"aa",)"
    R"("op":"create","order":"0190b6f0-0000-7000-8000-000000000001","outcome":"acknowledged",)"
    R"("status":201,"number":"WB-1","total":"2.50","lines":[{"productId":)"
    R"("0190b6f0-0000-7000-8000-000000000002","sku":"A","unitPrice":"1.25","lineTotal":"2.50",)"
    R"("quantity":2}]})";

TEST_F(HistoryFile, gives_every_field_of_an_attempt) {
    EXPECT_EQ(read(std::string(whole_line) + "\n"), "");
    ASSERT_EQ(attempts_.size(), 1U);
    const Attempt& attempt = attempts_.front();
    EXPECT_EQ(attempt.line, 1U);
    EXPECT_EQ(attempt.customer, "c1");
    EXPECT_EQ(attempt.key, "k");
    EXPECT_EQ(attempt.order.to_string(), "0190b6f0-0000-7000-8000-000000000001");
    EXPECT_EQ(attempt.number, "WB-1");
    EXPECT_EQ(attempt.total, "2.50");
    EXPECT_EQ(attempt.lines.front().quantity, 2);
    EXPECT_EQ(attempt.lines.front().unit_price, "1.25");
}

TEST_F(HistoryFile, a_line_that_is_none_is_named) {
    EXPECT_THAT(read(std::string(whole_line) + "\n{\n"), HasSubstr("h.jsonl line 2: "));
    EXPECT_THAT(read("{}\n"), HasSubstr("/at must be a time"));
    EXPECT_THAT(read(R"({"at":"2026-11-24T18:00:00Z","customer":"c","op":"buy"})"
                     "\n"),
                HasSubstr("/op is not known"));
}

TEST_F(HistoryFile, a_last_line_that_was_being_written_is_left_out) {
    EXPECT_EQ(read(std::string(whole_line) + "\n" + R"({"at":"20)"), "");
    EXPECT_EQ(attempts_.size(), 1U);
}

TEST_F(HistoryFile, a_file_that_is_not_there_is_named) {
    const auto done = attempts_of_file(folder_.file("none"))([](const Attempt&) {});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().detail, HasSubstr("none cannot be read"));
}

}  // namespace
}  // namespace waybill::check
