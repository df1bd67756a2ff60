#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "app/check/check.hpp"
#include "app/check/services_testing.hpp"
#include "chassis/base/json.hpp"

namespace waybill::check::testing {

/// What people do with the four services, and what the checker says of them.
class World : public FourServices {
 public:
    /// Makes a product; its id.
    std::string make_product(const std::string& sku, int quantity) {
        return id_of(Service::inventory, "/v1/inventory/products",
                     R"({"sku":")" + sku + R"(","name":"The )" + sku +
                         R"(","price":"12.99","quantity":)" + std::to_string(quantity) + "}");
    }
    /// Places an order of two products; its id.
    std::string place(int quantity, std::string confirmation = "automatic") {
        return id_of(Service::orders, "/v1/orders",
                     R"({"confirmation":")" + confirmation +
                         R"(","items":[{"sku":"PEN","quantity":)" + std::to_string(quantity) +
                         R"(},{"sku":"INK","quantity":1}]})",
                     "key-" + std::to_string(++keys_));
    }
    void move(const std::string& order, const std::string& how, std::string body = {}) {
        const auto answer =
            rig(Service::orders)
                .call(of(Service::orders), "POST", "/v1/orders/" + order + "/" + how, operator_,
                      {.body = std::move(body)});
        EXPECT_EQ(answer.status, 200) << answer.body.bytes();
    }
    void adjust(const std::string& product, int delta) {
        const auto answer = rig(Service::inventory)
                                .call(of(Service::inventory), "POST",
                                      "/v1/inventory/products/" + product + "/adjust", operator_,
                                      {.body = R"({"delta":)" + std::to_string(delta) +
                                               R"(,"reason":"received"})"});
        EXPECT_EQ(answer.status, 200) << answer.body.bytes();
    }

    Horizon look() { return Horizon::look(sources()).value(); }
    Report judge(Options options = {}) {
        options.now = rig(Service::orders).env().now();
        auto report = check::judge(sources(), options);
        EXPECT_TRUE(report) << report.error().message;
        return report ? std::move(*report) : Report{};
    }

 private:
    std::string id_of(Service service, const std::string& path, std::string body,
                      std::optional<std::string> key = {}) {
        const auto made = rig(service).call(of(service), "POST", path, operator_,
                                            {.body = std::move(body), .key = std::move(key)});
        EXPECT_EQ(made.status, 201) << made.body.bytes();
        const auto document = json::parse(made.body.bytes());
        return document ? std::string(document->text_at("id")) : std::string();
    }
    int keys_ = 0;
    const http::Principal operator_{
        .subject = "op",
        .client = "test",
        .user_name = {},
        .scopes = {"orders.read", "orders.write", "inventory.read", "inventory.write"},
        .roles = {"operator"}};
};

/// A world at rest in which every kind of order has come to its end or waits for somebody.
class CheckTest : public ::testing::Test {
 protected:
    CheckTest() {
        pen_ = world_.make_product("PEN", 20);
        ink_ = world_.make_product("INK", 30);
        world_.deliver_all();
        confirmed_ = world_.place(2);
        cancelled_ = world_.place(3);
        shipped_ = world_.place(4);
        waiting_ = world_.place(1, "manual");
        refused_ = world_.place(1'000);
        world_.deliver_all();
        world_.move(cancelled_, "cancel");
        world_.move(shipped_, "ship", R"({"trackingNumber":"T"})");
        world_.adjust(pen_, 5);
        world_.deliver_all();
    }

    static std::string broken(const Report& report) {
        std::string codes;
        for (const Verdict& verdict : report.verdicts)
            if (verdict.outcome == Verdict::Outcome::broken)
                codes += (codes.empty() ? "" : " ") + std::string(code_of(verdict.invariant));
        return codes;
    }
    /// `x'0198…'`
    static std::string blob(const std::string& id) {
        std::string text = "x'";
        for (const char c : id)
            if (c != '-') text += c;
        return text + "'";
    }

    World world_;
    std::string pen_, ink_;
    std::string confirmed_, cancelled_, shipped_, waiting_, refused_;
};

}  // namespace waybill::check::testing
