#include "services/gateway/probe.hpp"

#include <gmock/gmock.h>

#include "chassis/telemetry/pipeline.hpp"
#include "services/gateway/gateway_testing.hpp"
#include "services/gateway/http_upstream.hpp"

namespace waybill::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProbeTest : public testing::GatewayTest {
 protected:
    ProbeTest() {
        telemetry::PipelineOptions options;
        options.process_metrics = false;
        options.log_fd = -1;
        pipeline_ = std::make_unique<telemetry::Pipeline>(*env_, std::move(options));
    }
    telemetry::Telemetry& telemetry() override { return pipeline_->service("gateway"); }
    std::string metrics() { return pipeline_->metrics("").text; }

    std::unique_ptr<telemetry::Pipeline> pipeline_;
};

TEST_F(ProbeTest, CountsWhatWasRefusedByReasonAndRoute) {
    send(request("GET", "/v1/orders"));
    send(request("GET", "/nothing"));
    send(authorised("POST", "/v1/orders/1/ship"));
    const std::string text = metrics();
    EXPECT_THAT(text, HasSubstr("waybill_gateway_rejected_total{"));
    EXPECT_THAT(text, HasSubstr(R"(waybill_reject_reason="auth")"));
    EXPECT_THAT(text, HasSubstr(R"(waybill_reject_reason="not_found")"));
    EXPECT_THAT(text, HasSubstr(R"(http_route="/v1/orders/{id}/ship")"));
}

TEST_F(ProbeTest, RecordsDurationsByRouteAndStatusWithATraceAsExemplar) {
    upstream_.takes = std::chrono::milliseconds(30);
    send(authorised("GET", "/v1/orders/17"));
    const std::string text = metrics();
    EXPECT_THAT(text, HasSubstr("http_server_request_duration_seconds_bucket"));
    EXPECT_THAT(text, HasSubstr(R"(http_route="/v1/orders/{id}")"));
    EXPECT_THAT(text, HasSubstr(R"(http_response_status_code="200")"));
    EXPECT_THAT(text, HasSubstr(R"(le="0.05")"));
    EXPECT_THAT(text, Not(HasSubstr("/v1/orders/17"))) << "never the raw path";
}

TEST_F(ProbeTest, CreatesATraceOrContinuesTheClients) {
    send(request("GET", "/open"));
    EXPECT_TRUE(forwarded().trace.valid());
    send(request("GET", "/open",
                 {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}));
    const TraceContext continued = forwarded().trace;
    EXPECT_EQ(continued.trace_id_hex(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_NE(continued.span_id_hex(), "b7ad6b7169203331") << "the gateway's own span";
}

TEST_F(ProbeTest, WritesTheTraceOfTheAttemptForTheOtherSide) {
    HttpUpstream target({.host = "orders.internal"}, *env_, telemetry(), upstream_);
    auto asked = request("GET", "/v1/orders");
    asked.trace = *TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    send(target, std::move(asked));
    EXPECT_EQ(TraceContext::parse(forwarded("traceparent")), forwarded().trace);
}

TEST_F(ProbeTest, NamesTheTraceInItsProblems) {
    const auto answer =
        send(request("GET", "/nothing",
                     {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}));
    EXPECT_EQ(answer.member("traceId"), "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(ProbeTest, IgnoresAMalformedTraceparent) {
    send(request("GET", "/open", {{"traceparent", "00-zz-00-01"}}));
    EXPECT_TRUE(forwarded().trace.valid());
}

TEST_F(ProbeTest, GivesEveryAttemptASpanOfItsOwn) {
    HttpUpstream target({.host = "orders.internal"}, *env_, telemetry(), upstream_);
    upstream_.script = [this](const http::Request&) {
        http::Response response;
        response.status = upstream_.requests.empty() ? 503 : 200;
        return response;
    };
    auto asked = request("GET", "/v1/orders");
    asked.trace = *TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    send(target, std::move(asked));
    ASSERT_EQ(upstream_.requests.size(), 2U);
    const auto first = upstream_.requests[0].trace;
    const auto second = upstream_.requests[1].trace;
    EXPECT_EQ(first.trace_id, second.trace_id);
    EXPECT_NE(first.span_id, second.span_id);
    const std::string text = metrics();
    EXPECT_THAT(text, HasSubstr("waybill_retry_count_total"));
    EXPECT_THAT(text, HasSubstr("http_client_request_duration_seconds"));
    EXPECT_THAT(text, HasSubstr("waybill_breaker_state"));
}

}  // namespace
}  // namespace waybill::gateway
