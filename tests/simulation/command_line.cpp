#include "tests/simulation/command_line.hpp"

#include <algorithm>
#include <charconv>

namespace waybill::simulation {
namespace {

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end;
}

std::optional<std::vector<std::size_t>> read_positions(std::string_view text) {
    std::vector<std::size_t> positions;
    for (std::size_t at = 0; at < text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        std::uint64_t number = 0;
        if (!read_number(text.substr(at, comma - at), number)) return std::nullopt;
        positions.push_back(number);
        at = comma + 1;
    }
    return positions;
}

bool read_option(CommandLine& line, std::string_view option, std::string_view value) {
    if (option == "--bug") {
        line.bug = value;
        return true;
    }
    if (option == "--only") {
        line.only = read_positions(value);
        return line.only.has_value();
    }
    std::uint64_t number = 0;
    if (!read_number(value, number)) return false;
    if (option == "--replay")
        line.replay = number;
    else if (option == "--seeds")
        line.seeds = number;
    else if (option == "--from")
        line.from = number;
    else if (option == "--jobs")
        line.jobs = std::max<std::uint64_t>(number, 1);
    else
        return false;
    return true;
}

}  // namespace

std::optional<CommandLine> read_command_line(const std::vector<std::string_view>& words,
                                             std::uint64_t jobs) {
    CommandLine line;
    line.jobs = jobs;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--bugs") {
            line.bugs = true;
            continue;
        }
        if (i + 1 == words.size() || !read_option(line, words[i], words[i + 1]))
            return std::nullopt;
        ++i;
    }
    return line;
}

}  // namespace waybill::simulation
