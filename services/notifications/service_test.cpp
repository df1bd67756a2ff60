#include "services/notifications/service.hpp"

#include <gtest/gtest.h>

#include "chassis/base/json.hpp"
#include "chassis/service/service_testing.hpp"
#include "services/notifications/events.hpp"

namespace waybill::notifications {
namespace {

using http::Principal;
using http::Response;

Principal person(std::string subject, std::vector<std::string> roles = {"customer"}) {
    return {.subject = std::move(subject),
            .client = "test",
            .user_name = {},
            .scopes = {"notifications.read", "notifications.write"},
            .roles = std::move(roles)};
}

class NotificationsTest : public testing::Test {
 protected:
    NotificationsTest() : service_(make_service(rig_.host())) {
        const auto opened = service_->open();
        EXPECT_TRUE(opened) << opened.error().detail;
        service_->start();
    }

    Response call(std::string method, std::string path, const Principal& who,
                  service::testing::Asked asked = {}) {
        return rig_.call(*service_, std::move(method), "/v1/notifications" + path, who,
                         std::move(asked));
    }
    static json::Document body(const Response& response) {
        auto parsed = json::parse(response.body.bytes());
        EXPECT_TRUE(parsed) << response.body.bytes();
        return std::move(*parsed);
    }
    std::size_t items(const Principal& who, std::string query = {}) {
        return body(call("GET", "", who, {.query = std::move(query)}))
            .find("items")
            ->items()
            .size();
    }

    messaging::Message event(std::string type, std::string data, std::uint64_t n) {
        messaging::Message message;
        message.meta.event_id = Uuid::v7(rig_.env().now(), n);
        message.meta.type = std::move(type);
        message.meta.aggregate_type = "order";
        message.meta.aggregate_id = Uuid::v7(rig_.env().now(), 1000 + n);
        message.meta.aggregate_version = 3;
        message.meta.occurred_at = rig_.env().now();
        message.data = std::move(data);
        return message;
    }
    messaging::Message confirmed(std::uint64_t n = 1) {
        return event("OrderConfirmed",
                     R"({"orderId":"0190b6f0-0000-7000-8000-000000000001",)"
                     R"("orderNumber":"WB-20261123-7K3QZ9M2","customerId":"customer1",)"
                     R"("currency":"USD","totalAmount":"2599.98"})",
                     n);
    }
    messaging::Message low_stock(std::uint64_t n = 50) {
        return event("LowStockAlert",
                     R"({"productId":"0190b6f0-0000-7000-8000-000000000002","sku":"LAP-15",)"
                     R"("name":"Laptop 15","available":3,"threshold":10})",
                     n);
    }

