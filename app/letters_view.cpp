#include "app/letters_view.hpp"

#include <fmt/format.h>

#include <array>

#include "app/terminal.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::app {
namespace {

/// RFC 3986, 2.3: everything but the unreserved characters is encoded.
std::string query_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out.push_back(c);
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

void add_parameter(std::string& query, std::string_view name, std::string_view value) {
    if (!value.empty()) query += fmt::format("&{}={}", name, query_encoded(value));
}

std::string value_text(const json::Value& letter, std::string_view name) {
    const auto* value = letter.find(name);
    return value == nullptr || value->is_null() ? "-" : std::string(value->text());
}

}  // namespace

std::string letters_table(const std::vector<std::string>& letters, std::size_t width) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& text : letters) {
        const auto letter = json::parse(text, {.bytes_max = std::size_t{64} << 20U});
        if (!letter) continue;
        const auto& root = letter->root();
        rows.push_back({value_text(root, "service"), value_text(root, "id"),
                        value_text(root, "status"), value_text(root, "messageType"),
                        value_text(root, "attempts"),
                        value_text(root, "lastFailedAt").substr(0, 19), value_text(root, "reason"),
                        value_text(root, "exception")});
    }
    return text_table(
        {"SERVICE", "ID", "STATUS", "TYPE", "TRIES", "LAST FAILED", "REASON", "FAILURE"}, rows,
        width);
}

std::string letter_text(const json::Value& letter) {
    constexpr std::array<std::string_view, 13> names{
        "id",     "service",   "queue",    "messageId",     "messageType",  "aggregateId", "status",
        "reason", "exception", "attempts", "firstFailedAt", "lastFailedAt", "editedBy"};
    std::string text;
    for (const auto name : names)
        text += fmt::format("{:<14} {}\n", name, value_text(letter, name));
    for (const std::string_view name : {"headers", "body"})
        if (const auto* value = letter.find(name))
            text += fmt::format("{:<14} {}\n", name, json::to_text(*value));
    text.pop_back();
    return text;
}

std::string list_query(const Cli& cli, std::string_view cursor) {
    std::string query = "?limit=100";
    add_parameter(query, "reason", cli.reason);
    add_parameter(query, "messageType", cli.type);
    add_parameter(query, "status", cli.status);
    add_parameter(query, "cursor", cursor);
    return query;
}

std::string replay_body(const Cli& cli) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    if (!cli.reason.empty()) out.plain_key("reason").string(cli.reason);
    if (!cli.type.empty()) out.plain_key("messageType").string(cli.type);
    if (cli.rate) out.plain_key("rate").number(*cli.rate);
    if (cli.dry_run) out.plain_key("dryRun").boolean(true);
    out.end_object();
    return body;
}

std::string discard_body(const Cli& cli) {
    std::string body;
    json::Writer(body).begin_object().plain_key("reason").string(cli.reason).end_object();
    return body;
}

}  // namespace waybill::app
