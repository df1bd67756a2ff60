#include "services/gateway/pages.hpp"

#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

Task<http::Response> nothing(http::Call&) {
    co_return http::Response{};
}

class PagesTest : public testing::GatewayTest {
 protected:
    PagesTest() {
        orders_.post("/v1/orders", {.scope = "orders.write", .operation_id = "placeOrder"},
                     nothing);
        add_pages(own_, {&orders_}, "1.2.3");
    }
    /// Calls the page's handler as a router would.
    testing::Answer page(std::string path,
                         std::vector<std::pair<std::string_view, std::string>> parameters = {}) {
        struct Direct final : http::Handler {
            Task<http::Response> handle(http::Request asked, Deadline deadline) override {
                const http::Principal nobody;
                http::Call call{asked, nobody, {}, {}, parameters, deadline, *route, {}, {}, {}};
                co_return co_await route->handler(call);
            }
            const http::Route* route = nullptr;
            std::vector<std::pair<std::string_view, std::string>> parameters;
        } direct;
        for (const http::Route& route : own_.all())
            if (route.path == path) direct.route = &route;
        direct.parameters = std::move(parameters);
        return send(direct, request("GET", path));
    }

    http::Routes orders_{"orders"};
    http::Routes own_{"gateway"};
};

TEST_F(PagesTest, AreAllPublic) {
    ASSERT_EQ(own_.all().size(), 3U);
    for (const http::Route& route : own_.all()) EXPECT_EQ(route.spec.scope, "public") << route.path;
}

TEST_F(PagesTest, ExplainAProblemAndKnowNoOther) {
    const auto known = page("/problems/{slug}", {{"slug", "rate-limited"}});
    EXPECT_EQ(known.status, 200);
    EXPECT_EQ(known.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_NE(known.body.find("/problems/rate-limited"), std::string::npos);
    EXPECT_EQ(page("/problems/{slug}", {{"slug", "<script>"}}).problem(), "not-found");
}

TEST_F(PagesTest, TellTheVersion) {
    EXPECT_EQ(page("/version").member("version"), "1.2.3");
}

TEST_F(PagesTest, MergeAllTablesIntoOneDocument) {
    const auto answer = page("/openapi.json");
    const auto document = json::parse(answer.body);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->text_at("openapi"), "3.1.0");
    const json::Value* paths = document->find("paths");
    ASSERT_NE(paths, nullptr);
    for (const char* path : {"/v1/orders", "/version", "/problems/{slug}", "/openapi.json"})
        EXPECT_NE(paths->find(path), nullptr) << path;
}

}  // namespace
}  // namespace waybill::gateway