    service::testing::ServiceRig rig_;
    std::unique_ptr<service::Service> service_;
    const Principal customer_ = person("customer1");
    const Principal operator_ = person("op", {"operator"});
};

TEST_F(NotificationsTest, takes_an_event_without_a_recipient_as_a_dead_letter_in_the_end) {
    EXPECT_EQ(rig_.deliver(*service_, {event("OrderConfirmed", "{}", 1)}), 1U);
    EXPECT_EQ(rig_.number("select count(*) from deliveries"), 1);
    EXPECT_EQ(rig_.number("select count(*) from notifications"), 0);
}

TEST_F(NotificationsTest, tells_a_confirmed_order_once_whatever_is_redelivered) {
    const auto message = confirmed();
    EXPECT_EQ(rig_.deliver(*service_, {message, message}), 2U);
    EXPECT_EQ(rig_.deliver(*service_, {message}), 1U);
    EXPECT_EQ(rig_.number("select count(*) from notifications"), 1);
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'NotificationSent'"), 1);
    const auto list = body(call("GET", "", customer_));
    const auto& one = list.find("items")->items()[0];
    EXPECT_EQ(one.text_at("subject"), "Order WB-20261123-7K3QZ9M2 confirmed");
    EXPECT_EQ(one.text_at("status"), "Sent");
    EXPECT_EQ(one.text_at("type"), "InApp");
    EXPECT_EQ(one.text_at("event"), "OrderConfirmed");
    EXPECT_EQ(one.text_at("orderId"), "0190b6f0-0000-7000-8000-000000000001");
    EXPECT_EQ(one.find("version")->as_int64(), 1);
}

TEST_F(NotificationsTest, sends_what_another_service_asked_for) {
    const auto asked = [&](std::string data, std::uint64_t n) {
        return event("NotificationRequested", std::move(data), n);
    };
    rig_.deliver(*service_, {asked(R"({"userId":"customer1","type":"Fax"})", 1)});
    EXPECT_EQ(rig_.number("select count(*) from deliveries where state = 'dead'"), 1);
    const auto good = asked(
        R"({"userId":"customer1","type":"InApp","subject":"Hi","body":"There","extra":1})", 2);
    rig_.deliver(*service_, {good, good});
    ASSERT_EQ(items(customer_), 1U);
    const auto list = body(call("GET", "", customer_));
    EXPECT_EQ(list.find("items")->items()[0].text_at("body"), "There");
    EXPECT_EQ(list.find("items")->items()[0].text_at("event"), "NotificationRequested");
}

TEST(NotificationEvents, are_read_back_as_they_were_written) {
    const NotificationSent sent{{.notification_id = {Uuid::v7(Timestamp{1}, 1)},
                                 .content = {.user_id = "customer1",
                                             .type = NotificationType::sms,
                                             .subject = "s",
                                             .body = "b",
                                             .order_id = Uuid::v7(Timestamp{1}, 2)},
                                 .event = "OrderShipped",
                                 .attempts = 2,
                                 .created_at = Timestamp{5}}};
    EXPECT_FALSE(event_from_json("OrderShipped", "{}"));
    EXPECT_FALSE(event_from_json("NotificationSent", "{}"));
    const auto read = event_from_json("NotificationSent", to_json(Event(sent)));
    ASSERT_TRUE(read) << read.error().detail;
    const auto& again = std::get<NotificationSent>(*read).notification;
    EXPECT_EQ(again.content, sent.notification.content);
    EXPECT_EQ(again.event, "OrderShipped");
    EXPECT_EQ(again.attempts, 2);
    EXPECT_EQ(again.created_at, Timestamp{5});
}

TEST_F(NotificationsTest, says_nothing_of_a_created_order_by_default) {
    rig_.deliver(*service_, {event("OrderCreated",
                                   R"({"orderId":"0190b6f0-0000-7000-8000-000000000001",)"
                                   R"("customerId":"customer1","orderNumber":"WB-1"})",
                                   1)});
    EXPECT_EQ(rig_.number("select count(*) from notifications"), 0);
}

TEST_F(NotificationsTest, shows_a_low_stock_alert_to_holders_of_the_role_alone) {
    rig_.deliver(*service_, {low_stock()});
    EXPECT_EQ(items(customer_), 0U);
    ASSERT_EQ(items(operator_), 1U);
    EXPECT_EQ(items(person("boss", {"admin"}), "userId=role%3Aoperator"), 1U);
    EXPECT_EQ(call("GET", "", customer_, {.query = "userId=role%3Aoperator"}).status, 403);
    const auto list = body(call("GET", "", operator_));
    const auto& alert = list.find("items")->items()[0];
    EXPECT_EQ(alert.text_at("subject"), "Low stock: LAP-15");
    EXPECT_EQ(alert.text_at("userId"), "role:operator");
    const std::string id(alert.text_at("id"));
    EXPECT_EQ(call("GET", "/" + id, customer_).status, 404);
    EXPECT_EQ(call("POST", "/" + id + "/read", customer_).status, 404);
    EXPECT_EQ(call("POST", "/" + id + "/read", operator_).status, 200);
}

TEST_F(NotificationsTest, refuses_a_subject_that_looks_like_a_role) {
    rig_.deliver(*service_, {low_stock()});
    EXPECT_EQ(call("GET", "", person("role:operator")).status, 403);
    EXPECT_EQ(call("GET", "/stream", person("role:operator")).status, 403);
}

TEST_F(NotificationsTest, counts_and_reads_what_is_unread) {
    rig_.deliver(*service_, {confirmed(1), confirmed(2)});
    EXPECT_EQ(call("GET", "/unread-count", customer_).body.bytes(), R"({"unread":2})");
    const auto list = body(call("GET", "", customer_));
    const std::string id(list.find("items")->items()[0].text_at("id"));
    EXPECT_EQ(call("POST", "/" + id + "/read", customer_, {.if_match = "7"}).status, 412);
    const auto read = call("POST", "/" + id + "/read", customer_, {.if_match = "1"});
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.headers.get("ETag"), "\"2\"");
    EXPECT_EQ(call("POST", "/" + id + "/read", customer_).headers.get("ETag"), "\"2\"");
    EXPECT_EQ(call("GET", "/unread-count", customer_).body.bytes(), R"({"unread":1})");
    EXPECT_EQ(items(customer_, "unread=true"), 1U);
    EXPECT_EQ(items(customer_), 2U);
}

TEST_F(NotificationsTest, pages_through_a_list_newest_first_without_a_gap) {
    for (std::uint64_t n = 1; n <= 5; ++n) {
        rig_.deliver(*service_, {confirmed(n)});
        rig_.run(std::chrono::seconds(1));
    }
    std::vector<std::string> seen;
    std::string query = "limit=2";
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = body(call("GET", "", customer_, {.query = query}));
        for (const auto& one : page.find("items")->items()) seen.emplace_back(one.text_at("id"));
        query = "limit=2&cursor=" + std::string(page.text_at("nextCursor"));
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
    EXPECT_EQ(call("GET", "", customer_, {.query = "cursor=forged"}).status, 422);
}

TEST_F(NotificationsTest, lets_operators_alone_post_and_retry) {
    const std::string text =
        R"({"userId":"customer1","type":"Email","subject":"Hello","body":"World"})";
    EXPECT_EQ(call("POST", "", customer_, {.body = text}).status, 403);
    EXPECT_EQ(call("POST", "", operator_, {.body = R"({"userId":"","x":1})"}).status, 422);
    const auto posted = call("POST", "", operator_, {.body = text, .key = "k1"});
    EXPECT_EQ(posted.status, 201);
    const auto made = body(posted);
    EXPECT_EQ(made.text_at("status"), "Skipped");
    EXPECT_EQ(made.text_at("reason"), "opted_out");
    const std::string id(made.text_at("id"));
    EXPECT_EQ(posted.headers.get("Location"), "/v1/notifications/" + id);
    const auto again = call("POST", "", operator_, {.body = text, .key = "k1"});
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
    EXPECT_EQ(body(again).text_at("id"), id);
    EXPECT_EQ(call("POST", "/" + id + "/retry", operator_).status, 409);
    const auto wanted = call("PUT", "/preferences", customer_,
                             {.body = R"({"Email":true,"email":"a@example.com"})"});
    EXPECT_EQ(wanted.status, 200);
    const auto sent = call("POST", "/" + id + "/retry", operator_);
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(body(sent).text_at("status"), "Sent");
    EXPECT_EQ(call("POST", "/" + id + "/retry", customer_).status, 403);
}

TEST_F(NotificationsTest, keeps_preferences_of_each_user) {
    const auto defaults = call("GET", "/preferences", customer_);
    EXPECT_EQ(defaults.body.bytes(),
              R"({"InApp":true,"Email":false,"SMS":false,"Push":false,"email":null,"phone":null,)"
              R"("pushEndpoint":null,"locale":"en","version":1})");
    EXPECT_EQ(defaults.headers.get("ETag"), "\"1\"");
    const auto broken = call(
        "PUT", "/preferences", customer_,
        {.body = R"({"email":"nobody","phone":"abc","pushEndpoint":"ftp://x","locale":"!!"})"});
    EXPECT_EQ(broken.status, 422);
    EXPECT_EQ(body(broken).find("errors")->items().size(), 4U);
    EXPECT_EQ(call("PUT", "/preferences", customer_, {.body = "{}", .if_match = "2"}).status, 412);
    EXPECT_EQ(
        call("PUT", "/preferences", customer_, {.body = R"({"InApp":false})", .if_match = "1"})
            .headers.get("ETag"),
        "\"2\"");
    rig_.deliver(*service_, {confirmed()});
    EXPECT_EQ(items(customer_), 0U);
    EXPECT_EQ(body(call("GET", "/preferences", operator_)).find("InApp")->boolean(), true);
}

TEST_F(NotificationsTest, lets_operators_change_what_is_said) {
    EXPECT_EQ(call("GET", "/templates", customer_).status, 403);
    const auto list =
        body(call("GET", "/templates", operator_, {.query = "event=OrderConfirmed&type=InApp"}));
    ASSERT_EQ(list.find("items")->items().size(), 1U);
    const std::string id(list.find("items")->items()[0].text_at("id"));
    const auto content = [](std::string subject) {
        return R"({"event":"OrderConfirmed","type":"InApp","name":"mine","subject":")" + subject +
               R"(","body":"{{orderNumber}}"})";
    };
    const auto broken = call("PUT", "/templates/" + id, operator_,
                             {.body = content("{{secret}}"), .if_match = "1"});
    EXPECT_EQ(broken.status, 422);
    EXPECT_EQ(
        call("PUT", "/templates/" + id, operator_, {.body = content("a"), .if_match = "5"}).status,
        412);
    EXPECT_EQ(call("PUT", "/templates/" + id, operator_,
                   {.body = content("Yes: {{orderNumber}}"), .if_match = "1"})
                  .status,
              200);
    const auto preview = body(call("POST", "/templates/" + id + "/preview", operator_,
                                   {.body = R"({"fields":{"orderNumber":"<b>"}})"}));
    EXPECT_EQ(preview.text_at("subject"), "Yes: &lt;b&gt;");
    rig_.deliver(*service_, {confirmed()});
    const auto told = body(call("GET", "", customer_));
    EXPECT_EQ(told.find("items")->items()[0].text_at("subject"), "Yes: WB-20261123-7K3QZ9M2");
    EXPECT_EQ(call("DELETE", "/templates/" + id, operator_, {.if_match = "2"}).status, 204);
    EXPECT_EQ(call("GET", "/templates/" + id, operator_).status, 404);
    EXPECT_EQ(call("POST", "/templates", operator_, {.body = content("again")}).status, 201);
    EXPECT_EQ(call("POST", "/templates", operator_, {.body = content("again")}).status, 422);
    EXPECT_EQ(rig_.number("select count(*) from events where type = 'OperatorActed'"), 3);
}

