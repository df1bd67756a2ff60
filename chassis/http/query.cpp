#include "chassis/http/query.hpp"

#include "chassis/http/wire.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t parameters_max = 100;

/// False for a broken escape or what is not UTF-8.
bool decode(std::string_view text, std::string& out) {
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return false;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return false;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return is_utf8(out);
}

}  // namespace

Result<Query> Query::parse(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        std::string name;
        std::string value;
        if (!decode(pair.substr(0, equals), name))
            return invalid("?", "A parameter's name is not properly escaped UTF-8.");
        if (equals != std::string_view::npos && !decode(pair.substr(equals + 1), value))
            return invalid("?" + name, "The value is not properly escaped UTF-8.");
        if (query.all_.size() == parameters_max)
            return invalid("?" + name, "There are too many query parameters.");
        query.all_.emplace_back(std::move(name), std::move(value));
    }
    return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const {
    for (const auto& [known, value] : all_)
        if (known == name) return value;
    return std::nullopt;
}

}  // namespace waybill::http
