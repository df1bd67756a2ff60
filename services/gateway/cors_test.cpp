#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

class CorsTest : public testing::GatewayTest {
 protected:
    CorsTest() { options_.console_origins = {"http://localhost:8080"}; }
    testing::Answer preflight(const std::string& origin) {
        return send(request("OPTIONS", "/v1/orders",
                            {{"Origin", origin},
                             {"Access-Control-Request-Method", "POST"},
                             {"Access-Control-Request-Headers", "authorization"}}));
    }
};

TEST_F(CorsTest, TellsForeignOriginsNothing) {
    for (const char* origin : {"http://evil.example", "null", "http://localhost:8081",
                               "https://localhost:8080", "http://localhost:8080.evil.example"}) {
        const auto refused = preflight(origin);
        EXPECT_EQ(refused.status, 403) << origin;
        EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "");
        const auto plain = send(request("GET", "/open", {{"Origin", origin}}));
        EXPECT_EQ(plain.header("Access-Control-Allow-Origin"), "");
    }
}

TEST_F(CorsTest, LetsTheConsoleAskAndReadWithoutCredentialsOfTheBrowser) {
    const auto leave = preflight("http://localhost:8080");
    EXPECT_EQ(leave.status, 204);
    EXPECT_EQ(leave.header("Access-Control-Allow-Origin"), "http://localhost:8080");
    EXPECT_NE(leave.header("Access-Control-Allow-Methods").find("PATCH"), std::string::npos);
    EXPECT_NE(leave.header("Access-Control-Allow-Headers").find("idempotency-key"),
              std::string::npos);
    EXPECT_EQ(leave.header("Access-Control-Allow-Credentials"), "");
    const auto answer = send(request("GET", "/open", {{"Origin", "http://localhost:8080"}}));
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "http://localhost:8080");
    EXPECT_NE(answer.header("Access-Control-Expose-Headers").find("ETag"), std::string::npos);
    EXPECT_EQ(answer.header("Vary"), "Origin");
}

TEST_F(CorsTest, LetsTheConsoleReadRefusalsToo) {
    const auto answer = send(request("GET", "/v1/orders", {{"Origin", "http://localhost:8080"}}));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "http://localhost:8080");
}

TEST_F(CorsTest, NamesNoOriginWhenTwoAreSent) {
    const auto answer = send(request(
        "GET", "/open", {{"Origin", "http://localhost:8080"}, {"Origin", "http://evil.example"}}));
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "");
}

}  // namespace
}  // namespace waybill::gateway
