#include "app/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace waybill::app {
namespace {

constexpr Duration pause_on_terminals = std::chrono::milliseconds(100);
constexpr Duration pause_elsewhere = std::chrono::seconds(10);

}  // namespace

ProgressLine::ProgressLine(Env& env)
    : env_(env), terminal_(isatty(STDERR_FILENO) != 0), last_(env.monotonic()) {}

ProgressLine::~ProgressLine() {
    if (terminal_ && shown_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(std::string_view what, std::uint64_t count) {
    const MonoTime now = env_.monotonic();
    if (now - last_ < (terminal_ ? pause_on_terminals : pause_elsewhere)) return;
    last_ = now;
    shown_ = true;
    if (terminal_)
        fmt::print(stderr, "\r\x1b[K{}: {}", what, count);
    else
        fmt::print(stderr, "{}: {}\n", what, count);
    std::fflush(stderr);
}

}  // namespace waybill::app
