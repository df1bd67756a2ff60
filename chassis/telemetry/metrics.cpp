#include "chassis/telemetry/metrics.hpp"

#include "chassis/base/check.hpp"
#include "chassis/telemetry/registry.hpp"

namespace waybill::telemetry {
namespace {

void check_kind(std::string_view name, InstrumentKind kind) {
    CHECK(instruments()[instrument_index(name)].kind == kind);
}

}  // namespace

Counter Meter::counter(std::string_view name, Attributes attributes) {
    check_kind(name, InstrumentKind::counter);
    if (registry_ == nullptr) return {};
    return Counter(registry_->bind(name, InstrumentKind::counter, service_, attributes).sum.get());
}

UpDownCounter Meter::up_down_counter(std::string_view name, Attributes attributes) {
    check_kind(name, InstrumentKind::up_down_counter);
    if (registry_ == nullptr) return {};
    return UpDownCounter(
        registry_->bind(name, InstrumentKind::up_down_counter, service_, attributes).sum.get());
}

Gauge Meter::gauge(std::string_view name, Attributes attributes) {
    check_kind(name, InstrumentKind::gauge);
    if (registry_ == nullptr) return {};
    return Gauge(registry_->bind(name, InstrumentKind::gauge, service_, attributes).gauge.get());
}

Histogram Meter::histogram(std::string_view name, Attributes attributes) {
    check_kind(name, InstrumentKind::histogram);
    if (registry_ == nullptr) return {};
    return Histogram(
        registry_->bind(name, InstrumentKind::histogram, service_, attributes).histogram.get());
}

std::uint64_t Meter::observe(std::string_view name, Attributes attributes,
                             std::function<double()> read) {
    CHECK(instruments()[instrument_index(name)].kind != InstrumentKind::histogram);
    if (registry_ == nullptr) return 0;
    return registry_->observe(name, service_, attributes, std::move(read));
}

void Meter::forget(std::uint64_t id) {
    if (registry_ != nullptr) registry_->forget(id);
}

}  // namespace waybill::telemetry
