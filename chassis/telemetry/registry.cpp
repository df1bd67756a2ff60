#include "chassis/telemetry/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/telemetry/names.hpp"

namespace waybill::telemetry {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::size_t attributes_max = 16;
constexpr Duration exemplar_every{1'000'000};

/// The attributes that have a value, by rising name.
std::span<Pair> sorted(Attributes attributes, std::array<Pair, attributes_max>& into) {
    CHECK(attributes.size() <= attributes_max);
    std::size_t size = 0;
    for (const auto& attribute : attributes) {
        if (attribute.second.empty()) continue;
        std::size_t at = size++;
        for (; at > 0 && into[at - 1].first > attribute.first; --at) into[at] = into[at - 1];
        into[at] = attribute;
    }
    return {into.data(), size};
}

void append_key(fmt::memory_buffer& key, std::uint16_t service, std::span<const Pair> attributes) {
    const auto add = [&](std::string_view text) {
        const auto size = static_cast<std::uint32_t>(text.size());
        const char* bytes = reinterpret_cast<const char*>(&size);
        key.append(bytes, bytes + sizeof size);
        key.append(text.data(), text.data() + text.size());
    };
    const char* bytes = reinterpret_cast<const char*>(&service);
    key.append(bytes, bytes + sizeof service);
    for (const auto& [name, value] : attributes) {
        add(name);
        add(value);
    }
}

}  // namespace

Registry::Registry(Env& env) : env_(env), families_(new Family[instruments().size()]) {
    clock_.env = &env;
}
Registry::~Registry() = default;

Series& Registry::bind(std::string_view name, InstrumentKind kind, std::uint16_t service,
                       Attributes attributes) {
    const std::size_t index = instrument_index(name);
    CHECK(instruments()[index].kind == kind);
    Series& series = find_or_make(index, service, attributes);
    series.only_observed = false;
    return series;
}

Series& Registry::find_or_make(std::size_t instrument, std::uint16_t service,
                               Attributes attributes) {
    std::array<Pair, attributes_max> memory;
    const auto wanted = sorted(attributes, memory);
    fmt::memory_buffer buffer;
    append_key(buffer, service, wanted);
    const std::string_view key(buffer.data(), buffer.size());
    Family& family = families_[instrument];
    {
        std::shared_lock lock(family.mutex);
        if (const auto it = family.by_key.find(key); it != family.by_key.end()) return *it->second;
    }
    std::unique_lock lock(family.mutex);
    if (const auto it = family.by_key.find(key); it != family.by_key.end()) return *it->second;
    if (family.count_by_service[service] < series_max)
        return make(instrument, service, key, attributes);
    const Attributes overflow{{attribute::otel_metric_overflow, "true"}};
    const Pair one = *overflow.begin();
    fmt::memory_buffer overflow_key;
    append_key(overflow_key, service, {&one, 1});
    const std::string_view text(overflow_key.data(), overflow_key.size());
    if (const auto it = family.by_key.find(text); it != family.by_key.end()) return *it->second;
    return make(instrument, service, text, overflow);
}

Series& Registry::make(std::size_t instrument, std::uint16_t service, std::string_view key,
                       Attributes attributes) {
    Family& family = families_[instrument];
    const Instrument& what = instruments()[instrument];
    auto series = std::make_unique<Series>();
    series->service = service;
    std::array<Pair, attributes_max> memory;
    for (const auto& [name, value] : sorted(attributes, memory))
        series->attributes.emplace_back(name, value);
    if (what.kind == InstrumentKind::gauge)
        series->gauge = std::make_unique<GaugeCell>();
    else if (what.kind == InstrumentKind::histogram)
        series->histogram = std::make_unique<HistogramCell>(clock_, what.bounds);
    else
        series->sum = std::make_unique<SumCell>(clock_);
    Series& made = *series;
    family.by_key.emplace(key, std::move(series));
    family.in_order.push_back(&made);
    ++family.count_by_service[service];
    series_count_.fetch_add(1, std::memory_order_relaxed);
    return made;
}

std::uint64_t Registry::observe(std::string_view name, std::uint16_t service, Attributes attributes,
                                std::function<double()> read) {
    const std::size_t index = instrument_index(name);
    const InstrumentKind kind = instruments()[index].kind;
    CHECK(kind != InstrumentKind::histogram);
    Series& series = find_or_make(index, service, attributes);
    std::lock_guard lock(observers_mutex_);
    ++series.observers;
    observers_.emplace(++last_observer_,
                       Observer{&series, kind == InstrumentKind::gauge, std::move(read)});
    return last_observer_;
}

void Registry::forget(std::uint64_t id) {
    std::lock_guard lock(observers_mutex_);
    const auto it = observers_.find(id);
    if (it == observers_.end()) return;
    --it->second.series->observers;
    observers_.erase(it);
}

void Registry::ask_observers() {
    for (auto& [id, observer] : observers_) observer.series->observed = 0;
    for (auto& [id, observer] : observers_) {
        double& sum = observer.series->observed;
        sum = observer.last_counts ? observer.read() : sum + observer.read();
    }
}

void Registry::collect(const Visit& visit) {
    std::lock_guard lock(observers_mutex_);
    ask_observers();
    const auto table = instruments();
    std::vector<Series*> shown;
    for (std::size_t i = 0; i < table.size(); ++i) {
        shown.clear();
        {
            std::shared_lock family(families_[i].mutex);
            for (Series* series : families_[i].in_order)
                if (series->observers > 0 || !series->only_observed) shown.push_back(series);
        }
        if (!shown.empty()) visit(table[i], shown);
    }
}

void Registry::renew_exemplars() {
    const std::int64_t now = env_.monotonic().us;
    std::int64_t last = renewed_us_.load(std::memory_order_relaxed);
    if (now - last < exemplar_every.count()) return;
    if (renewed_us_.compare_exchange_strong(last, now))
        clock_.epoch.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace waybill::telemetry
