#include "chassis/telemetry/log_store.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "chassis/base/hex.hpp"
#include "chassis/telemetry/otlp_json.hpp"
#include "chassis/telemetry/resources.hpp"

namespace waybill::telemetry {
namespace {

constexpr std::size_t page_max = 1'000;
using Messages = std::array<std::vector<std::string>, services_max>;

std::string otlp_json(const Messages& found, const Resources& resources) {
    std::string out;
    json::Writer json(out);
    json.begin_object().plain_key("resourceLogs").begin_array();
    for (std::size_t service = 0; service < found.size(); ++service) {
        if (found[service].empty()) continue;
        json.begin_object();
        write_resource(json, resources.at(service));
        json.plain_key("scopeLogs").begin_array().begin_object();
        write_scope(json, resources.identity().version);
        json.plain_key("logRecords").begin_array();
        for (const auto& message : found[service]) write_log_record(json, message);
        json.end_array().end_object().end_array().end_object();
    }
    json.end_array().end_object();
    return out;
}

}  // namespace

LogStore::LogStore(Env& env, const Resources& resources, std::size_t bytes_max, Duration age_max)
    : env_(env), resources_(resources), segments_(bytes_max, age_max) {}

void LogStore::logs(std::span<const EncodedLog> batch) {
    const Timestamp now = env_.now();
    std::lock_guard lock(mutex_);
    for (const EncodedLog& log : batch)
        segments_.add({.number = ++last_number_,
                       .time_us = log.time_us,
                       .trace_id = log.context.trace_id,
                       .offset = 0,
                       .size = 0,
                       .service = log.service,
                       .severity = log.severity},
                      log.bytes, now);
}

Result<LogPage> LogStore::logs(const LogFilter& filter) const {
    std::array<std::uint8_t, 16> trace_id{};
    if (!filter.trace_id.empty() && !hex::read(filter.trace_id, trace_id))
        return fail(Problem::malformed_request, "traceId is not 32 hex digits");
    std::uint64_t below = std::numeric_limits<std::uint64_t>::max();
    const char* const end = filter.cursor.data() + filter.cursor.size();
    const auto read = std::from_chars(filter.cursor.data(), end, below);
    if (!filter.cursor.empty() && (read.ec != std::errc{} || read.ptr != end))
        return fail(Problem::malformed_request, "the cursor is not one of this list");
    const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, page_max);
    LogPage page;
    Messages found;
    std::size_t count = 0;
    std::uint64_t last = 0;
    {
        std::lock_guard lock(mutex_);
        segments_.for_each(env_.now(), [&](const Entry& entry, std::string_view message) {
            const bool wanted = entry.number < below && entry.severity >= filter.severity_min &&
                                (filter.trace_id.empty() || entry.trace_id == trace_id) &&
                                (!filter.since || entry.time_us >= filter.since->us) &&
                                (filter.service.empty() ||
                                 resources_.at(entry.service).service_name == filter.service);
            if (!wanted || count > limit) return;
            if (++count > limit) return;
            found[entry.service].emplace_back(message);
            last = entry.number;
        });
    }
    page.otlp_json = otlp_json(found, resources_);
    if (count > limit) page.next_cursor = std::to_string(last);
    return page;
}

std::size_t LogStore::bytes() const {
    std::lock_guard lock(mutex_);
    return segments_.bytes();
}

}  // namespace waybill::telemetry
