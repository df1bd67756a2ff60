#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waybill::http {

/// Header fields in order of arrival; names compare without case. Owns its text in one buffer,
/// so adding, copying and clearing are cheap.
class Headers {
 public:
    struct Field {
        std::string_view name;
        std::string_view value;
    };

    /// Where a field stands in the text.
    struct Place {
        std::uint32_t name = 0, name_size = 0, value = 0, value_size = 0;
    };

    Headers() = default;
    /// The fields of a parsed head: `text` is copied once, `places` point into it. There is room
    /// for what is usually added on the way.
    Headers(std::string_view text, const std::vector<Place>& places);

    void add(std::string_view name, std::string_view value);
    /// Replaces every field of that name by one.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);
    /// The first field of that name.
    std::optional<std::string_view> get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    std::size_t size() const { return fields_.size(); }
    Field at(std::size_t index) const;
    void clear();

 private:
    std::string text_;
    std::vector<Place> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace waybill::http
