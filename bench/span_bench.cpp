// P8, the product's side: CPU of the calling thread for a span with ten attributes, start to end,
// while the exporter drains the rings as in `waybill serve`.
#include <atomic>
#include <cstddef>
#include <span>

#include "bench/span_attributes.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/telemetry/pipeline.hpp"
#include "chassis/telemetry/sink.hpp"

namespace {

class CountingSink final : public waybill::telemetry::SpanSink {
 public:
    std::string_view component_type() const override { return "counting_span_exporter"; }
    void spans(std::span<const waybill::telemetry::EncodedSpan> batch) override {
        count_ += batch.size();
    }
    std::size_t count() const { return count_; }

 private:
    std::atomic<std::size_t> count_{0};
};

}  // namespace

int main() {
    CountingSink sink;
    const auto env = waybill::RealEnv::start(1);
    waybill::telemetry::PipelineOptions options;
    options.log_fd = -1;
    options.span_sinks = {&sink};
    waybill::telemetry::Pipeline pipeline(*env, options);
    auto& tracer = pipeline.service("orders").tracer();
    const double ns = bench::measure([&tracer] {
        auto span = tracer.start("POST /v1/orders/{id}/confirm", waybill::telemetry::Kind::server,
                                 waybill::TraceContext{});
        for (const auto& [name, value] : bench::texts) span.set(name, value);
        for (const auto& [name, value] : bench::numbers) span.set(name, value);
        span.end();
    });
    bench::report(ns, sink.count());
}
