#include "services/gateway/pages.hpp"

#include <algorithm>
#include <memory>

#include "chassis/base/json_writer.hpp"
#include "chassis/http/openapi.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::gateway {
namespace {

http::Response page(std::string_view media_type, std::string text) {
    http::Response response;
    response.headers.add("Content-Type", media_type);
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    response.body = std::move(text);
    return response;
}

Task<http::Response> fixed(std::string media_type, std::string text) {
    co_return page(media_type, std::move(text));
}

Task<http::Response> explain(std::string slug, std::string path, TraceContext trace) {
    if (auto text = http::problem_page(slug))
        co_return page("text/html; charset=utf-8", std::move(*text));
    co_return http::problem(Error(Problem::not_found, "There is no such problem type."), path,
                            trace);
}

std::string version_text(const std::string& version) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .plain_key("name")
        .string("waybill")
        .plain_key("version")
        .string(version)
        .end_object();
    return text;
}

}  // namespace

void add_pages(http::Routes& routes, const std::vector<const http::Routes*>& services,
               const std::string& version) {
    routes.get(
        "/version",
        {.scope = "public",
         .answers = {{.status = 200, .description = "The version that answers"}},
         .doc = "What runs here",
         .operation_id = "version"},
        [text = version_text(version)](http::Call&) { return fixed("application/json", text); });
    routes.get("/problems/{slug}",
               {.scope = "public",
                .answers = {{.status = 200,
                             .description = "A page for people",
                             .media_type = "text/html"}},
                .doc = "Explain a problem type",
                .operation_id = "problem"},
               [](http::Call& call) {
                   return explain(call.parameter("slug"), call.request.path, call.request.trace);
               });
    const auto document = std::make_shared<std::string>();  // shared with its route's handler
    routes.get("/openapi.json",
               {.scope = "public",
                .answers = {{.status = 200, .description = "OpenAPI 3.1"}},
                .doc = "What can be asked for here",
                .operation_id = "openapi"},
               [document](http::Call&) { return fixed("application/json", *document); });
    auto tables = services;
    if (std::find(tables.begin(), tables.end(), &routes) == tables.end()) tables.push_back(&routes);
    *document = http::openapi({.version = version}, tables);
}

}  // namespace waybill::gateway
