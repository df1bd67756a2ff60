#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/property.hpp"
#include "chassis/base/time.hpp"

namespace waybill::app {

/// Where a configuration comes from, strongest first.
struct ConfigSources {
    /// `key=value` of `--set`, and the options that stand for one (`--listen`).
    std::vector<std::pair<std::string, std::string>> sets = {};
    /// The process's environment, `NAME=value`.
    std::vector<std::string> environment = {};
    /// `--config`; empty: ./waybill.toml, else /etc/waybill/waybill.toml, if there is one.
    std::string file = {};
};

/// The effective configuration: every property has a value and a source. Immutable.
class Config {
 public:
    struct Value {
        std::string text;
        std::string source;  ///< `default`, `waybill.toml:3`, `WAYBILL_LISTEN`, `--set`
    };
    /// Reads and checks everything; on faults, one sentence each with file, line and key.
    static tl::expected<Config, std::vector<std::string>> load(const ConfigSources& sources);

    /// The property must exist; of the right type.
    const std::string& text(std::string_view name) const { return value(name).text; }
    std::int64_t integer(std::string_view name) const;
    bool boolean(std::string_view name) const { return text(name) == "true"; }
    Duration duration(std::string_view name) const;
    Rate rate(std::string_view name) const;
    Address address(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    const Value& value(std::string_view name) const;
    /// The file that was read; empty: none.
    const std::string& file() const { return file_; }

 private:
    std::map<std::string, Value, std::less<>> values_;
    std::string file_;
};

/// `WAYBILL_ORDERS_DATABASE_URL` for `orders.database.url`.
std::string environment_name(std::string_view property);

/// The leaves of a TOML file as dotted keys, with their lines; faults as sentences with the place.
struct FileEntry {
    std::string key;
    std::string text;
    std::int64_t line = 0;
};
tl::expected<std::vector<FileEntry>, std::vector<std::string>> read_toml(const std::string& path);
/// The same for a text at hand; `path` is what faults name.
tl::expected<std::vector<FileEntry>, std::vector<std::string>> read_toml_text(
    std::string_view text, const std::string& path);

}  // namespace waybill::app
