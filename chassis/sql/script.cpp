#include "chassis/sql/migrations.hpp"

namespace waybill::sql {
namespace {

/// Walks a script's text, jumping over what is not code.
class Scanner {
 public:
    explicit Scanner(std::string_view script) : script_(script) {}

    bool at_end() const { return at_ >= script_.size(); }
    std::size_t position() const { return at_; }
    char current() const { return script_[at_]; }

    /// Takes a quoted text, a comment or a word whole; else one character. Returns the word.
    std::string_view advance() {
        const char c = current();
        if (c == '\'' || c == '"' || c == '`') {
            skip_past(std::string_view(&script_[at_], 1), at_ + 1);
        } else if (script_.substr(at_, 2) == "--") {
            skip_past("\n", at_ + 2);
        } else if (script_.substr(at_, 2) == "/*") {
            skip_past("*/", at_ + 2);
        } else if (is_letter(c)) {
            const std::size_t begin = at_;
            while (!at_end() && is_letter(current())) ++at_;
            return script_.substr(begin, at_ - begin);
        } else {
            ++at_;
        }
        return {};
    }

 private:
    static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c >= '0' && c <= '9');
    }
    void skip_past(std::string_view end, std::size_t from) {
        const std::size_t found = script_.find(end, from);
        at_ = found == std::string_view::npos ? script_.size() : found + end.size();
    }
    std::string_view script_;
    std::size_t at_ = 0;
};

bool is(std::string_view word, std::string_view lower) {
    if (word.size() != lower.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if ((word[i] | 0x20) != lower[i]) return false;
    return true;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

/// A trigger's body holds statements with `;` of their own, between its `begin` and `end`, and
/// `case … end` within them.
class Nesting {
 public:
    void see(std::string_view word) {
        if (is(word, "trigger")) trigger_ = true;
        if ((trigger_ && is(word, "begin")) || (depth_ > 0 && is(word, "case"))) ++depth_;
        if (depth_ > 0 && is(word, "end")) --depth_;
    }
    bool within() const { return depth_ > 0; }

 private:
    bool trigger_ = false;
    int depth_ = 0;
};

}  // namespace

std::vector<std::string_view> split_statements(std::string_view script) {
    std::vector<std::string_view> statements;
    Scanner scanner(script);
    Nesting nesting;
    std::size_t begin = 0;
    bool code = false;
    while (!scanner.at_end()) {
        const std::size_t here = scanner.position();
        if (scanner.current() == ';' && !nesting.within()) {
            if (code) statements.push_back(trimmed(script.substr(begin, here - begin)));
            scanner.advance();
            begin = scanner.position();
            nesting = {};
            code = false;
            continue;
        }
        const std::string_view word = scanner.advance();
        nesting.see(word);
        code = code || !word.empty();
    }
    if (code) statements.push_back(trimmed(script.substr(begin)));
    return statements;
}

}  // namespace waybill::sql
