#include "chassis/base/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "chassis/base/json.hpp"

namespace waybill::json {
namespace {

/// Bytes that may not stand in a JSON string as they are.
constexpr std::array<bool, 256> needs_escape = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table[static_cast<unsigned char>('"')] = true;
    table[static_cast<unsigned char>('\\')] = true;
    return table;
}();

void append_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    out.push_back('\\');
    switch (c) {
        case '"':
        case '\\':
            out.push_back(c);
            return;
        case '\n':
            out.push_back('n');
            return;
        case '\r':
            out.push_back('r');
            return;
        case '\t':
            out.push_back('t');
            return;
        default:
            out += "u00";
            out.push_back(digits[static_cast<unsigned char>(c) >> 4U]);
            out.push_back(digits[static_cast<unsigned char>(c) & 15U]);
    }
}

template <class N>
void append_number(std::string& out, N value) {
    const fmt::format_int text(value);
    out.append(text.data(), text.size());
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!needs_escape[static_cast<unsigned char>(text[at])]) continue;
        out.append(text, begin, at - begin);
        append_escape(out, text[at]);
        begin = at + 1;
    }
    out.append(text, begin);
    out.push_back('"');
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_.push_back(':');
    first_ = true;
    return *this;
}

Writer& Writer::plain_key(std::string_view name) {
    separate();
    out_.push_back('"');
    out_.append(name);
    out_.append("\":", 2);
    first_ = true;
    return *this;
}

Writer& Writer::string(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return *this;
}

Writer& Writer::number(std::int64_t value) {
    separate();
    append_number(out_, value);
    return *this;
}

Writer& Writer::number(std::uint64_t value) {
    separate();
    append_number(out_, value);
    return *this;
}

Writer& Writer::number(double value) {
    if (!std::isfinite(value)) return null();
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
}

Writer& Writer::boolean(bool value) {
    return raw(value ? "true" : "false");
}

Writer& Writer::null() {
    return raw("null");
}

Writer& Writer::raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
}

Writer& Writer::value(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return null();
        case Kind::boolean:
            return boolean(value.boolean());
        case Kind::number:
            return raw(value.text());
        case Kind::string:
            return string(value.text());
        case Kind::array:
            begin_array();
            for (const Value& item : value.items()) this->value(item);
            return end_array();
        case Kind::object:
            begin_object();
            for (const Member& member : value.members()) key(member.name).value(member.value);
            return end_object();
    }
    return *this;
}

Writer& Writer::uuid(const Uuid& id) {
    separate();
    out_.push_back('"');
    id.append_to(out_);
    out_.push_back('"');
    return *this;
}

Writer& Writer::time(Timestamp time) {
    separate();
    out_.push_back('"');
    time.append_to(out_);
    out_.push_back('"');
    return *this;
}

Writer& Writer::money(const Money& amount) {
    separate();
    out_.push_back('"');
    amount.append_to(out_);
    out_.push_back('"');
    return *this;
}

}  // namespace waybill::json
