#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::app {

/// How text may look where it goes.
struct TextStyle {
    bool colours = false;
    std::size_t width = 100;  ///< columns
};

/// Of a file descriptor: colours on a terminal alone, and never with NO_COLOR set or TERM=dumb.
TextStyle style_of(int fd);

/// Columns that UTF-8 text takes, a code point a column.
std::size_t columns_of(std::string_view text);
/// Exactly `width` columns: filled with blanks, or cut with an ellipsis.
std::string fitted(std::string_view text, std::size_t width);

/// A table with a heading, columns as wide as their content; the last one is cut to the width.
std::string text_table(const std::vector<std::string>& heading,
                       const std::vector<std::vector<std::string>>& rows, std::size_t width);

}  // namespace waybill::app
