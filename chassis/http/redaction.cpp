#include "chassis/http/redaction.hpp"

#include <algorithm>
#include <array>

#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::http {
namespace {

constexpr std::string_view hidden = "REDACTED";
constexpr std::size_t segment_bytes_max = 64;
constexpr std::size_t name_bytes_max = 32;
constexpr std::size_t digits_max = 12;
constexpr std::array<std::string_view, 9> secret_names{
    "access_token", "code",     "code_verifier", "client_secret", "id_token",
    "password",     "passcode", "refresh_token", "token"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
/// `:` stands in `products:batch`.
bool is_shown_in_paths(char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("-._~:").find(c) != std::string_view::npos;
}

bool is_field_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || c == '_'; });
}

bool tells_nothing_of_people(std::string_view value) {
    return (value.size() <= digits_max && std::all_of(value.begin(), value.end(), is_digit)) ||
           value == "true" || value == "false" || Uuid::parse(value) || Timestamp::parse(value);
}

void append_parameter(std::string& out, std::string_view parameter) {
    const std::size_t equals = parameter.find('=');
    const std::string_view name = parameter.substr(0, equals);
    const bool known = is_field_name(name);
    out += known ? name : hidden;
    if (equals == std::string_view::npos) return;
    const std::string_view value = parameter.substr(equals + 1);
    const bool secret =
        std::find(secret_names.begin(), secret_names.end(), name) != secret_names.end();
    out += '=';
    out += known && !secret && tells_nothing_of_people(value) ? value : hidden;
}

}  // namespace

std::string_view shown_path(std::string_view path) {
    std::size_t segment = 0;
    for (const char c : path) {
        segment = c == '/' ? 0 : segment + 1;
        if (segment > segment_bytes_max || (c != '/' && !is_shown_in_paths(c))) return "/REDACTED";
    }
    return path;
}

std::string shown_query(std::string_view query) {
    std::string out;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        if (!out.empty()) out += '&';
        append_parameter(out, query.substr(0, end));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return out;
}

}  // namespace waybill::http
