#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace waybill {

/// Carries a type as a value, so that `shape(Type<Order>)` and `names(Type<Status>)` are found by
/// argument-dependent lookup in the namespace of `Order` and `Status`.
template <class T>
struct Type {};

/// One value of an enumeration and its word on the wire and in rows.
template <class E>
struct Word {
    E value{};
    std::string_view text;
};

/// The table that `names(Type<E>)` returns, one word a value:
/// `constexpr auto names(Type<Status>) { return words<Status>({{Status::Pending, "Pending"}}); }`
template <class E, std::size_t N>
constexpr std::array<Word<E>, N> words(const Word<E> (&list)[N]) {
    return std::to_array(list);
}

/// An enumeration with a table of words beside it.
template <class E>
concept Named = std::is_enum_v<E> && requires { names(Type<E>{}); };

/// The word of a value; empty for a value without one.
template <Named E>
constexpr std::string_view word_of(E value) {
    for (const auto& word : names(Type<E>{}))
        if (word.value == value) return word.text;
    return {};
}

/// The value of a word, compared exactly.
template <Named E>
constexpr std::optional<E> from_word(std::string_view text) {
    for (const auto& word : names(Type<E>{}))
        if (word.text == text) return word.value;
    return std::nullopt;
}

}  // namespace waybill
