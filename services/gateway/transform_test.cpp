#include "services/gateway/client_fields.hpp"
#include "services/gateway/gateway_testing.hpp"

namespace waybill::gateway {
namespace {

using testing::GatewayTest;

constexpr std::array identity_names{"X-User",
                                    "X-User-Id",
                                    "x_user_id",
                                    "X-Auth-Request-User",
                                    "X-Remote-User",
                                    "Remote-User",
                                    "Remote_User",
                                    "X-Forwarded-User",
                                    "X-Forwarded-Email",
                                    "X-Forwarded-Access-Token",
                                    "X-Forwarded-Groups",
                                    "X-Subject",
                                    "X-Roles",
                                    "X-Scopes",
                                    "X-Principal",
                                    "X-Identity",
                                    "X-JWT-Claims",
                                    "X-Id-Token",
                                    "X-Customer-Id",
                                    "X-Tenant-Id",
                                    "X-Client-Cert",
                                    "SSL-Client-S-DN",
                                    "X-Original-URL",
                                    "X-Rewrite-URL",
                                    "X-HTTP-Method-Override",
                                    "X-Method-Override",
                                    "X-Waybill-Subject",
                                    "X-FORWARDED-USER"};

TEST_F(GatewayTest, RemovesWhatClaimsAnIdentity) {
    for (const char* name : identity_names) {
        send(request("GET", "/open", {{name, "admin"}}));
        EXPECT_EQ(forwarded(name), "") << name;
    }
}

TEST_F(GatewayTest, LeavesOrdinaryFieldsAlone) {
    const std::vector<std::pair<std::string, std::string>> fields{
        {"Accept", "application/json"}, {"User-Agent", "test"},     {"X-Request-Id", "7"},
        {"X-Requested-With", "fetch"},  {"Idempotency-Key", "k-1"}, {"If-Match", "\"3\""},
        {"tracestate", "a=b"},          {"baggage", "c=d"},         {"Last-Event-ID", "9"},
        {"Waybill-Min-Version", "4"},   {"Content-Type", "text/x"}};
    send(request("GET", "/open", fields));
    for (const auto& [name, value] : fields) EXPECT_EQ(forwarded(name), value) << name;
}

TEST_F(GatewayTest, RemovesHopByHopFieldsAndThoseThatConnectionLists) {
    send(request("GET", "/open",
                 {{"Connection", "keep-alive, X-Mine"},
                  {"connection", "x-other"},
                  {"Keep-Alive", "timeout=5"},
                  {"X-Mine", "1"},
                  {"X-Other", "2"},
                  {"TE", "trailers"},
                  {"Upgrade", "h2c"},
                  {"HTTP2-Settings", "AAMAAABkAAQ"},
                  {"Proxy-Authorization", "Basic eDp5"},
                  {"Proxy-Connection", "close"},
                  {"Trailer", "X-T"}}));
    for (const char* name :
         {"Connection", "Keep-Alive", "X-Mine", "X-Other", "TE", "Upgrade", "HTTP2-Settings",
          "Proxy-Authorization", "Proxy-Connection", "Trailer"})
        EXPECT_FALSE(forwarded().headers.get(name)) << name;
}

TEST_F(GatewayTest, CannotBeMadeToForgetWhatItAddsByConnection) {
    send(request(
        "GET", "/open",
        {{"Connection", "X-Forwarded-For, Forwarded, Via, Host, traceparent, Request-Timeout"}}));
    EXPECT_EQ(forwarded("X-Forwarded-For"), "192.0.2.7");
    EXPECT_EQ(forwarded("Forwarded"), "for=192.0.2.7;host=\"localhost:8080\";proto=http");
    EXPECT_EQ(forwarded("Via"), "1.1 waybill");
    EXPECT_EQ(forwarded("Host"), "localhost:8080");
    EXPECT_EQ(forwarded("Request-Timeout"), "5.000");
}

TEST_F(GatewayTest, SeesNoTokenThatTheUpstreamWouldNotSee) {
    EXPECT_EQ(send(authorised("GET", "/v1/orders", {{"Connection", "Authorization"}})).status, 401);
    EXPECT_TRUE(upstream_.requests.empty());
}

TEST_F(GatewayTest, ReplacesTheWayThatAnUntrustedClientTells) {
    send(request("GET", "/open",
                 {{"X-Forwarded-For", "127.0.0.1"},
                  {"X-Forwarded-Proto", "https"},
                  {"X-Forwarded-Host", "evil.example"},
                  {"X-Forwarded-Port", "1"},
                  {"X-Real-IP", "127.0.0.1"},
                  {"Forwarded", "for=127.0.0.1"}}));
    EXPECT_EQ(forwarded("X-Forwarded-For"), "192.0.2.7");
    EXPECT_EQ(forwarded("X-Forwarded-Proto"), "http");
    EXPECT_EQ(forwarded("X-Forwarded-Host"), "localhost:8080");
    EXPECT_EQ(forwarded("X-Forwarded-Port"), "");
    EXPECT_EQ(forwarded("X-Real-IP"), "");
    EXPECT_EQ(forwarded("Forwarded"), "for=192.0.2.7;host=\"localhost:8080\";proto=http");
}

TEST_F(GatewayTest, ContinuesTheWayThatATrustedProxyTells) {
    options_.trusted_proxies = {"192.0.2.7"};
    send(request("GET", "/open",
                 {{"X-Forwarded-For", "198.51.100.1"},
                  {"X-Forwarded-Proto", "https"},
                  {"X-Forwarded-User", "admin"},
                  {"Forwarded", "for=198.51.100.1"},
                  {"Via", "1.1 edge"}}));
    EXPECT_EQ(forwarded("X-Forwarded-For"), "198.51.100.1, 192.0.2.7");
    EXPECT_EQ(forwarded("X-Forwarded-Proto"), "https");
    EXPECT_EQ(forwarded("X-Forwarded-User"), "") << "an identity is never believed";
    EXPECT_TRUE(forwarded("Forwarded").starts_with("for=198.51.100.1, for=192.0.2.7;"));
    EXPECT_EQ(forwarded("Via"), "1.1 edge, 1.1 waybill");
}

TEST_F(GatewayTest, WritesAnIpv6HopAsForwardedDemands) {
    auto asked = request("GET", "/open");
    asked.peer_address = "2001:db8::1";
    send(std::move(asked));
    EXPECT_TRUE(forwarded("Forwarded").starts_with("for=\"[2001:db8::1]\";"));
}

TEST_F(GatewayTest, TakesHopByHopFieldsOffAnswers) {
    upstream_.script = [](const http::Request&) {
        http::Response response;
        response.headers.add("Connection", "X-Private");
        response.headers.add("X-Private", "1");
        response.headers.add("Keep-Alive", "timeout=5");
        response.headers.add("ETag", "\"1\"");
        return response;
    };
    const auto answer = send(request("GET", "/open"));
    EXPECT_EQ(answer.header("X-Private"), "");
    EXPECT_EQ(answer.header("Connection"), "");
    EXPECT_EQ(answer.header("Keep-Alive"), "");
    EXPECT_EQ(answer.header("ETag"), "\"1\"");
}

TEST(ClientFields, AreTakenForWhatTheyAreInAnySpelling) {
    EXPECT_EQ(kind_of("CONNECTION"), FieldKind::hop_by_hop);
    EXPECT_EQ(kind_of("Transfer_Encoding"), FieldKind::hop_by_hop);
    EXPECT_EQ(kind_of("X_Forwarded_For"), FieldKind::forwarding);
    EXPECT_EQ(kind_of("x_forwarded_user"), FieldKind::identity);
    EXPECT_EQ(kind_of("Authorization"), FieldKind::ordinary);
    EXPECT_EQ(kind_of("Traceparent"), FieldKind::ordinary);
    EXPECT_EQ(kind_of(""), FieldKind::ordinary);
}

}  // namespace
}  // namespace waybill::gateway
