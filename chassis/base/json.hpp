#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/json_writer.hpp"
#include "chassis/base/money.hpp"

namespace waybill::json {

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
struct Member;

/// A parsed value: a small handle into its Document, copied freely, valid as long as that lives.
/// Members keep their order, numbers their text.
class Value {
 public:
    Value() = default;

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_boolean() const { return kind_ == Kind::boolean; }
    bool is_number() const { return kind_ == Kind::number; }
    bool is_string() const { return kind_ == Kind::string; }
    bool is_array() const { return kind_ == Kind::array; }
    bool is_object() const { return kind_ == Kind::object; }

    /// False for everything that is not `true`.
    bool boolean() const { return kind_ == Kind::boolean && size_ != 0; }
    /// The characters of a string or of a number; empty for other kinds.
    std::string_view text() const;
    /// The elements of an array; empty for other kinds.
    std::span<const Value> items() const;
    /// The members of an object; empty for other kinds.
    std::span<const Member> members() const;

    /// The member of an object; nullptr when there is none, or this is no object.
    const Value* find(std::string_view name) const;
    /// The text of a string member; empty when there is no such string.
    std::string_view text_at(std::string_view name) const;

    /// A number of integral value, exactly: `3`, `3.0` and `30e-1`, but not `3.5`; nothing
    /// for other kinds or out of range.
    std::optional<std::int64_t> as_int64() const;
    /// A number exactly, or nothing when it needs more than 18 digits.
    std::optional<Decimal> as_decimal() const;
    /// A number, rounded.
    std::optional<double> as_double() const;

    /// The same kinds, texts and order of members; numbers by their text.
    friend bool operator==(const Value& a, const Value& b) { return equal(a, b); }

 private:
    friend class Builder;
    static bool equal(const Value& a, const Value& b);
    union {
        const char* text_ = nullptr;
        const Value* items_;
        const Member* members_;
    };
    std::uint32_t size_ = 0;  ///< bytes, elements or members; 1 for true
    Kind kind_ = Kind::null;
};

struct Member {
    std::string_view name;
    Value value;
};

/// Owns what its values point into. Moving it leaves the values where they are.
class Document {
 public:
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    const Value& root() const { return root_; }
    operator const Value&() const { return root_; }
    const Value* find(std::string_view name) const { return root_.find(name); }
    std::string_view text_at(std::string_view name) const { return root_.text_at(name); }

 private:
    friend class Builder;
    struct Arena;
    explicit Document(std::unique_ptr<Arena> arena);
    std::unique_ptr<Arena> arena_;
    Value root_;
};

struct Limits {
    std::size_t bytes_max = std::size_t{1} << 20U;
    std::size_t depth_max = 32;  ///< nested arrays and objects
};

/// Reads one JSON text (RFC 8259) strictly. An empty text, duplicate names, more depth or bytes
/// than allowed, invalid UTF-8 and lone surrogates are `malformed-json`, with line and column.
/// `text` need not outlive the call.
Result<Document> parse(std::string_view text, Limits limits = {});

/// The compact text of a value.
std::string to_text(const Value& value);

}  // namespace waybill::json
