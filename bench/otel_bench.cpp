// P8, the peer: the same span with opentelemetry-cpp's SDK, a batch processor and an exporter that
// throws spans away.
#include <opentelemetry/sdk/trace/batch_span_processor.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/span_data.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string_view>

#include "bench/span_attributes.hpp"

namespace sdk = opentelemetry::sdk;
namespace api = opentelemetry::trace;
namespace nostd = opentelemetry::nostd;

namespace {

std::atomic<std::size_t> exported{0};

class CountingExporter final : public sdk::trace::SpanExporter {
 public:
    std::unique_ptr<sdk::trace::Recordable> MakeRecordable() noexcept override {
        return std::make_unique<sdk::trace::SpanData>();
    }
    sdk::common::ExportResult Export(
        const nostd::span<std::unique_ptr<sdk::trace::Recordable>>& spans) noexcept override {
        exported += spans.size();
        return sdk::common::ExportResult::kSuccess;
    }
    bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
    bool Shutdown(std::chrono::microseconds) noexcept override { return true; }
};

nostd::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

int main() {
    sdk::trace::BatchSpanProcessorOptions options;
    options.schedule_delay_millis = std::chrono::milliseconds(50);
    sdk::trace::TracerProvider provider(std::make_unique<sdk::trace::BatchSpanProcessor>(
        std::make_unique<CountingExporter>(), options));
    const auto tracer = provider.GetTracer("bench");
    api::StartSpanOptions kind;
    kind.kind = api::SpanKind::kServer;
    const double ns = bench::measure([&] {
        const auto span = tracer->StartSpan("POST /v1/orders/{id}/confirm", {}, kind);
        for (const auto& [name, value] : bench::texts) span->SetAttribute(view(name), view(value));
        for (const auto& [name, value] : bench::numbers) span->SetAttribute(view(name), value);
        span->End();
    });
    provider.ForceFlush();
    bench::report(ns, exported);
}
