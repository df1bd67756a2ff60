#include "services/gateway/gateway.hpp"

#include "chassis/auth/token_defects.hpp"
#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

using testing::Answer;
using testing::GatewayTest;

class Refusals : public GatewayTest {
 protected:
    void TearDown() override { EXPECT_TRUE(upstream_.requests.empty()) << "nothing was forwarded"; }
};

TEST_F(Refusals, AHostThatIsNotServedIsMisdirected) {
    for (const char* host :
         {"evil.example", "localhost", "localhost:81", "localhost:8080.evil", ""}) {
        auto asked = request("GET", "/open");
        asked.headers.set("Host", host);
        const Answer answer = send(std::move(asked));
        EXPECT_EQ(answer.status, 421) << host;
        EXPECT_EQ(answer.problem(), "misdirected-request");
    }
}

TEST_F(Refusals, ARequestWithoutHostIsMisdirected) {
    auto asked = request("GET", "/open");
    asked.headers.remove("Host");
    EXPECT_EQ(send(std::move(asked)).status, 421);
}

TEST_F(Refusals, WhatMatchesNoRouteIsNotFoundEvenWithAToken) {
    for (const char* path : {"/", "/v1", "/v1/order", "/v1/orders/", "/v1/orders/1/2", "/open/x"}) {
        const Answer answer = send(authorised("GET", path));
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.problem(), "not-found");
        EXPECT_EQ(answer.member("instance"), path);
    }
}

TEST_F(Refusals, AnotherMethodIsToldWhichAreAllowed) {
    const Answer answer = send(authorised("DELETE", "/v1/orders"));
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.problem(), "method-not-allowed");
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST");
}

TEST_F(Refusals, NoTokenIsUnauthorizedWithAChallenge) {
    const Answer answer = send(request("GET", "/v1/orders"));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.problem(), "unauthorized");
    EXPECT_TRUE(answer.header("WWW-Authenticate").starts_with("Bearer error="));
}

TEST_F(Refusals, EveryDefectOfATokenIsUnauthorized) {
    const auto forge = auth::testing::forge();
    for (const auto& defect : auth::testing::token_defects()) {
        const auto credentials = defect.make(forge);
        auto asked = request("GET", "/v1/orders");
        for (const std::string& value : credentials.authorization)
            asked.headers.add("Authorization", value);
        asked.query = credentials.query;
        const Answer answer = send(std::move(asked));
        EXPECT_EQ(answer.status, 401) << defect.name;
        EXPECT_FALSE(answer.header("WWW-Authenticate").empty()) << defect.name;
    }
}

TEST_F(Refusals, AScopeThatIsNotThereIsNamed) {
    const Answer answer =
        send(authorised("POST", "/v1/orders", {}, {{"scope", R"("orders.read orders.writer")"}}));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.problem(), "insufficient-scope");
    EXPECT_EQ(answer.header("WWW-Authenticate"),
              R"(Bearer error="insufficient_scope", scope="orders.write")");
}

TEST_F(Refusals, ARoleThatIsNotHeldIsForbidden) {
    const Answer answer = send(authorised("POST", "/v1/orders/1/ship"));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.problem(), "forbidden");
}

TEST_F(Refusals, AClosedRouteIsNotFound) {
    route_at("/open").closed = true;
    EXPECT_EQ(send(request("GET", "/open")).status, 404);
}

TEST_F(Refusals, ABodyThatIsTooLargeIsRefusedBeforeItIsRead) {
    options_.body_bytes_max = 10;
    auto asked = authorised("POST", "/v1/orders");
    asked.body = std::string(11, 'x');
    EXPECT_EQ(send(std::move(asked)).problem(), "payload-too-large");
}

TEST_F(Refusals, AMalformedRequestTimeoutIsAFaultOfTheHeader) {
    const Answer answer = send(request("GET", "/open", {{"Request-Timeout", "31"}}));
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.problem(), "validation-failed");
    EXPECT_NE(answer.body.find(R"("pointer":"Request-Timeout")"), std::string::npos);
}

TEST_F(GatewayTest, PassesRequestAndAnswerThrough) {
    upstream_.script = [](const http::Request&) {
        http::Response response;
        response.status = 201;
        response.headers.add("Location", "/v1/orders/1");
        response.headers.add("ETag", "\"1\"");
        response.body = std::string("{\"id\":1}");
        return response;
    };
    auto asked = authorised("POST", "/v1/orders", {{"Content-Type", "application/json"}});
    asked.query = "a=1&b=%20";
    asked.body = std::string("{\"items\":[]}");
    const Answer answer = send(std::move(asked));
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.header("Location"), "/v1/orders/1");
    EXPECT_EQ(answer.header("ETag"), "\"1\"");
    EXPECT_EQ(answer.body, "{\"id\":1}");
    EXPECT_EQ(forwarded().method, "POST");
    EXPECT_EQ(forwarded().path, "/v1/orders");
    EXPECT_EQ(forwarded().query, "a=1&b=%20");
    EXPECT_EQ(upstream_.bodies.back(), "{\"items\":[]}");
    EXPECT_EQ(forwarded("Content-Type"), "application/json");
}

