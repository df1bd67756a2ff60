#include "chassis/telemetry/trace_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_map>

#include "chassis/base/hex.hpp"
#include "chassis/telemetry/otlp_json.hpp"
#include "chassis/telemetry/resources.hpp"

namespace waybill::telemetry {
namespace {

using TraceId = std::array<std::uint8_t, 16>;
constexpr std::size_t trace_page_max = 200;

/// Trace ids are random bits (W3C level 2): any eight bytes are a hash.
struct TraceIdHash {
    std::size_t operator()(const TraceId& id) const {
        std::size_t bits = 0;
        std::memcpy(&bits, id.data() + 8, sizeof bits);
        return bits;
    }
};

std::string hex_text(const TraceId& id) {
    std::string text;
    hex::append(text, id);
    return text;
}

/// Where a page begins: after this trace in the order of the list.
struct Position {
    std::int64_t start_us = 0;
    TraceId trace_id{};
};

std::optional<Position> parse_cursor(std::string_view cursor) {
    Position at;
    const auto [end, error] =
        std::from_chars(cursor.data(), cursor.data() + cursor.size(), at.start_us);
    if (error != std::errc{}) return std::nullopt;
    cursor.remove_prefix(static_cast<std::size_t>(end - cursor.data()));
    if (!cursor.starts_with('-') || !hex::read(cursor.substr(1), at.trace_id)) return std::nullopt;
    return at;
}

}  // namespace

/// The held spans of one trace, together.
struct TraceStore::Group {
    TraceId trace_id{};
    std::int64_t start_us = 0;
    std::int64_t end_us = 0;
    std::size_t span_count = 0;
    std::size_t error_count = 0;
    std::uint32_t services = 0;  ///< a bit a service
    bool has_root = false;
    std::int64_t name_start_us = 0;
    std::uint16_t name_service = 0;
    std::string_view name;  ///< points into the segments

