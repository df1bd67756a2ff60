#include "app/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace waybill::app {
namespace {

bool begins_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::string row_text(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i)
        line += (i == 0 ? "" : "  ") + fitted(cells[i], widths[i]);
    while (line.ends_with(' ')) line.pop_back();
    return line + "\n";
}

}  // namespace

TextStyle style_of(int fd) {
    TextStyle style;
    const bool terminal = isatty(fd) != 0;
    const char* no_colour = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    const bool refused = (no_colour != nullptr && *no_colour != '\0') ||
                         (kind != nullptr && std::string_view(kind) == "dumb");
    style.colours = terminal && !refused;
    winsize size{};
    if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = std::clamp<std::size_t>(size.ws_col, 60, 160);
    return style;
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string fitted(std::string_view text, std::size_t width) {
    const std::size_t columns = columns_of(text);
    if (columns <= width) return std::string(text) + std::string(width - columns, ' ');
    std::string out;
    std::size_t taken = 0;
    for (const char c : text) {
        if (begins_code_point(c) && ++taken == width) break;
        out.push_back(c);
    }
    return out + "…";
}

std::string text_table(const std::vector<std::string>& heading,
                       const std::vector<std::vector<std::string>>& rows, std::size_t width) {
    std::vector<std::size_t> widths;
    for (const auto& name : heading) widths.push_back(columns_of(name));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(row[i]));
    std::size_t before_last = 0;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
    const std::size_t least = columns_of(heading.back());
    const std::size_t left = width > before_last + least ? width - before_last : least;
    widths.back() = std::min(widths.back(), left);
    std::string text = row_text(heading, widths);
    for (const auto& row : rows) text += row_text(row, widths);
    return text;
}

}  // namespace waybill::app
