#include "chassis/http/problem.hpp"

#include <fmt/format.h>

#include "chassis/base/html.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::http {
namespace {

void write_member(json::Writer& out, const std::variant<std::int64_t, std::string>& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        out.number(*number);
    else
        out.string(std::get<std::string>(value));
}

void write_member(json::Writer& out, const MemberValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        out.number(*number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        out.string(*text);
    } else {
        out.begin_array();
        for (const FlatObject& object : std::get<std::vector<FlatObject>>(value)) {
            out.begin_object();
            for (const auto& [name, member] : object) {
                out.key(name);
                write_member(out, member);
            }
            out.end_object();
        }
        out.end_array();
    }
}

}  // namespace

Response problem(const Error& error, std::string_view instance, const TraceContext& trace) {
    const ProblemInfo& facts = info(error.problem);
    std::string text;
    json::Writer out(text);
    out.begin_object();
    out.plain_key("type").string(fmt::format("/problems/{}", facts.slug));
    out.plain_key("title").string(facts.title);
    out.plain_key("status").number(static_cast<std::int64_t>(facts.status));
    if (!error.detail.empty()) out.plain_key("detail").string(error.detail);
    if (!instance.empty()) out.plain_key("instance").string(instance);
    if (trace.valid()) out.plain_key("traceId").string(trace.trace_id_hex());
    if (!error.faults.empty()) {
        out.plain_key("errors").begin_array();
        for (const Fault& fault : error.faults) {
            out.begin_object();
            out.plain_key("pointer").string(fault.pointer);
            out.plain_key("message").string(fault.message);
            out.end_object();
        }
        out.end_array();
    }
    for (const auto& [name, value] : error.members) {
        out.key(name);
        write_member(out, value);
    }
    out.end_object();
    Response response;
    response.status = facts.status;
    response.headers.add("Content-Type", "application/problem+json");
    if (error.retry_after)
        response.headers.add("Retry-After", std::to_string(error.retry_after->count()));
    response.body = std::move(text);
    return response;
}

std::optional<std::string> problem_page(std::string_view slug) {
    for (std::size_t i = 0; i < problem_count; ++i) {
        const ProblemInfo& facts = info(static_cast<Problem>(i));
        if (facts.slug != slug) continue;
        std::string page =
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
        append_html(page, facts.title);
        page += "</title>\n<h1>";
        append_html(page, facts.title);
        page += fmt::format("</h1>\n<p>Status {}, type <code>/problems/{}</code></p>\n<p>",
                            facts.status, facts.slug);
        append_html(page, facts.help);
        page += "</p>\n</html>\n";
        return page;
    }
    return std::nullopt;
}

}  // namespace waybill::http
