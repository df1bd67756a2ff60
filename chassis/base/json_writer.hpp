#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/money.hpp"
#include "chassis/base/time.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::json {

class Value;

/// Appends compact JSON to a string, commas included. The calls must make a well-formed value:
/// nothing is checked. Text must be UTF-8.
class Writer {
 public:
    explicit Writer(std::string& out) : out_(out) {}

    Writer& begin_object() { return open('{'); }
    Writer& end_object() { return close('}'); }
    Writer& begin_array() { return open('['); }
    Writer& end_array() { return close(']'); }
    /// The next member's name; any text.
    Writer& key(std::string_view name);
    /// A name that needs no escaping, such as a literal of the program.
    Writer& plain_key(std::string_view name);

    Writer& string(std::string_view text);
    Writer& number(std::int64_t value);
    Writer& number(std::int32_t value) { return number(std::int64_t{value}); }
    Writer& number(std::uint64_t value);
    Writer& number(std::uint32_t value) { return number(std::uint64_t{value}); }
    /// The shortest text that reads back as the same double; `null` when not finite.
    Writer& number(double value);
    Writer& boolean(bool value);
    Writer& null();
    /// A whole value that is JSON already.
    Writer& raw(std::string_view json);
    Writer& value(const Value& value);

    Writer& uuid(const Uuid& id);
    Writer& time(Timestamp time);
    /// The amount as a string: `"1299.99"`.
    Writer& money(const Money& amount);

 private:
    Writer& open(char bracket) {
        separate();
        out_.push_back(bracket);
        first_ = true;
        return *this;
    }
    Writer& close(char bracket) {
        out_.push_back(bracket);
        first_ = false;
        return *this;
    }
    void separate() {
        if (!first_) out_.push_back(',');
        first_ = false;
    }
    std::string& out_;
    bool first_ = true;  ///< no comma before what comes next
};

/// Appends the quoted and escaped text.
void append_quoted(std::string& out, std::string_view text);

}  // namespace waybill::json
