#include "app/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"

namespace waybill::app {
namespace {

using Faults = std::vector<std::string>;

constexpr std::string_view environment_prefix = "WAYBILL_";

std::string unknown_key(std::string_view place, std::string_view key) {
    return fmt::format("{}: {}: there is no such key; did you mean {}?", place, key,
                       nearest_property(key).name);
}

/// A secret's file, without its last line break.
std::optional<std::string> read_whole(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text((std::istreambuf_iterator<char>(in)), {});
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

std::string find_file(const std::string& asked) {
    if (!asked.empty()) return asked;
    for (const char* path : {"waybill.toml", "/etc/waybill/waybill.toml"})
        if (std::filesystem::exists(path)) return path;
    return {};
}

/// A URL with an `@` is refused because a password may stand before it.
bool may_be_shown(const Property& property, std::string_view text) {
    return !property.secret &&
           (property.type != PropertyType::url || text.find('@') == std::string_view::npos);
}

/// Puts values into their properties, and says what is wrong with which.
class Loader {
 public:
    explicit Loader(std::map<std::string, Config::Value, std::less<>>& values) : values_(values) {}

    /// `shown`: the text may stand in a complaint.
    void put(std::string_view key, std::string text, std::string source, bool shown = true) {
        const Property* property = find_property(key);
        if (property == nullptr) return faults_.push_back(unknown_key(source, key));
        if (const auto fault = fault_of(*property, text); !fault.empty())
            return faults_.push_back(
                fmt::format("{}: {} = \"{}\": {}", source, key,
                            shown && may_be_shown(*property, text) ? text : "…", fault));
        values_.insert_or_assign(std::string(key),
                                 Config::Value{std::move(text), std::move(source)});
    }
    void file(const std::string& path) {
        auto entries = read_toml(path);
        if (!entries) {
            faults_.insert(faults_.end(), entries.error().begin(), entries.error().end());
            return;
        }
        for (auto& entry : *entries)
            put(entry.key, std::move(entry.text), fmt::format("{}:{}", path, entry.line));
    }
    void environment(const std::vector<std::string>& variables) {
        for (const auto& variable : variables) {
            if (!variable.starts_with(environment_prefix)) continue;
            const auto equals = variable.find('=');
            if (faults::is_variable(variable.substr(0, equals))) continue;
            variable_is(variable.substr(0, equals), variable.substr(equals + 1));
        }
    }
    void set(const std::string& key, const std::string& text) {
        const Property* property = find_property(key);
        if (property != nullptr && property->secret)
            return faults_.push_back(fmt::format(
                "--set {}: a secret may not stand on the command line, where others can read it; "
                "name a file in {}_FILE",
                key, environment_name(key)));
        put(key, text, "--set");
    }
    Faults& faults() { return faults_; }

 private:
    void variable_is(const std::string& name, std::string text) {
        for (const auto& property : properties()) {
            const std::string own = environment_name(property.name);
            if (name == own) return put(property.name, std::move(text), name);
            if (name != own + "_FILE") continue;
            auto whole = read_whole(text);
            if (!whole)
                return faults_.push_back(fmt::format("{}: the file {} cannot be read", name, text));
            return put(property.name, std::move(*whole), name, false);
        }
        // Variables of other tools may share the prefix; a misspelt one must not pass in silence.
        const Property& nearest = nearest_property(lowered(name.substr(environment_prefix.size())));
        faults_.push_back(fmt::format("{}: no property is read from it; did you mean {}?", name,
                                      environment_name(nearest.name)));
    }
    static std::string lowered(std::string text) {
        for (char& c : text) c = c == '_' ? '.' : static_cast<char>(std::tolower(c));
        return text;
    }

    std::map<std::string, Config::Value, std::less<>>& values_;
    Faults faults_;
};

}  // namespace

std::string environment_name(std::string_view property) {
    std::string name(environment_prefix);
    for (const char c : property)
        name.push_back(c == '.' ? '_'
                                : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    return name;
}

tl::expected<Config, std::vector<std::string>> Config::load(const ConfigSources& sources) {
    Config config;
    for (const auto& property : properties())
        config.values_.emplace(property.name, Value{std::string(property.standard), "default"});
    Loader loader(config.values_);
    config.file_ = find_file(sources.file);
    if (!config.file_.empty()) loader.file(config.file_);
    loader.environment(sources.environment);
    for (const auto& [key, text] : sources.sets) loader.set(key, text);
    if (!loader.faults().empty()) return tl::unexpected(std::move(loader.faults()));
    return config;
}

const Config::Value& Config::value(std::string_view name) const {
    const auto found = values_.find(name);
    CHECK(found != values_.end());
    return found->second;
}

std::int64_t Config::integer(std::string_view name) const {
    const std::string& digits = text(name);
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

Duration Config::duration(std::string_view name) const {
    return parse_duration(text(name)).value_or(Duration::zero());
}

Rate Config::rate(std::string_view name) const {
    return parse_rate(text(name)).value_or(Rate{});
}

Address Config::address(std::string_view name) const {
    return parse_address(text(name)).value_or(Address{});
}

std::vector<std::string> Config::list(std::string_view name) const {
    std::vector<std::string> out;
    std::string_view rest = text(name);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (!one.empty()) out.emplace_back(one);
    }
    return out;
}

}  // namespace waybill::app