TEST_F(NotificationsTest, streams_new_ones_and_resumes_after_the_last_one_seen) {
    rig_.deliver(*service_, {confirmed(1)});
    rig_.run(std::chrono::seconds(1));
    auto opened = call("GET", "/stream", customer_);
    EXPECT_EQ(opened.headers.get("Content-Type"), "text/event-stream");
    auto source = opened.body.take_source();
    EXPECT_EQ(rig_.pull(*source), "retry: 2000\n\n");
    rig_.deliver(*service_, {confirmed(2), low_stock()});
    const auto news = rig_.pull(*source);
    ASSERT_TRUE(news);
    EXPECT_NE(news->find("event: notification\n"), std::string::npos);
    EXPECT_EQ(news->find("LAP-15"), std::string::npos);
    EXPECT_EQ(rig_.pull(*source, std::chrono::seconds(20)), ": still here\n\n");
    source.reset();

    const auto list = body(call("GET", "", customer_));
    const std::string first(list.find("items")->items()[1].text_at("id"));
    const std::string second(list.find("items")->items()[0].text_at("id"));
    auto resumed = call("GET", "/stream", customer_, {.headers = {{"Last-Event-ID", first}}});
    source = resumed.body.take_source();
    const auto missed = rig_.pull(*source);
    ASSERT_TRUE(missed);
    EXPECT_NE(missed->find("id: " + second), std::string::npos);
    EXPECT_EQ(missed->find("id: " + first), std::string::npos);
    EXPECT_EQ(call("GET", "/stream", customer_, {.headers = {{"Last-Event-ID", "x"}}}).status, 422);
    service_->end_waits();
    EXPECT_EQ(rig_.pull(*source), "");
}

}  // namespace
}  // namespace waybill::notifications
