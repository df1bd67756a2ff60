#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/base/json.hpp"

namespace waybill::json {
namespace {

/// A second reader of the grammar of RFC 8259, with UTF-8 by the table of RFC 3629 section 4. It
/// shares nothing with the parser under test; it knows no repeated names.
class Grammar {
 public:
    explicit Grammar(std::string_view text) : text_(text) {}
    bool accepts() {
        space();
        if (!value(0)) return false;
        space();
        return at_ == text_.size();
    }

 private:
    int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }
    bool eat(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    bool eat_range(int low, int high) {
        if (peek() < low || peek() > high) return false;
        ++at_;
        return true;
    }
    void space() {
        while (eat(' ') || eat('\t') || eat('\r') || eat('\n')) continue;
    }
    bool word(std::string_view text) {
        if (text_.substr(at_, text.size()) != text) return false;
        at_ += text.size();
        return true;
    }
    bool digits() {
        if (!eat_range('0', '9')) return false;
        while (eat_range('0', '9')) continue;
        return true;
    }
    bool number() {
        eat('-');
        if (!eat('0') && !digits()) return false;
        if (eat('.') && !digits()) return false;
        if (!eat('e') && !eat('E')) return true;
        if (!eat('+')) eat('-');
        return digits();
    }
    bool hex(unsigned& out) {
        out = 0;
        for (int i = 0; i < 4; ++i) {
            const int c = peek();
            const bool digit = c >= '0' && c <= '9';
            const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!digit && !letter) return false;
            out = out * 16 + static_cast<unsigned>(digit ? c - '0' : (c | 0x20) - 'a' + 10);
            ++at_;
        }
        return true;
    }
    bool escape() {
        for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'})
            if (eat(c)) return true;
        unsigned unit = 0;
        if (!eat('u') || !hex(unit)) return false;
        if (unit < 0xd800 || unit > 0xdfff) return true;
        unsigned low = 0;
        return unit < 0xdc00 && word("\\u") && hex(low) && low >= 0xdc00 && low <= 0xdfff;
    }
    bool tails(int count) {
        for (int i = 0; i < count; ++i)
            if (!eat_range(0x80, 0xbf)) return false;
        return true;
    }
    bool character() {
        if (eat_range(0x20, 0x7f)) return true;
        if (eat_range(0xc2, 0xdf)) return tails(1);
        if (eat_range(0xe0, 0xe0)) return eat_range(0xa0, 0xbf) && tails(1);
        if (eat_range(0xed, 0xed)) return eat_range(0x80, 0x9f) && tails(1);
        if (eat_range(0xe1, 0xef)) return tails(2);
        if (eat_range(0xf0, 0xf0)) return eat_range(0x90, 0xbf) && tails(2);
        if (eat_range(0xf4, 0xf4)) return eat_range(0x80, 0x8f) && tails(2);
        return eat_range(0xf1, 0xf3) && tails(3);
    }
    bool string() {
        if (!eat('"')) return false;
        while (!eat('"'))
            if (eat('\\') ? !escape() : !character()) return false;
        return true;
    }
    bool member(int depth) {
        space();
        if (!string()) return false;
        space();
        return eat(':') && element(depth);
    }
    bool element(int depth) {
        space();
        if (!value(depth)) return false;
        space();
        return true;
    }
    bool container(int depth, char end, bool (Grammar::*part)(int)) {
        if (depth > 32) return false;
        space();
        if (eat(end)) return true;
        do {
            if (!(this->*part)(depth)) return false;
        } while (eat(','));
        return eat(end);
    }
    bool value(int depth) {
        if (eat('{')) return container(depth + 1, '}', &Grammar::member);
        if (eat('[')) return container(depth + 1, ']', &Grammar::element);
        if (peek() == '"') return string();
        return word("true") || word("false") || word("null") || number();
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Refusals that the grammar knows nothing of.
bool beyond_grammar(const Error& error) {
    return error.detail.find("stands twice") != std::string::npos ||
           error.detail.find("exponent is too large") != std::string::npos;
}

void check(std::string_view text) {
    const Result<Document> document = parse(text);
    const bool well_formed = Grammar(text).accepts();
    if (!document) {
        CHECK(document.error().problem == Problem::malformed_json);
        CHECK(!well_formed || beyond_grammar(document.error()));
        return;
    }
    CHECK(well_formed);
    const std::string written = to_text(*document);
    const Result<Document> again = parse(written, {.bytes_max = SIZE_MAX});
    CHECK(again);
    CHECK(again->root() == document->root());
    CHECK(to_text(*again) == written);
}

}  // namespace
}  // namespace waybill::json

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    waybill::json::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
