#include "chassis/http/routes.hpp"

#include <gtest/gtest.h>

#include "chassis/runtime/task.hpp"

namespace waybill::http {
namespace {

Task<Response> answer_nothing(Call&) {
    co_return Response{};
}

class RouteIndexTest : public testing::Test {
 protected:
    RouteIndexTest() {
        const auto add = [&](const char* method, const char* path) {
            routes_.add(method, path, {.scope = "public"}, answer_nothing);
        };
        add("GET", "/");
        add("GET", "/v1/orders");
        add("POST", "/v1/orders");
        add("GET", "/v1/orders/{id}");
        add("POST", "/v1/orders/{id}/confirm");
        add("GET", "/v1/orders/stream");
        add("POST", "/v1/products:batch");
        add("GET", "/v1/products/{id}");
        add("GET", "/v1/products/{product}/movements");
        add("POST", "/v1/timers/{id}:replay");
        add("DELETE", "/v1/timers/{id}");
        std::vector<const Route*> all;
        for (const Route& route : routes_.all()) all.push_back(&route);
        index_ = std::make_unique<RouteIndex>(all);
    }
    std::string path_of(std::string_view method, std::string_view path) {
        const auto match = index_->find(method, path);
        if (match.route != nullptr) return match.route->path;
        return match.allow.empty() ? "404" : "405 " + match.allow;
    }

    Routes routes_{"orders"};
    std::unique_ptr<RouteIndex> index_;
};

TEST_F(RouteIndexTest, FindsNothingForOtherPathsAndMethods) {
    for (const char* path :
         {"", "x", "/v1", "/v1/", "/v1/orders/", "/v1/orders/1/", "/v1//orders", "/v1/orders/1/2",
          "/v1/orders/1/confirm/x", "/V1/orders", "/v1/timers", "/v1/products:other"})
        EXPECT_EQ(path_of("GET", path), "404") << path;
    EXPECT_EQ(path_of("DELETE", "/v1/orders"), "405 GET, HEAD, POST");
    EXPECT_EQ(path_of("GET", "/v1/products:batch"), "405 POST");
    EXPECT_EQ(path_of("get", "/v1/orders"), "405 GET, HEAD, POST");
}

TEST_F(RouteIndexTest, PrefersLiteralsThenSuffixesThenParameters) {
    EXPECT_EQ(path_of("GET", "/"), "/");
    EXPECT_EQ(path_of("HEAD", "/v1/orders"), "/v1/orders");
    EXPECT_EQ(path_of("GET", "/v1/orders/stream"), "/v1/orders/stream");
    EXPECT_EQ(path_of("GET", "/v1/orders/streams"), "/v1/orders/{id}");
    EXPECT_EQ(path_of("POST", "/v1/orders/stream/confirm"), "/v1/orders/{id}/confirm");
    EXPECT_EQ(path_of("POST", "/v1/products:batch"), "/v1/products:batch");
    EXPECT_EQ(path_of("POST", "/v1/timers/7:replay"), "/v1/timers/{id}:replay");
    EXPECT_EQ(path_of("DELETE", "/v1/timers/7:other"), "/v1/timers/{id}");
}

TEST_F(RouteIndexTest, FindsTheSameRouteWithoutItsParameters) {
    for (const char* method : {"GET", "HEAD", "POST", "DELETE"})
        for (const char* path : {"/", "/v1", "/v1/orders", "/v1/orders/", "/v1/orders/7",
                                 "/v1/orders/7/confirm", "/v1/products:batch", "/v2/orders"})
            EXPECT_EQ(index_->find_route(method, path), index_->find(method, path).route)
                << method << ' ' << path;
}

TEST_F(RouteIndexTest, GivesParametersByTheirNamesDecoded) {
    const auto movements = index_->find("GET", "/v1/products/caf%C3%A9%20au%3Flait/movements");
    ASSERT_EQ(movements.parameters.size(), 1U);
    EXPECT_EQ(movements.parameters[0].first, "product");
    EXPECT_EQ(movements.parameters[0].second, "caf\xc3\xa9 au?lait");
    EXPECT_EQ(index_->find("POST", "/v1/timers/7:replay").parameters[0].second, "7");
}

TEST(RoutesDeathTest, ARouteThatIsWrongIsABug) {
    Routes routes("orders");
    EXPECT_DEATH(routes.get("/a", {}, answer_nothing), "scope");
    EXPECT_DEATH(routes.get("a", {.scope = "public"}, answer_nothing), "template");
    EXPECT_DEATH(routes.get("/a/", {.scope = "public"}, answer_nothing), "template");
    EXPECT_DEATH(routes.get("/{", {.scope = "public"}, answer_nothing), "template");
    EXPECT_DEATH(routes.get("/{}", {.scope = "public"}, answer_nothing), "template");
    EXPECT_DEATH(routes.get("/a{b}", {.scope = "public"}, answer_nothing), "template");
    routes.get("/a", {.scope = "public"}, answer_nothing);
    EXPECT_DEATH(routes.get("/a", {.scope = "public"}, answer_nothing), "repeated");
}

}  // namespace
}  // namespace waybill::http
