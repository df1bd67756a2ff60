#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstring>
#include <memory_resource>
#include <set>
#include <vector>

#include "chassis/base/check.hpp"
#include "chassis/base/json.hpp"

namespace waybill::json {

struct Document::Arena {
    std::array<std::byte, 2048> first;
    std::pmr::monotonic_buffer_resource memory{first.data(), first.size()};
};

Document::Document(std::unique_ptr<Arena> arena) : arena_(std::move(arena)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

/// What Boost's parser calls: keeps numbers as text, and refuses repeated names.
class Builder {
 public:
    static constexpr std::size_t max_object_size = UINT32_MAX;
    static constexpr std::size_t max_array_size = UINT32_MAX;
    static constexpr std::size_t max_key_size = UINT32_MAX;
    static constexpr std::size_t max_string_size = UINT32_MAX;
    using Text = boost::json::string_view;
    using Code = boost::json::error_code;

    Builder() {
        stack_.reserve(32);
        scopes_.reserve(8);
    }

    /// Why the builder itself refused; empty when it did not.
    const std::string& refusal() const { return refusal_; }
    Document document() && {
        CHECK(stack_.size() == 1);
        Document document(std::move(arena_));
        document.root_ = stack_.front().value;
        return document;
    }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return open(); }
    bool on_object_end(std::size_t count, Code&) {
        const auto members = close(count);
        Value value = sized(Kind::object, count);
        value.members_ = members.data();
        return push(value);
    }
    bool on_array_begin(Code&) { return open(); }
    bool on_array_end(std::size_t count, Code&) {
        const std::size_t first = stack_.size() - count;
        auto* items = allocate<Value>(count);
        for (std::size_t i = 0; i < count; ++i) items[i] = stack_[first + i].value;
        stack_.resize(first);
        name_ = scopes_.back().name;
        scopes_.pop_back();
        Value value = sized(Kind::array, count);
        value.items_ = items;
        return push(value);
    }
    bool on_key_part(Text part, std::size_t, Code&) { return gather(part); }
    bool on_key(Text part, std::size_t, Code& code) {
        name_ = keep(part);
        if (!repeated(name_)) return true;
        refusal_ = fmt::format("the name \"{}\" stands twice in one object", name_.substr(0, 100));
        code = boost::json::error::syntax;
        return false;
    }
    bool on_string_part(Text part, std::size_t, Code&) { return gather(part); }
    bool on_string(Text part, std::size_t, Code&) { return push(text(Kind::string, part)); }
    bool on_number_part(Text part, Code&) { return gather(part); }
    bool on_int64(std::int64_t, Text part, Code&) { return push(text(Kind::number, part)); }
    bool on_uint64(std::uint64_t, Text part, Code&) { return push(text(Kind::number, part)); }
    bool on_double(double, Text part, Code&) { return push(text(Kind::number, part)); }
    bool on_bool(bool truth, Code&) { return push(sized(Kind::boolean, truth ? 1 : 0)); }
    bool on_null(Code&) { return push(Value()); }
    bool on_comment_part(Text, Code&) { return false; }
    bool on_comment(Text, Code&) { return false; }

 private:
    /// An array or object that is still open, and the name it has in the one around it.
    struct Scope {
        std::size_t first;
        std::string_view name;
        std::pmr::set<std::string_view> names;  ///< filled when there are many
    };
    /// Up to here names are compared one by one; beyond, a tree bounds the work.
    static constexpr std::size_t few_names = 16;

    template <class T>
    T* allocate(std::size_t count) {
        void* memory =
            arena_->memory.allocate(std::max<std::size_t>(count, 1) * sizeof(T), alignof(T));
        return std::uninitialized_default_construct_n(static_cast<T*>(memory), count) - count;
    }
    static Value sized(Kind kind, std::size_t size) {
        Value value;
        value.kind_ = kind;
        value.size_ = static_cast<std::uint32_t>(size);
        return value;
    }
    bool gather(Text part) {
        parts_.append(part.data(), part.size());
        return true;
    }
    std::string_view keep(Text last) {
        const std::size_t size = parts_.size() + last.size();
        char* copy = allocate<char>(size);
        std::copy(parts_.begin(), parts_.end(), copy);
        std::copy(last.begin(), last.end(), copy + parts_.size());
        parts_.clear();
        return {copy, size};
    }
    Value text(Kind kind, Text last) {
        const std::string_view kept = keep(last);
        Value value = sized(kind, kept.size());
        value.text_ = kept.data();
        return value;
    }
    bool push(const Value& value) {
        stack_.push_back({name_, value});
        return true;
    }
    bool open() {
        scopes_.push_back({stack_.size(), name_, std::pmr::set<std::string_view>(&scratch_)});
        name_ = {};
        return true;
    }
    std::span<const Member> close(std::size_t count) {
        const std::size_t first = stack_.size() - count;
        auto* members = allocate<Member>(count);
        std::copy_n(stack_.begin() + static_cast<std::ptrdiff_t>(first), count, members);
        stack_.resize(first);
        name_ = scopes_.back().name;
        scopes_.pop_back();
        return {members, count};
    }
    bool repeated(std::string_view name) {
        Scope& scope = scopes_.back();
        const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(scope.first);
        const auto count = static_cast<std::size_t>(stack_.end() - begin);
        if (count < few_names)
            return std::any_of(begin, stack_.end(),
                               [&](const Member& member) { return member.name == name; });
        if (scope.names.empty())
            for (auto it = begin; it != stack_.end(); ++it) scope.names.insert(it->name);
        return !scope.names.insert(name).second;
    }

    std::unique_ptr<Document::Arena> arena_ = std::make_unique_for_overwrite<Document::Arena>();
    std::array<std::byte, 4096> scratch_first_;
    std::pmr::monotonic_buffer_resource scratch_{scratch_first_.data(), scratch_first_.size()};
    std::pmr::vector<Member> stack_{&scratch_};
    std::pmr::vector<Scope> scopes_{&scratch_};
    std::string_view name_;  ///< of the value that comes next
    std::string parts_;      ///< of a text that comes in pieces
    std::string refusal_;
};

namespace {

std::string place_of(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? at + 1 : at - newline;
    return fmt::format("line {}, column {}", line, column);
}

std::string reason_of(boost::json::error_code code, std::string_view text, std::size_t at) {
    using boost::json::error;
    if (code == error::incomplete) return "the text ends too early";
    if (code == error::too_deep) return "arrays and objects are nested too deeply";
    if (code == error::exponent_overflow) return "a number's exponent is too large";
    if (code == error::illegal_leading_surrogate || code == error::illegal_trailing_surrogate ||
        code == error::expected_utf16_escape)
        return "a \\u escape is half of a surrogate pair";
    if (code == error::expected_hex_digit) return "a \\u escape needs four hexadecimal digits";
    if (code == error::extra_data) return "there is more after the value";
    const bool text_byte = at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80;
    return text_byte ? "bytes that are not UTF-8, or not in a string"
                     : "a character that cannot stand here";
}

}  // namespace

Result<Document> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes_max)
        return fail(Problem::malformed_json,
                    fmt::format("The JSON text is longer than {} bytes.", limits.bytes_max));
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fail(Problem::malformed_json, "The JSON text is empty.");
    boost::json::parse_options options;
    options.max_depth = limits.depth_max;
    boost::json::basic_parser<Builder> parser(options);
    boost::json::error_code code;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
    if (!code && used < text.size()) code = boost::json::error::extra_data;
    if (code) {
        const std::string& refusal = parser.handler().refusal();
        return fail(Problem::malformed_json,
                    fmt::format("The JSON text is malformed at {}: {}.", place_of(text, used),
                                refusal.empty() ? reason_of(code, text, used) : refusal));
    }
    return std::move(parser.handler()).document();
}

}  // namespace waybill::json
