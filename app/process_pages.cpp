#include "app/process_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/event_contracts.hpp"
#include "chassis/base/json.hpp"
#include "chassis/runtime/task.hpp"
#include "chassis/service/respond.hpp"

namespace waybill::app {
namespace {

http::Response text_response(std::string_view type, std::string body) {
    http::Response response;
    response.headers.add("Content-Type", type);
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    response.body = std::move(body);
    return response;
}

/// The handlers; one for a process, owned by the routes that call it.
class Pages {
 public:
    explicit Pages(const ProcessView& view)
        : view_(view), events_(messaging::asyncapi({.version = view.version}, event_contracts())) {}

    Task<http::Response> live() const {
        co_return text_response("application/json", R"({"status":"live"})");
    }
    Task<http::Response> ready() const {
        const auto parts = view_.health();
        const bool all = std::all_of(parts.begin(), parts.end(), [](auto& p) { return p.ready; });
        std::string body;
        json::Writer out(body);
        out.begin_object().plain_key("status").string(all ? "ready" : "not ready");
        out.plain_key("parts").begin_object();
        for (const auto& part : parts) {
            out.key(part.name).begin_object().plain_key("ready").boolean(part.ready);
            if (!part.detail.empty()) out.plain_key("detail").string(part.detail);
            out.end_object();
        }
        out.end_object().end_object();
        auto response = text_response("application/json", std::move(body));
        response.status = all ? 200 : 503;
        co_return response;
    }
    Task<http::Response> metrics(http::Call& call) const {
        auto page = view_.metrics(call.request.headers.get("Accept").value_or(""));
        co_return text_response(page.content_type, std::move(page.text));
    }
    Task<http::Response> events() const { co_return text_response("application/json", events_); }
    Task<http::Response> home() const {
        std::string list;
        for (const auto& service : view_.services) list += fmt::format("<li>{}</li>\n", service);
        co_return text_response(
            "text/html; charset=utf-8",
            fmt::format(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                "<title>Waybill</title></head><body>\n<h1>Waybill {}</h1>\n"
                "<p>Running here:</p>\n<ul>\n{}</ul>\n"
                "<p><a href=\"/openapi.json\">API</a> · "
                "<a href=\"/asyncapi.json\">events</a> · <a href=\"/health/ready\">health</a> · "
                "<a href=\"/metrics\">metrics</a> · <a href=\"/version\">version</a></p>\n"
                "</body></html>\n",
                view_.version, list));
    }
    Task<http::Response> trace(http::Call& call) const {
        auto found = view_.traces->trace(call.parameter("id"));
        if (!found)
            co_return service::refuse(
                call, Error(Problem::not_found, "no span of this trace is in memory here"));
        co_return service::json_response(200, std::move(*found));
    }
    Task<http::Response> traces(http::Call& call) const {
        auto filter = filter_of(call);
        if (!filter) co_return service::refuse(call, filter.error());
        auto page = view_.traces->traces(*filter);
        if (!page) co_return service::refuse(call, page.error());
        co_return service::json_response(200, telemetry::to_json(*page));
    }

 private:
    static Result<std::optional<std::int64_t>> whole(const http::Call& call, std::string_view name,
                                                     std::int64_t least, std::int64_t most) {
        const auto text = call.query.get(name);
        if (!text) return std::nullopt;
        std::int64_t number = 0;
        const char* end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, number);
        if (read.ec != std::errc() || read.ptr != end || number < least || number > most)
            return invalid("?" + std::string(name),
                           fmt::format("must be a whole number from {} to {}", least, most));
        return number;
    }
    static Result<telemetry::TraceFilter> filter_of(const http::Call& call) {
        telemetry::TraceFilter filter;
        filter.service = call.query.get("service").value_or("");
        filter.name = call.query.get("name").value_or("");
        filter.cursor = call.query.get("cursor").value_or("");
        filter.only_failed = call.query.get("failed").value_or("") == "true";
        auto limit = whole(call, "limit", 1, 200);
        if (!limit) return tl::unexpected(std::move(limit.error()));
        if (*limit) filter.limit = static_cast<std::size_t>(**limit);
        auto least = whole(call, "durationMsMin", 0, 86'400'000);
        if (!least) return tl::unexpected(std::move(least.error()));
        if (*least) filter.duration_min = std::chrono::milliseconds(**least);
        auto since = service::time_of(call, "since");
        if (!since) return tl::unexpected(std::move(since.error()));
        filter.since = *since;
        return filter;
    }
    const ProcessView& view_;
    const std::string events_;
};

http::RouteSpec open_to_all(std::string_view doc, http::Priority priority) {
    http::RouteSpec spec;
    spec.scope = "public";
    spec.priority = priority;
    spec.answers = {{200, doc}};
    spec.doc = doc;
    return spec;
}

}  // namespace

void add_process_pages(http::Routes& routes, const ProcessView& view) {
    auto pages = std::make_shared<const Pages>(view);  // shared by the handlers below
    routes.get("/health/live", open_to_all("The process answers", http::Priority::health),
               [pages](http::Call&) { return pages->live(); });
    routes.get(
        "/health/ready",
        open_to_all("Every part is ready (200), or which is not (503)", http::Priority::health),
        [pages](http::Call&) { return pages->ready(); });
    routes.get("/metrics", open_to_all("Metrics, OpenMetrics 1.0", http::Priority::read),
               [pages](http::Call& call) { return pages->metrics(call); });
    routes.get("/asyncapi.json", open_to_all("Every event, AsyncAPI 3.0", http::Priority::read),
               [pages](http::Call&) { return pages->events(); });
    routes.get("/", open_to_all("What runs here", http::Priority::read),
               [pages](http::Call&) { return pages->home(); });
    http::RouteSpec traces;
    traces.scope = "audit.read";
    traces.role = "operator";
    traces.doc = "Traces in this process's memory, latest first";
    traces.priority = http::Priority::list;
    traces.answers = {{200, "Summaries"}};
    traces.parameters = {
        {"service", "has a span of this service"},       {"name", "part of the root span's name"},
        {"failed", "`true`: only traces with an error"}, {"durationMsMin", "at least so long"},
        {"since", "began at or after, RFC 3339"},        {"limit", "1 to 200, 50 by default"},
        {"cursor", "nextCursor of the page before"}};
    routes.get("/api/telemetry/traces", traces,
               [pages](http::Call& call) { return pages->traces(call); });
    http::RouteSpec trace;
    trace.scope = "audit.read";
    trace.role = "operator";
    trace.doc = "One trace, OTLP JSON";
    trace.answers = {{200, "resourceSpans"}};
    routes.get("/api/telemetry/traces/{id}", trace,
               [pages](http::Call& call) { return pages->trace(call); });
}

}  // namespace waybill::app
