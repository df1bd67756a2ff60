#include "services/audit/service.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "chassis/base/json.hpp"
#include "chassis/service/service_testing.hpp"
#include "services/audit/gap_watch.hpp"
#include "services/audit/store.hpp"

namespace waybill::audit {
namespace {

using namespace std::chrono_literals;
using http::Principal;
using http::Response;

Principal person(std::string subject, std::vector<std::string> scopes,
                 std::vector<std::string> roles = {}) {
    return {.subject = std::move(subject),
            .client = "test",
            .user_name = {},
            .scopes = std::move(scopes),
            .roles = std::move(roles)};
}

/// A consumer that remembers what it was given.
class Remembering final : public ReplayTarget {
 public:
    sql::Result<ReplayCounts> count(std::span<const messaging::MessagePtr> messages) override {
        ReplayCounts counts;
        for (const auto& message : messages)
            ++(taken.contains(message->meta.event_id) ? counts.already_applied : counts.applied);
        return counts;
    }
    void deliver(std::vector<messaging::MessagePtr> messages, std::function<void()> done) override {
        for (const auto& message : messages)
            if (message->meta.type != refused) taken.insert(message->meta.event_id);
        sizes.push_back(messages.size());
        if (!stuck) done();
    }
    std::set<Uuid> taken;
    std::vector<std::size_t> sizes;
    std::string refused;
    bool stuck = false;
};

const Uuid order_id = *Uuid::parse("0190b6f0-0000-7000-8000-000000000001");
const Uuid correlation_id = *Uuid::parse("0190b6f0-0000-7000-8000-0000000000cc");
constexpr std::string_view traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class AuditTest : public testing::Test {
 protected:
    AuditTest()
        : audit_(rig_.host(),
                 {{"order", [](std::span<const StoredEvent> events) -> Result<std::string> {
                       return R"({"events":)" + std::to_string(events.size()) + "}";
                   }}}) {
        const auto opened = audit_.service().open();
        EXPECT_TRUE(opened) << opened.error().detail;
        audit_.service().start();
        ReplayTargets targets;
        auto target = std::make_unique<Remembering>();
        target_ = target.get();
        targets.emplace(Target::inventory, std::move(target));
        audit_.start(std::move(targets));
    }

    Response call(std::string method, std::string path, const Principal& who,
                  service::testing::Asked asked = {}) {
        return rig_.call(audit_.service(), std::move(method), std::move(path), who,
                         std::move(asked));
    }
    static json::Document body(const Response& response) {
        auto parsed = json::parse(response.body.bytes());
        EXPECT_TRUE(parsed) << response.body.bytes();
        return std::move(*parsed);
    }
    std::size_t items(std::string path, std::string query = {}) {
        return body(call("GET", std::move(path), auditor_, {.query = std::move(query)}))
            .find("items")
            ->items()
            .size();
    }

    messaging::Message event(std::string type, std::string stream, Uuid id, std::int64_t version,
                             std::string data) {
        messaging::Message message;
        EventMeta& meta = message.meta;
        meta.event_id = Uuid::v7(rig_.env().now(), ++serial_);
        meta.type = std::move(type);
        meta.aggregate_type = std::move(stream);
        meta.aggregate_id = id;
        meta.aggregate_version = version;
        meta.occurred_at = rig_.env().now();
        meta.correlation_id = correlation_id;
        meta.actor = {"customer1", "cli"};
        meta.traceparent = traceparent;
        message.data = std::move(data);
        return message;
    }
    messaging::Message created(Uuid id = order_id) {
        return event("OrderCreated", "order", id, 1,
                     R"({"orderId":"0190b6f0-0000-7000-8000-000000000001",)"
                     R"("orderNumber":"WB-1","customerId":"customer1","currency":"USD",)"
                     R"("items":[{"sku":"LAP-15"}],"totalAmount":"9.99"})");
    }
    /// The events of an order that was placed, reserved, confirmed and told.
    std::vector<messaging::Message> life() {
        std::vector<messaging::Message> all{created()};
        rig_.run(40ms);
        all.push_back(event("InventoryReserved", "reservation", Uuid::v7(rig_.env().now(), 7), 1,
                            R"({"reservationId":"r","orderId":"o","lines":[{"productId":)"
                            R"("0190b6f0-0000-7000-8000-000000000009","sku":"LAP-15",)"
                            R"("quantity":2,"available":98}]})"));
        all.push_back(event("LowStockAlert", "stock", Uuid::v7(rig_.env().now(), 8), 1,
                            R"({"sku":"LAP-15","available":3,"threshold":10})"));
        rig_.run(40ms);
        const std::string number = R"({"orderNumber":"WB-1","customerId":"customer1"})";
        all.push_back(event("OrderReserved", "order", order_id, 2, number));
        all.push_back(event("OrderConfirmed", "order", order_id, 3, number));
        all.push_back(event("NotificationSent", "notification", Uuid::v7(rig_.env().now(), 9), 1,
                            R"({"userId":"customer1","type":"InApp","subject":"Order WB-1",)"
                            R"("body":"b"})"));
        all.push_back(event("NotificationSent", "notification", Uuid::v7(rig_.env().now(), 10), 1,
                            R"({"userId":"role:operator","type":"InApp","subject":"Low stock",)"
                            R"("body":"b"})"));
        return all;
    }
    std::string stream() const { return "/v1/audit/streams/order/" + order_id.to_string(); }
    std::string replay_body(std::string more = "") const {
        return R"({"streamType":"order","streamId":")" + order_id.to_string() +
               R"(","target":"inventory")" + more + "}";
    }

    service::testing::ServiceRig rig_;
    Audit audit_;
    Remembering* target_ = nullptr;
    std::uint64_t serial_ = 0;
    const Principal auditor_ = person("op", {"audit.read"}, {"operator"});
    const Principal admin_ = person("admin", {"audit.read", "audit.write"}, {"admin"});
    const Principal customer_ = person("customer1", {"orders.read"}, {"customer"});
};

