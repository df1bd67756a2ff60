#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/service/service_testing.hpp"
#include "services/inventory/events.hpp"
#include "services/orders/service.hpp"

/// The orders service over SQLite, in virtual time, with inventory's events sent by hand.
namespace waybill::orders::testing {

using service::testing::Asked;

inline http::Principal person(std::string subject, std::vector<std::string> roles = {"customer"}) {
    return {.subject = std::move(subject),
            .client = "test",
            .user_name = {},
            .scopes = {"orders.read", "orders.write"},
            .roles = std::move(roles)};
}

class ServiceTest : public ::testing::Test {
 protected:
    ServiceTest() : service_(make_service(rig_.host())) {
        const auto opened = service_->open();
        EXPECT_TRUE(opened) << opened.error().detail;
        service_->start();
        sell(1, "LAP-15", 129'999);
        sell(2, "PEN", 150);
    }

    http::Response call(std::string method, std::string path, const http::Principal& who,
                        Asked asked = {}) {
        return rig_.call(*service_, std::move(method), "/v1/orders" + path, who, std::move(asked));
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

    ProductId product(std::uint64_t n) const { return ProductId{Uuid::v7(Timestamp{0}, n)}; }
    void sell(std::uint64_t n, std::string sku, std::int64_t minor) {
        inventory::ProductCreated event;
        event.product_id = product(n);
        event.sku = sku;
        event.name = "Product " + sku;
        event.price = Money{minor, Currency::usd()};
        tell(event, 1);
    }
    /// Delivers an event of inventory's; its message id is drawn from `n`, or is a fresh one.
    void tell(const inventory::Event& event, std::int64_t version, std::uint64_t n = 0) {
        const EventIdentity identity = inventory::identify(event);
        messaging::Message message;
        message.meta.event_id = Uuid::v7(rig_.env().now(), n == 0 ? ++messages_ : 1'000'000 + n);
        message.meta.type = identity.type;
        message.meta.aggregate_type = identity.aggregate_type;
        message.meta.aggregate_id = identity.aggregate_id;
        message.meta.aggregate_version = version;
        message.meta.occurred_at = rig_.env().now();
        message.data = inventory::to_json(event);
        EXPECT_EQ(rig_.deliver(*service_, {message}), 1U);
    }
    void reserve(const std::string& order) {
        tell(
            inventory::InventoryReserved{
                {Uuid::v7(Timestamp{0}, 77)}, *OrderId::parse(order), {}, {}},
            1);
    }

    /// Places an order of pens that must be accepted; its id.
    std::string place(const http::Principal& who, std::string confirmation = "automatic") {
        const auto placed = call("POST", "", who,
                                 {.body = R"({"confirmation":")" + confirmation +
                                          R"(","items":[{"sku":"PEN","quantity":2}]})"});
        EXPECT_EQ(placed.status, 201) << placed.body.bytes();
        return text(placed, "id");
    }
    std::string status(const std::string& order) {
        return text(call("GET", "/" + order, operator_), "status");
    }

    service::testing::ServiceRig rig_;
    std::unique_ptr<service::Service> service_;
    const http::Principal alice_ = person("alice");
    const http::Principal bob_ = person("bob");
    const http::Principal operator_ = person("op", {"operator"});

 private:
    std::uint64_t messages_ = 0;
};

}  // namespace waybill::orders::testing