    bool before(const Position& other) const {
        if (start_us != other.start_us) return start_us > other.start_us;
        return trace_id > other.trace_id;
    }
};
static_assert(services_max <= 32);

TraceStore::TraceStore(Env& env, const Resources& resources, std::size_t bytes_max,
                       Duration age_max)
    : env_(env), resources_(resources), segments_(bytes_max, age_max) {}

void TraceStore::spans(std::span<const EncodedSpan> batch) {
    const Timestamp now = env_.now();
    std::lock_guard lock(mutex_);
    for (const EncodedSpan& span : batch)
        segments_.add({.trace_id = span.context.trace_id,
                       .start_us = span.start_us,
                       .end_us = span.end_us,
                       .offset = 0,
                       .size = 0,
                       .name_at = static_cast<std::uint16_t>(span.name.data() - span.bytes.data()),
                       .service = span.service,
                       .name_size = static_cast<std::uint8_t>(span.name.size()),
                       .root = span.root,
                       .failed = span.failed},
                      span.bytes, now);
}

std::optional<std::string> TraceStore::trace(std::string_view trace_id_hex) const {
    TraceId wanted{};
    if (!hex::read(trace_id_hex, wanted)) return std::nullopt;
    std::array<std::vector<std::pair<std::int64_t, std::string>>, services_max> found;
    {
        std::lock_guard lock(mutex_);
        segments_.for_each(env_.now(), [&](const Entry& entry, std::string_view message) {
            if (entry.trace_id == wanted)
                found[entry.service].emplace_back(entry.start_us, message);
        });
    }
    std::string out;
    json::Writer json(out);
    json.begin_object().plain_key("resourceSpans").begin_array();
    bool any = false;
    for (std::size_t service = 0; service < found.size(); ++service) {
        auto& spans = found[service];
        if (spans.empty()) continue;
        any = true;
        std::sort(spans.begin(), spans.end());
        json.begin_object();
        write_resource(json, resources_.at(service));
        json.plain_key("scopeSpans").begin_array().begin_object();
        write_scope(json, resources_.identity().version);
        json.plain_key("spans").begin_array();
        for (const auto& [start_us, message] : spans) write_span(json, message);
        json.end_array().end_object().end_array().end_object();
    }
    json.end_array().end_object();
    return any ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<TraceStore::Group> TraceStore::groups() const {
    std::unordered_map<TraceId, std::size_t, TraceIdHash> position;
    std::vector<Group> all;
    segments_.for_each(env_.now(), [&](const Entry& entry, std::string_view message) {
        const auto [it, fresh] = position.try_emplace(entry.trace_id, all.size());
        if (fresh)
            all.push_back({.trace_id = entry.trace_id,
                           .start_us = entry.start_us,
                           .end_us = entry.end_us,
                           .name_start_us = entry.start_us + 1,
                           .name = {}});
        Group& group = all[it->second];
        group.start_us = std::min(group.start_us, entry.start_us);
        group.end_us = std::max(group.end_us, entry.end_us);
        ++group.span_count;
        group.error_count += entry.failed ? 1 : 0;
        group.services |= 1U << entry.service;
        if (entry.root || (!group.has_root && entry.start_us < group.name_start_us)) {
            group.has_root = group.has_root || entry.root;
            group.name_start_us = entry.start_us;
            group.name_service = entry.service;
            group.name = message.substr(entry.name_at, entry.name_size);
        }
    });
    return all;
}

TraceSummary TraceStore::summary(const Group& group) const {
    TraceSummary made{.trace_id = hex_text(group.trace_id),
                      .name = std::string(group.name),
                      .service = resources_.at(group.name_service).service_name,
                      .start = {group.start_us},
                      .duration = Duration(group.end_us - group.start_us),
                      .span_count = group.span_count,
                      .error_count = group.error_count,
                      .services = {}};
    for (std::size_t service = 0; service < services_max; ++service)
        if ((group.services >> service & 1U) != 0)
            made.services.push_back(resources_.at(service).service_name);
    return made;
}

Result<TracePage> TraceStore::traces(const TraceFilter& filter) const {
    const auto after = parse_cursor(filter.cursor);
    if (!filter.cursor.empty() && !after)
        return fail(Problem::malformed_request, "the cursor is not one of this list");
    std::uint32_t service_bit = filter.service.empty() ? ~0U : 0U;
    for (std::size_t i = 0; i < resources_.size(); ++i)
        if (resources_.at(i).service_name == filter.service) service_bit = 1U << i;
    std::lock_guard lock(mutex_);
    auto all = groups();
    std::erase_if(all, [&](const Group& group) {
        return (group.services & service_bit) == 0 ||
               group.name.find(filter.name) == std::string_view::npos ||
               (filter.duration_min &&
                Duration(group.end_us - group.start_us) < *filter.duration_min) ||
               (filter.only_failed && group.error_count == 0) ||
               (filter.since && group.start_us < filter.since->us) ||
               (after && (group.before(*after) || group.trace_id == after->trace_id));
    });
    std::sort(all.begin(), all.end(),
              [](const Group& a, const Group& b) { return a.before({b.start_us, b.trace_id}); });
    const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, trace_page_max);
    TracePage page;
    for (std::size_t i = 0; i < std::min(limit, all.size()); ++i)
        page.traces.push_back(summary(all[i]));
    if (all.size() > limit)
        page.next_cursor =
            fmt::format("{}-{}", all[limit - 1].start_us, page.traces.back().trace_id);
    return page;
}

std::size_t TraceStore::bytes() const {
    std::lock_guard lock(mutex_);
    return segments_.bytes();
}

std::string to_json(const TracePage& page) {
    std::string out;
    json::Writer json(out);
    json.begin_object().plain_key("items").begin_array();
    for (const TraceSummary& trace : page.traces) {
        json.begin_object().plain_key("traceId").string(trace.trace_id);
        write_text(json.plain_key("name"), trace.name);
        json.plain_key("service").string(trace.service);
        json.plain_key("start").time(trace.start);
        json.plain_key("durationMs").number(static_cast<double>(trace.duration.count()) / 1000);
        json.plain_key("spanCount").number(std::uint64_t{trace.span_count});
        json.plain_key("errorCount").number(std::uint64_t{trace.error_count});
        json.plain_key("services").begin_array();
        for (const auto& service : trace.services) json.string(service);
        json.end_array().end_object();
    }
    json.end_array().plain_key("nextCursor");
    if (page.next_cursor.empty())
        json.null();
    else
        json.string(page.next_cursor);
    json.end_object();
    return out;
}

}  // namespace waybill::telemetry
