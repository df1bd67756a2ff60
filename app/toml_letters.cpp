#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>

#include "app/toml.hpp"

namespace waybill::app {
namespace {

bool may_stand(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte < 0x7f) || c == '\t' || c == '\r';
}

}  // namespace

tl::expected<std::string, std::string> read_text_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in.is_open() || in.bad())
        return tl::unexpected(fmt::format("{}: the file cannot be read", path));
    return text;
}

std::string toml_letter_fault(std::string_view text, const std::string& path) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (std::int64_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        if (!std::all_of(line.begin(), line.end(), may_stand))
            return fmt::format(
                "{}:{}: the file may hold printable ASCII alone; write other letters as \\uXXXX in "
                "double quotes",
                path, number);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return {};
}

}  // namespace waybill::app
