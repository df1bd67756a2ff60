#include "app/read_input.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace waybill::app {
namespace {

constexpr std::size_t bytes_max = std::size_t{64} << 20U;

struct Close {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};

}  // namespace

Result<std::string> read_input(const std::string& path) {
    const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdin
                                                             : std::fopen(path.c_str(), "rb"));
    if (!file)
        return fail(Problem::not_found,
                    fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
    std::string text;
    std::array<char, 65'536> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > bytes_max)
            return fail(Problem::payload_too_large, path + " is larger than 64 MiB");
    }
    if (std::ferror(file.get()) != 0)
        return fail(Problem::unavailable, path + " cannot be read to its end");
    return text;
}

}  // namespace waybill::app
