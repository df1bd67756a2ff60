#include <fmt/format.h>

#include "app/config.hpp"
#include "app/toml.hpp"

namespace waybill::app {
namespace {

std::string scalar_text(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* yes = node.as_boolean()) return yes->get() ? "true" : "false";
    return {};
}

bool is_scalar(const toml::node& node) {
    return node.is_string() || node.is_integer() || node.is_boolean();
}

/// Walks the tables; a list of scalars becomes one text with commas.
class Flattener {
 public:
    explicit Flattener(std::string path) : path_(std::move(path)) {}

    void walk(const toml::table& table, const std::string& prefix) {
        for (const auto& [name, node] : table) {
            const std::string key = prefix + std::string(name.str());
            // Routes are read by routes_file.cpp.
            if (key == "gateway.routes" && node.is_array_of_tables()) continue;
            if (const auto* inner = node.as_table())
                walk(*inner, key + ".");
            else
                leaf(key, node);
        }
    }
    std::vector<FileEntry> entries;
    std::vector<std::string> faults;

 private:
    void leaf(const std::string& key, const toml::node& node) {
        const auto line = static_cast<std::int64_t>(node.source().begin.line);
        if (is_scalar(node)) return entries.push_back({key, scalar_text(node), line});
        const auto* array = node.as_array();
        if (array == nullptr) return fault(key, line);
        std::string text;
        for (const auto& item : *array) {
            if (!is_scalar(item)) return fault(key, line);
            text += (text.empty() ? "" : ",") + scalar_text(item);
        }
        entries.push_back({key, std::move(text), line});
    }
    void fault(const std::string& key, std::int64_t line) {
        faults.push_back(
            fmt::format("{}:{}: {}: must be a string, an integer, a boolean or a list of these",
                        path_, line, key));
    }
    std::string path_;
};

tl::expected<std::vector<FileEntry>, std::vector<std::string>> flattened(
    const toml::parse_result& parsed, const std::string& path) {
    if (!parsed) {
        const auto& error = parsed.error();
        return tl::unexpected(std::vector{fmt::format("{}:{}: {}", path, error.source().begin.line,
                                                      std::string(error.description()))});
    }
    Flattener flattener(path);
    flattener.walk(parsed.table(), "");
    if (!flattener.faults.empty()) return tl::unexpected(std::move(flattener.faults));
    return std::move(flattener.entries);
}

}  // namespace

tl::expected<std::vector<FileEntry>, std::vector<std::string>> read_toml(const std::string& path) {
    auto text = read_text_file(path);
    if (!text) return tl::unexpected(std::vector{std::move(text.error())});
    return read_toml_text(*text, path);
}

tl::expected<std::vector<FileEntry>, std::vector<std::string>> read_toml_text(
    std::string_view text, const std::string& path) {
    if (auto fault = toml_letter_fault(text, path); !fault.empty())
        return tl::unexpected(std::vector{std::move(fault)});
    return flattened(toml::parse(text, path), path);
}

}  // namespace waybill::app
