#include "chassis/http/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "chassis/base/check.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::http {
namespace {

constexpr std::string_view problem_schema =
    R"({"type":"object","description":"RFC 9457","required":["type","title","status"],)"
    R"("properties":{"type":{"type":"string"},"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},)"
    R"("traceId":{"type":"string"},"errors":{"type":"array","items":{"type":"object",)"
    R"("required":["pointer","message"],"properties":{"pointer":{"type":"string"},)"
    R"("message":{"type":"string"}}}}}})";

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return out;
}

/// The names between braces, in order.
std::vector<std::string_view> names_in(std::string_view path) {
    std::vector<std::string_view> names;
    for (std::size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1))
        names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
    return names;
}

class Document {
 public:
    explicit Document(std::string& text) : out_(text) {}

    void write(const OpenApiInfo& info, const std::vector<const Routes*>& tables) {
        out_.begin_object();
        out_.plain_key("openapi").string("3.1.0");
        out_.plain_key("info").begin_object();
        out_.plain_key("title").string(info.title);
        out_.plain_key("version").string(info.version);
        out_.end_object();
        write_tags(tables);
        write_paths(tables);
        write_components();
        out_.end_object();
    }

 private:
    void write_tags(const std::vector<const Routes*>& tables) {
        out_.plain_key("tags").begin_array();
        std::set<std::string_view> seen;
        for (const Routes* table : tables)
            if (seen.insert(table->service()).second)
                out_.begin_object().plain_key("name").string(table->service()).end_object();
        out_.end_array();
    }

    void write_paths(const std::vector<const Routes*>& tables) {
        std::map<std::string_view, std::vector<const Route*>> paths;
        for (const Routes* table : tables)
            for (const Route& route : table->all()) paths[route.path].push_back(&route);
        out_.plain_key("paths").begin_object();
        for (const auto& [path, routes] : paths) {
            out_.key(path).begin_object();
            std::set<std::string_view> seen;
            for (const Route* route : routes)
                if (seen.insert(route->method).second) write_operation(*route);
            out_.end_object();
        }
        out_.end_object();
    }

    void write_operation(const Route& route) {
        const RouteSpec& spec = route.spec;
        out_.key(lower(route.method)).begin_object();
        if (!spec.operation_id.empty()) out_.plain_key("operationId").string(spec.operation_id);
        if (!spec.doc.empty()) out_.plain_key("summary").string(spec.doc);
        out_.plain_key("tags").begin_array().string(route.service).end_array();
        write_security(spec);
        write_parameters(route);
        if (spec.body.text) write_body(spec);
        write_answers(spec);
        out_.end_object();
    }

    void write_security(const RouteSpec& spec) {
        if (spec.scope == "public") {
            out_.plain_key("security").begin_array().end_array();
            return;
        }
        out_.plain_key("security").begin_array().begin_object().plain_key("bearer").begin_array();
        out_.string(spec.scope).end_array().end_object().end_array();
        if (!spec.role.empty()) out_.plain_key("x-role").string(spec.role);
        if (spec.owner) out_.plain_key("x-owner").boolean(true);
    }

    void write_parameters(const Route& route) {
        out_.plain_key("parameters").begin_array();
        for (const std::string_view name : names_in(route.path))
            write_parameter("path", name, "", R"({"type":"string"})", true);
        for (const Parameter& parameter : route.spec.parameters)
            write_parameter(parameter.header ? "header" : "query", parameter.name, parameter.doc,
                            parameter.schema, false);
        if (route.spec.idempotent_key)
            write_parameter("header", "Idempotency-Key",
                            "The same key with the same request is done once",
                            R"({"type":"string","minLength":1,"maxLength":255})", false);
        if (route.spec.if_match || route.spec.if_match_required)
            write_parameter("header", "If-Match", "The version that is to be changed",
                            R"({"type":"string"})", route.spec.if_match_required);
        out_.end_array();
    }

    void write_parameter(std::string_view in, std::string_view name, std::string_view doc,
                         std::string_view schema, bool required) {
        out_.begin_object();
        out_.plain_key("name").string(name);
        out_.plain_key("in").string(in);
        if (!doc.empty()) out_.plain_key("description").string(doc);
        if (required) out_.plain_key("required").boolean(true);
        out_.plain_key("schema").raw(schema);
        out_.end_object();
    }

    void write_body(const RouteSpec& spec) {
        out_.plain_key("requestBody").begin_object();
        out_.plain_key("required").boolean(!spec.body_optional);
        write_content(spec.body_media_type, spec.body);
        out_.end_object();
    }

    void write_answers(const RouteSpec& spec) {
        out_.plain_key("responses").begin_object();
        std::set<int> seen;
        for (const Answer& answer : spec.answers) {
            if (!seen.insert(answer.status).second) continue;
            out_.key(fmt::format("{}", answer.status)).begin_object();
            out_.plain_key("description").string(answer.description);
            if (answer.body.text) write_content(answer.media_type, answer.body);
            out_.end_object();
        }
        out_.plain_key("default").begin_object();
        out_.plain_key("description").string("A problem");
        write_content("application/problem+json",
                      {"Problem", [] { return std::string(problem_schema); }});
        out_.end_object();
        out_.end_object();
    }

    void write_content(std::string_view media_type, const Schema& schema) {
        out_.plain_key("content").begin_object().key(media_type).begin_object();
        out_.plain_key("schema");
        if (schema.name.empty())
            out_.raw(schema.text());
        else
            write_reference(schema);
        out_.end_object().end_object();
    }

    void write_reference(const Schema& schema) {
        const auto [known, fresh] = schemas_.try_emplace(schema.name, schema.text());
        CHECK(fresh || known->second == schema.text());
        out_.begin_object();
        out_.plain_key("$ref").string(fmt::format("#/components/schemas/{}", schema.name));
        out_.end_object();
    }

    void write_components() {
        out_.plain_key("components").begin_object();
        out_.plain_key("schemas").begin_object();
        for (const auto& [name, text] : schemas_) out_.key(name).raw(text);
        out_.end_object();
        out_.plain_key("securitySchemes").begin_object().plain_key("bearer").begin_object();
        out_.plain_key("type").string("http");
        out_.plain_key("scheme").string("bearer");
        out_.plain_key("bearerFormat").string("JWT");
        out_.end_object().end_object().end_object();
    }

    json::Writer out_;
    std::map<std::string_view, std::string> schemas_;
};

}  // namespace

std::string openapi(const OpenApiInfo& info, const std::vector<const Routes*>& tables) {
    std::string text;
    Document(text).write(info, tables);
    return text;
}

}  // namespace waybill::http
