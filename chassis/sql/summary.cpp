#include "chassis/sql/summary.hpp"

#include <algorithm>

namespace waybill::sql {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Takes the next word off `text`, in lower case; empty at its end.
std::string next_word(std::string_view& text) {
    const auto begin = std::find_if(text.begin(), text.end(), is_word);
    const auto end = std::find_if_not(begin, text.end(), is_word);
    std::string word(begin, end);
    text = std::string_view(end, text.end());
    for (char& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return word;
}

bool leads_to_table(std::string_view word) {
    return word == "from" || word == "into" || word == "update" || word == "table" ||
           word == "join";
}

bool goes_between(std::string_view word) {
    return word == "if" || word == "not" || word == "exists" || word == "or" || word == "ignore" ||
           word == "replace" || word == "only";
}

}  // namespace

Summary summarize(std::string_view statement) {
    Summary summary;
    summary.operation = next_word(statement);
    std::string word = summary.operation;
    while (!word.empty() && !leads_to_table(word)) word = next_word(statement);
    if (word.empty()) return summary;
    do word = next_word(statement);
    while (goes_between(word));
    summary.collection = std::move(word);
    return summary;
}

}  // namespace waybill::sql
