#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

/// What a shape may demand of a member. Services use shape.hpp.
namespace waybill::json {

/// May be absent or null; the member then keeps what its type's initialiser gives. A
/// std::optional or Patch member is so by itself.
struct Optional {};
inline constexpr Optional optional{};

/// The value of an absent (or null) member.
template <class V>
struct Otherwise {
    V value;
};
template <class V>
constexpr Otherwise<V> otherwise(V value) {
    return {value};
}
constexpr Otherwise<std::string_view> otherwise(const char* value) {
    return {value};
}

template <class Rule>
inline constexpr bool is_otherwise = false;
template <class V>
inline constexpr bool is_otherwise<Otherwise<V>> = true;

/// Characters (Unicode code points) of a text; of each text in a list.
struct Length {
    std::size_t min;
    std::size_t max;
};
constexpr Length length(std::size_t min, std::size_t max) {
    return {min, max};
}

/// Bounds of an integer, both included.
struct Range {
    std::int64_t min;
    std::int64_t max;
};
constexpr Range range(std::int64_t min,
                      std::int64_t max = std::numeric_limits<std::int64_t>::max()) {
    return {min, max};
}

/// Elements of a list.
struct Count {
    std::size_t min;
    std::size_t max;
};
constexpr Count count(std::size_t min, std::size_t max) {
    return {min, max};
}

/// The only texts, or the only words of an enumeration, that are allowed here.
template <std::size_t N>
struct OneOf {
    std::array<std::string_view, N> texts;
};
template <class... T>
constexpr OneOf<sizeof...(T)> one_of(T... texts) {
    return {{std::string_view(texts)...}};
}

template <class Rule>
inline constexpr bool is_one_of = false;
template <std::size_t N>
inline constexpr bool is_one_of<OneOf<N>> = true;

/// Of a map of texts: entries, and the longest key and value in characters.
struct Strings {
    std::size_t count_max;
    std::size_t key_max;
    std::size_t value_max;
};
constexpr Strings strings(std::size_t count_max, std::size_t key_max, std::size_t value_max) {
    return {count_max, key_max, value_max};
}

/// A text that is an active ISO 4217 code (a Currency member needs no rule).
struct PatternCurrency {};
inline constexpr PatternCurrency pattern_currency{};

/// Printable ASCII alone.
struct Printable {};
inline constexpr Printable printable{};

/// A Money that is a price: 0 to 9,999,999,999.99.
struct Priced {};
inline constexpr Priced priced{};

/// A Patch member that null cannot clear.
struct NeverNull {};
inline constexpr NeverNull never_null{};

/// Left out when absent, where otherwise `null` is written.
struct OmitAbsent {};
inline constexpr OmitAbsent omit_absent{};

/// What the member is, in the schema.
struct Doc {
    std::string_view text;
};
constexpr Doc doc(std::string_view text) {
    return {text};
}

}  // namespace waybill::json