TEST_F(GatewayTest, LetsThePlatformsOwnRefusalsThroughUnchanged) {
    upstream_.script = [](const http::Request&) {
        http::Response response;
        response.status = 503;
        response.headers.add("Retry-After", "7");
        return response;
    };
    const Answer answer = send(authorised("GET", "/v1/orders"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("Retry-After"), "7");
    EXPECT_EQ(upstream_.requests.size(), 1U);
}

TEST_F(GatewayTest, KeepsTheTokenSoThatTheServiceCanVerifyItAgain) {
    send(authorised("GET", "/v1/orders"));
    EXPECT_TRUE(forwarded("Authorization").starts_with("Bearer ey"));
}

TEST_F(GatewayTest, LetsAnAdminDoWhatAnOperatorMay) {
    const auth::testing::Forge::Claims admin{{"realm_access", R"({"roles":["admin"]})"}};
    EXPECT_EQ(send(authorised("POST", "/v1/orders/1/ship", {}, admin)).status, 200);
}

TEST_F(GatewayTest, NeedsNoTokenOnAPublicRouteAndDoesNotLookAtOne) {
    EXPECT_EQ(send(request("GET", "/open")).status, 200);
    EXPECT_EQ(send(request("GET", "/open", {{"Authorization", "Bearer broken"}})).status, 200);
}

TEST_F(GatewayTest, AnswersHeadWhereGetIsAllowed) {
    EXPECT_EQ(send(request("HEAD", "/open")).status, 200);
    EXPECT_EQ(forwarded().method, "HEAD");
}

TEST_F(GatewayTest, GivesEveryHopTheTimeThatIsLeft) {
    const MonoTime now = env_->monotonic();
    send(request("GET", "/open"));
    EXPECT_EQ(upstream_.deadlines.back(), Deadline::after(now, std::chrono::seconds(5)));
    EXPECT_EQ(forwarded("Request-Timeout"), "5.000");
    const MonoTime later = env_->monotonic();
    send(request("GET", "/open", {{"Request-Timeout", "0.25"}}));
    EXPECT_EQ(upstream_.deadlines.back(), Deadline::after(later, std::chrono::milliseconds(250)));
    EXPECT_EQ(forwarded("Request-Timeout"), "0.250");
}

TEST_F(GatewayTest, LengthensTheDeadlineOfARequestThatWaits) {
    const MonoTime now = env_->monotonic();
    send(request("GET", "/open", {{"Prefer", "wait=8"}}));
    EXPECT_EQ(upstream_.deadlines.back(), Deadline::after(now, std::chrono::seconds(10)));
    EXPECT_EQ(forwarded("Prefer"), "wait=8");
}

TEST_F(GatewayTest, SendsAMatchedPrefixOnWithItsPrefixesRewritten) {
    auto legacy = route("GET", "/legacy/*", "public");
    legacy.strip_prefix = "/legacy";
    legacy.add_prefix = "/old/v2";
    legacy.set_query = {{"via", "a b"}};
    legacy.set_headers = {{"X-Channel", "web"}};
    legacy.remove_headers = {"Cookie"};
    legacy.set_response_headers = {{"Cache-Control", "no-store"}};
    routes_.push_back(legacy);
    auto asked = request("GET", "/legacy/a/b", {{"Cookie", "c=1"}, {"X-Channel", "forged"}});
    asked.query = "x=1&%76ia=forged";
    const Answer answer = send(std::move(asked));
    EXPECT_EQ(forwarded().path, "/old/v2/a/b");
    EXPECT_EQ(forwarded().query, "x=1&via=a%20b");
    EXPECT_EQ(forwarded("X-Channel"), "web");
    EXPECT_EQ(forwarded("Cookie"), "");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

TEST_F(GatewayTest, ChoosesARouteByHostFirst) {
    options_.hosts.push_back("admin.example:8080");
    auto admin = route("GET", "/open", "public");
    admin.host = "admin.example";
    admin.set_headers = {{"X-Door", "admin"}};
    routes_.push_back(admin);
    send(request("GET", "/open"));
    EXPECT_EQ(forwarded("X-Door"), "");
    auto asked = request("GET", "/open");
    asked.headers.set("Host", "Admin.Example:8080");
    send(std::move(asked));
    EXPECT_EQ(forwarded("X-Door"), "admin");
}

}  // namespace
}  // namespace waybill::gateway
