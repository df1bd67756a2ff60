#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/service/service_testing.hpp"
#include "services/inventory/service.hpp"
#include "services/orders/events.hpp"

/// The inventory service over SQLite, in virtual time, with orders' events sent by hand.
namespace waybill::inventory::testing {

using service::testing::Asked;

inline http::Principal person(std::string subject, std::vector<std::string> roles) {
    return {.subject = std::move(subject),
            .client = "test",
            .user_name = {},
            .scopes = {"inventory.read", "inventory.write"},
            .roles = std::move(roles)};
}

class ServiceTest : public ::testing::Test {
 protected:
    ServiceTest() : service_(make_service(rig_.host())) {
        const auto opened = service_->open();
        EXPECT_TRUE(opened) << opened.error().detail;
        service_->start();
    }

    http::Response call(std::string method, std::string path, Asked asked = {}) {
        return call_as(operator_, std::move(method), std::move(path), std::move(asked));
    }
    http::Response call_as(const http::Principal& who, std::string method, std::string path,
                           Asked asked = {}) {
        return rig_.call(*service_, std::move(method), "/v1/inventory" + path, who,
                         std::move(asked));
    }
    static json::Document body(const http::Response& response) {
        auto parsed = json::parse(response.body.bytes());
        EXPECT_TRUE(parsed) << response.body.bytes();
        return std::move(*parsed);
    }
    static std::string text(const http::Response& response, std::string_view member) {
        return std::string(body(response).text_at(member));
    }
    static std::string slug(const http::Response& response) {
        return text(response, "type").substr(std::string_view("/problems/").size());
    }
    std::vector<std::string> listed(std::string path, std::string query, std::string_view member) {
        const auto response = call("GET", std::move(path), {.query = std::move(query)});
        EXPECT_EQ(response.status, 200) << response.body.bytes();
        const auto list = body(response);
        next_ = std::string(list.text_at("nextCursor"));
        std::vector<std::string> all;
        for (const auto& item : list.find("items")->items()) all.emplace_back(item.text_at(member));
        return all;
    }

    /// Creates a product that must be accepted; its id.
    std::string create(const std::string& sku, int quantity, int threshold = 0) {
        const auto created =
            call("POST", "/products", {.body = definition(sku, quantity, threshold)});
        EXPECT_EQ(created.status, 201) << created.body.bytes();
        return text(created, "id");
    }
    static std::string definition(const std::string& sku, int quantity, int threshold = 0) {
        return R"({"sku":")" + sku + R"(","name":"The )" + sku +
               R"(","price":"12.99","quantity":)" + std::to_string(quantity) +
               R"(,"lowStockThreshold":)" + std::to_string(threshold) + "}";
    }
    std::int64_t quantity(const std::string& product, std::string_view member = "quantity") {
        return body(call("GET", "/products/" + product)).find(member)->as_int64().value_or(-1);
    }

    OrderId order(std::uint64_t n) const { return OrderId{Uuid::v7(Timestamp{0}, n)}; }
    void order_created(std::uint64_t n, std::vector<orders::LineQuantity> lines) {
        orders::OrderCreated event;
        event.order_id = order(n);
        event.order_number = "WB-" + std::to_string(n);
        event.customer_id = "alice";
        for (const auto& line : lines) {
            orders::OrderLine item;
            item.product_id = line.product_id;
            item.quantity = line.quantity;
            event.items.push_back(item);
        }
        tell(event);
    }
    void order_cancelled(std::uint64_t n, std::vector<orders::LineQuantity> lines) {
        orders::OrderCancelled event;
        event.order_id = order(n);
        event.lines = std::move(lines);
        tell(event);
    }
    void order_shipped(std::uint64_t n, std::vector<orders::LineQuantity> lines) {
        orders::OrderShipped event;
        event.order_id = order(n);
        event.tracking_number = "T";
        event.lines = std::move(lines);
        tell(event);
    }
    void tell(const orders::Event& event) {
        const EventIdentity identity = orders::identify(event);
        messaging::Message message;
        message.meta.event_id = Uuid::v7(rig_.env().now(), ++messages_);
        message.meta.type = identity.type;
        message.meta.aggregate_type = identity.aggregate_type;
        message.meta.aggregate_id = identity.aggregate_id;
        message.meta.aggregate_version = 1;
        message.meta.occurred_at = rig_.env().now();
        message.meta.correlation_id = Uuid::v7(Timestamp{0}, 4711);
        message.data = orders::to_json(event);
        EXPECT_EQ(rig_.deliver(*service_, {message}), 1U);
    }
    orders::LineQuantity line(const std::string& product, std::int64_t quantity) const {
        return {*ProductId::parse(product), quantity};
    }

    service::testing::ServiceRig rig_;
    std::unique_ptr<service::Service> service_;
    const http::Principal customer_ = person("alice", {"customer"});
    const http::Principal operator_ = person("op", {"operator"});
    std::string next_;

 private:
    std::uint64_t messages_ = 0;
};

}  // namespace waybill::inventory::testing