TEST_F(AuditTest, keeps_each_event_once_in_one_row_without_an_inbox) {
    const auto all = life();
    EXPECT_EQ(rig_.deliver(audit_.service(), all), all.size());
    EXPECT_EQ(rig_.deliver(audit_.service(), all), all.size());
    EXPECT_EQ(rig_.number("select count(*) from event_store"),
              static_cast<std::int64_t>(all.size()));
    EXPECT_EQ(rig_.number("select count(*) from inbox"), 0);
}

TEST_F(AuditTest, blocks_a_stream_behind_an_event_that_contradicts_itself) {
    auto first = created();
    rig_.deliver(audit_.service(), {first});
    first.data = R"({"another":"body"})";
    rig_.deliver(audit_.service(), {first});
    rig_.deliver(audit_.service(), {event("OrderReserved", "order", order_id, 2, "{}")});
    EXPECT_EQ(rig_.number("select count(*) from event_store"), 1);
    EXPECT_EQ(rig_.number("select count(*) from deliveries"), 2);
    rig_.run(3h);
    EXPECT_EQ(rig_.number("select count(*) from deliveries where state = 'dead'"), 1);
    EXPECT_EQ(rig_.number("select count(*) from event_store"), 1);
}

TEST_F(AuditTest, never_changes_or_forgets_a_row) {
    rig_.deliver(audit_.service(), {created()});
    auto session = std::move(*rig_.database().open_writer());
    EXPECT_FALSE(session->execute("update event_store set type = 'x'", {}));
    EXPECT_FALSE(session->execute("delete from event_store", {}));
    EXPECT_EQ(rig_.number("select count(*) from event_store where type = 'OrderCreated'"), 1);
}

