#include "app/routes_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/property.hpp"
#include "app/toml.hpp"

namespace waybill::app {
namespace {

constexpr std::array<std::string_view, 15> known_keys{
    "method",       "path",       "host",      "upstream",        "auth",
    "role",         "rate",       "timeout",   "concurrency_max", "closed",
    "strip_prefix", "add_prefix", "set_query", "set_headers",     "remove_headers"};
constexpr std::string_view response_headers_key = "set_response_headers";

/// Reads one table into a rule, gathering faults.
class RuleReader {
 public:
    RuleReader(const toml::table& table, std::string place, std::vector<std::string>& faults)
        : table_(table), place_(std::move(place)), faults_(faults) {}

    gateway::RouteRule read() {
        for (const auto& [name, node] : table_) check_key(name.str());
        gateway::RouteRule rule;
        rule.place = place_;
        rule.method = text("method");
        rule.path = text("path");
        if (rule.method.empty() || rule.path.empty()) fault("method and path are required");
        rule.host = text("host");
        rule.upstream = text("upstream");
        if (table_.contains("auth")) rule.scope = text("auth");
        if (table_.contains("role")) rule.role = text("role");
        if (table_.contains("rate")) rule.rate = rate();
        if (table_.contains("timeout")) rule.timeout = timeout();
        if (table_.contains("concurrency_max")) rule.concurrency_max = count("concurrency_max");
        rule.closed = table_["closed"].value_or(false);
        rule.strip_prefix = text("strip_prefix");
        rule.add_prefix = text("add_prefix");
        rule.set_query = pairs("set_query");
        rule.set_headers = pairs("set_headers");
        rule.set_response_headers = pairs(response_headers_key);
        if (const auto* names = table_["remove_headers"].as_array())
            for (const auto& name : *names)
                rule.remove_headers.push_back(name.value_or(std::string()));
        return rule;
    }

 private:
    void check_key(std::string_view key) {
        const bool known = key == response_headers_key ||
                           std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end();
        if (!known) fault(fmt::format("{}: there is no such key of a route", key));
    }
    std::string text(std::string_view key) {
        const auto node = table_[key];
        if (node && !node.is_string()) fault(fmt::format("{} must be a string", key));
        return node.value_or(std::string());
    }
    std::optional<resilience::Rate> rate() {
        auto parsed = resilience::Rate::parse(text("rate"), "rate");
        if (parsed) return *parsed;
        fault("rate must be such as 100/s or 60/m");
        return std::nullopt;
    }
    std::optional<Duration> timeout() {
        auto parsed = parse_duration(text("timeout"));
        if (!parsed) fault("timeout must be such as 250ms or 2s");
        return parsed;
    }
    std::optional<std::size_t> count(std::string_view key) {
        const auto number = table_[key].value<std::int64_t>();
        if (number && *number > 0) return static_cast<std::size_t>(*number);
        fault(fmt::format("{} must be a whole number of at least 1", key));
        return std::nullopt;
    }
    gateway::FieldList pairs(std::string_view key) {
        gateway::FieldList out;
        const auto node = table_[key];
        if (!node) return out;
        const auto* table = node.as_table();
        if (table == nullptr) {
            fault(fmt::format("{} must be a table of strings", key));
            return out;
        }
        for (const auto& [name, value] : *table)
            out.emplace_back(std::string(name.str()), value.value_or(std::string()));
        return out;
    }
    void fault(const std::string& what) { faults_.push_back(place_ + ": " + what); }

    const toml::table& table_;
    std::string place_;
    std::vector<std::string>& faults_;
};

}  // namespace

tl::expected<std::vector<gateway::RouteRule>, std::vector<std::string>> read_route_rules(
    const std::string& path) {
    auto text = read_text_file(path);
    if (!text) return tl::unexpected(std::vector{std::move(text.error())});
    return parse_route_rules(*text, path);
}

tl::expected<std::vector<gateway::RouteRule>, std::vector<std::string>> parse_route_rules(
    const std::string& text, const std::string& path) {
    if (auto fault = toml_letter_fault(text, path); !fault.empty())
        return tl::unexpected(std::vector{std::move(fault)});
    const toml::parse_result parsed = toml::parse(text, path);
    if (!parsed) {
        const auto& error = parsed.error();
        return tl::unexpected(std::vector{fmt::format("{}:{}: {}", path, error.source().begin.line,
                                                      std::string(error.description()))});
    }
    const toml::table& root = parsed.table();
    auto list = root["routes"];
    if (!list) list = root["gateway"]["routes"];
    std::vector<gateway::RouteRule> rules;
    std::vector<std::string> faults;
    if (const auto* array = list.as_array()) {
        for (const auto& item : *array) {
            const std::string place = fmt::format("{}:{}", path, item.source().begin.line);
            if (const auto* table = item.as_table())
                rules.push_back(RuleReader(*table, place, faults).read());
            else
                faults.push_back(place + ": a route must be a table ([[routes]])");
        }
    }
    if (!faults.empty()) return tl::unexpected(std::move(faults));
    return rules;
}

}  // namespace waybill::app
