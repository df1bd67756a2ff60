#include "chassis/http/headers.hpp"

#include <algorithm>
#include <functional>

namespace waybill::http {
namespace {

// Of an answer; growing to them step by step cost more than they do.
constexpr std::size_t usual_fields = 12;
constexpr std::size_t usual_bytes = 384;

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool points_into(std::string_view part, const std::string& whole) {
    const std::less<const char*> before;
    return !before(part.data(), whole.data()) && before(part.data(), whole.data() + whole.size());
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return x == y || lower(x) == lower(y);
           });
}

Headers::Headers(std::string_view text, const std::vector<Place>& places) {
    text_.reserve(text.size() + usual_bytes);
    text_ = text;
    fields_.reserve(places.size() + usual_fields);
    fields_ = places;
}

void Headers::add(std::string_view name, std::string_view value) {
    // A view into this very text would dangle when the text grows.
    if (points_into(name, text_) || points_into(value, text_))
        return add(std::string(name), std::string(value));
    if (fields_.capacity() == 0) {
        fields_.reserve(usual_fields);
        text_.reserve(usual_bytes);
    }
    const auto at = static_cast<std::uint32_t>(text_.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    text_.append(name).append(value);
    fields_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const Place& place) {
        return place.name_size == name.size() &&
               equal_ignoring_case(std::string_view(text_).substr(place.name, place.name_size),
                                   name);
    });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].name_size != name.size()) continue;
        const Field field = at(i);
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (equal_ignoring_case(at(i).name, name)) ++found;
    return found;
}

Headers::Field Headers::at(std::size_t index) const {
    const Place& place = fields_.at(index);
    const std::string_view text = text_;
    return {text.substr(place.name, place.name_size), text.substr(place.value, place.value_size)};
}

void Headers::clear() {
    text_.clear();
    fields_.clear();
}

}  // namespace waybill::http