TEST_F(AuditTest, lists_events_by_every_filter_newest_first) {
    const auto begun = rig_.env().now();
    rig_.deliver(audit_.service(), life());
    EXPECT_EQ(call("GET", "/v1/audit/events", customer_).status, 403);
    const std::string path = "/v1/audit/events";
    EXPECT_EQ(items(path), 7U);
    EXPECT_EQ(items(path, "type=OrderConfirmed"), 1U);
    EXPECT_EQ(items(path, "actor=customer1"), 7U);
    EXPECT_EQ(items(path, "actor=nobody"), 0U);
    EXPECT_EQ(items(path, "correlationId=" + correlation_id.to_string()), 7U);
    EXPECT_EQ(items(path, "to=" + begun.to_string()), 0U);
    EXPECT_EQ(items(path, "from=" + (begun + 60ms).to_string()), 4U);
    EXPECT_EQ(call("GET", path, auditor_, {.query = "from=yesterday"}).status, 422);
    const auto list = body(call("GET", path, auditor_, {.query = "limit=1"}));
    const auto& one = list.find("items")->items()[0];
    EXPECT_EQ(one.find("seq")->as_int64(), 7);
    EXPECT_EQ(one.text_at("traceId"), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(one.find("actor")->text_at("subject"), "customer1");
    EXPECT_EQ(one.find("data")->text_at("subject"), "Low stock");
}

TEST_F(AuditTest, pages_through_events_without_gap_or_repeat) {
    rig_.deliver(audit_.service(), life());
    std::vector<std::int64_t> seen;
    std::string query = "limit=3";
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = body(call("GET", "/v1/audit/events", auditor_, {.query = query}));
        for (const auto& one : page.find("items")->items())
            seen.push_back(*one.find("seq")->as_int64());
        query = "limit=3&cursor=" + std::string(page.text_at("nextCursor"));
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(AuditTest, shows_documents_with_a_sentence_and_exports_them) {
    rig_.deliver(audit_.service(), life());
    const auto list = body(
        call("GET", "/v1/audit/documents", auditor_,
             {.query = "entity=order&entityId=" + order_id.to_string() + "&action=OrderCreated"}));
    ASSERT_EQ(list.find("items")->items().size(), 1U);
    const auto& one = list.find("items")->items()[0];
    EXPECT_EQ(one.text_at("summary"), "Order WB-1 of customer1 was placed: 1 lines, 9.99 USD");
    EXPECT_EQ(one.text_at("entity"), "order");
    EXPECT_EQ(one.find("payload")->text_at("orderNumber"), "WB-1");
    auto exported = call("GET", "/v1/audit/documents/export", auditor_, {.query = "entity=order"});
    EXPECT_EQ(exported.headers.get("Content-Type"), "application/x-ndjson");
    auto source = exported.body.take_source();
    const auto text = rig_.pull(*source);
    ASSERT_TRUE(text);
    EXPECT_EQ(std::count(text->begin(), text->end(), '\n'), 3);
    EXPECT_LT(text->find("OrderCreated"), text->find("OrderConfirmed"));
    EXPECT_EQ(rig_.pull(*source), "");
}

TEST_F(AuditTest, reads_a_stream_and_folds_it_up_to_a_version_or_time) {
    const std::string at = (rig_.env().now() + 10ms).to_string();
    rig_.deliver(audit_.service(), life());
    EXPECT_EQ(items(stream()), 3U);
    EXPECT_EQ(items("/v1/audit/streams/order/" + correlation_id.to_string()), 0U);
    const auto now = body(call("GET", stream() + "/state", auditor_));
    EXPECT_EQ(now.find("version")->as_int64(), 3);
    EXPECT_EQ(now.find("state")->find("events")->as_int64(), 3);
    const auto second = body(call("GET", stream() + "/state", auditor_, {.query = "version=2"}));
    EXPECT_EQ(second.find("state")->find("events")->as_int64(), 2);
    const auto first = body(call("GET", stream() + "/state", auditor_, {.query = "at=" + at}));
    EXPECT_EQ(first.find("version")->as_int64(), 1);
    EXPECT_EQ(call("GET", stream() + "/state", auditor_, {.query = "version=0"}).status, 422);
    EXPECT_EQ(call("GET", stream() + "/state", auditor_, {.query = "version=1&at=" + at}).status,
              422);
    EXPECT_EQ(
        call("GET", "/v1/audit/streams/stock/" + order_id.to_string() + "/state", auditor_).status,
        404);
}

TEST_F(AuditTest, shows_an_orders_journey_to_its_owner_without_what_is_not_its_business) {
    rig_.deliver(audit_.service(), life());
    const std::string path = "/v1/orders/" + order_id.to_string() + "/journey";
    EXPECT_EQ(call("GET", path, person("customer2", {"orders.read"})).status, 404);
    EXPECT_EQ(call("GET", path, person("op", {"orders.read"}, {"operator"})).status, 200);
    const auto response = call("GET", path, customer_);
    ASSERT_EQ(response.status, 200);
    const auto journey = body(response);
    EXPECT_EQ(journey.text_at("orderNumber"), "WB-1");
    EXPECT_EQ(journey.text_at("status"), "Confirmed");
    EXPECT_EQ(journey.find("durationMs")->as_int64(), 80);
    std::string steps;
    for (const auto& step : journey.find("steps")->items())
        steps +=
            std::string(step.text_at("service")) + ":" + std::string(step.text_at("type")) + " ";
    EXPECT_EQ(steps,
              "orders:OrderCreated inventory:InventoryReserved orders:OrderReserved "
              "orders:OrderConfirmed notifications:NotificationSent ");
    ASSERT_EQ(journey.find("stockMovements")->items().size(), 1U);
    EXPECT_EQ(journey.find("stockMovements")->items()[0].text_at("kind"), "reserve");
    EXPECT_EQ(journey.find("notifications")->items().size(), 1U);
    EXPECT_EQ(journey.find("traceIds")->items().size(), 1U);
    EXPECT_EQ(response.body.bytes().find("available"), std::string::npos);
    EXPECT_EQ(response.body.bytes().find("Low stock"), std::string::npos);
}

TEST_F(AuditTest, counts_in_a_dry_run_and_changes_nothing) {
    rig_.deliver(audit_.service(), life());
    EXPECT_EQ(call("POST", "/v1/audit/replay", auditor_, {.body = replay_body()}).status, 403);
    EXPECT_EQ(call("POST", "/v1/audit/replay", admin_, {.body = R"({"target":"x"})"}).status, 422);
    EXPECT_EQ(call("POST", "/v1/audit/replay", admin_, {.body = R"({"target":"orders"})"}).status,
              422);
    const auto begun =
        call("POST", "/v1/audit/replay", admin_, {.body = replay_body(R"(,"dryRun":true)")});
    ASSERT_EQ(begun.status, 201);
    rig_.run(5s);
    const auto replay =
        body(call("GET", std::string(begun.headers.get("Location").value()), auditor_));
    EXPECT_EQ(replay.text_at("status"), "Completed");
    EXPECT_EQ(replay.find("dryRunCounts")->find("applied")->as_int64(), 3);
    EXPECT_TRUE(target_->taken.empty());
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'OperatorActed'"), 1);
}

TEST_F(AuditTest, delivers_a_replay_in_slices_of_its_rate_and_tells_what_happened) {
    const auto all = life();
    rig_.deliver(audit_.service(), all);
    target_->taken.insert(all[0].meta.event_id);
    target_->refused = "OrderConfirmed";
    const auto begun = call("POST", "/v1/audit/replay", admin_,
                            {.body = replay_body(R"(,"dryRun":false,"rate":2)")});
    ASSERT_EQ(begun.status, 201);
    rig_.run(10s);
    const auto replay =
        body(call("GET", std::string(begun.headers.get("Location").value()), auditor_));
    EXPECT_EQ(replay.text_at("status"), "Completed");
    EXPECT_EQ(replay.find("dryRunCounts")->find("alreadyApplied")->as_int64(), 1);
    EXPECT_EQ(replay.find("dryRunCounts")->find("applied")->as_int64(), 2);
    EXPECT_EQ(replay.find("counts")->find("applied")->as_int64(), 1);
    EXPECT_EQ(replay.find("counts")->find("alreadyApplied")->as_int64(), 1);
    EXPECT_EQ(replay.find("counts")->find("failed")->as_int64(), 1);
    EXPECT_EQ(target_->sizes.front(), 2U);
}

TEST_F(AuditTest, fails_a_replay_whose_consumer_takes_nothing_or_is_not_here) {
    rig_.deliver(audit_.service(), life());
    target_->stuck = true;
    const auto stuck =
        call("POST", "/v1/audit/replay", admin_, {.body = replay_body(R"(,"dryRun":false)")});
    rig_.run(5min);
    const auto replay =
        body(call("GET", std::string(stuck.headers.get("Location").value()), auditor_));
    EXPECT_EQ(replay.text_at("status"), "Failed");
    const auto absent = call("POST", "/v1/audit/replay", admin_,
                             {.body = R"({"streamType":"order","streamId":")" +
                                      order_id.to_string() + R"(","target":"orders"})"});
    rig_.run(5s);
    EXPECT_EQ(body(call("GET", std::string(absent.headers.get("Location").value()), auditor_))
                  .text_at("status"),
              "Failed");
}

TEST_F(AuditTest, refuses_a_replay_beyond_the_seven_days_that_inboxes_remember) {
    rig_.deliver(audit_.service(), life());
    rig_.env().step_clock(8 * 24h);
    EXPECT_EQ(call("POST", "/v1/audit/replay", admin_, {.body = replay_body()}).status, 422);
}

TEST_F(AuditTest, finds_a_gap_once_it_is_a_minute_old) {
    rig_.deliver(audit_.service(), {event("OrderCreated", "order", order_id, 1, "{}"),
                                    event("OrderConfirmed", "order", order_id, 3, "{}")});
    auto session = std::move(*rig_.database().open_reader());
    const auto gaps = find_gaps(*session, 1, 10);
    ASSERT_TRUE(gaps);
    ASSERT_EQ(gaps->size(), 1U);
    EXPECT_EQ(gaps->front().version, 3);
    GapWatch watch(rig_.env(), telemetry::nowhere());
    rig_.run(30s);
    watch.step(*session);
    EXPECT_EQ(watch.found(), 0);
    rig_.run(60s);
    watch.step(*session);
    EXPECT_EQ(watch.found(), 1);
    rig_.run(60s);
    watch.step(*session);
    EXPECT_EQ(watch.found(), 1);
}

}  // namespace
}  // namespace waybill::audit
