#include "tests/simulation/runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"
#include "tests/simulation/result_text.hpp"

namespace waybill::simulation {
namespace {

constexpr std::int64_t run_ms_max = 120'000;
constexpr int look_every_ms = 1'000;
constexpr std::size_t output_shown = 1'500;

std::int64_t clock_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written <= 0) ::_exit(3);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

[[noreturn]] void be_child(int output, const RunOptions& options, const SigningKeys& keys) {
    ::dup2(output, STDERR_FILENO);
    ::dup2(output, STDOUT_FILENO);
#ifdef WAYBILL_FAULTS
    if (!options.bug.empty()) CHECK(faults::plant(options.bug));
#endif
    write_all(output, to_text(run(options, keys)));
    ::_exit(0);
}

}  // namespace

std::string Outcome::verdict() const {
    if (!result) return output.find("@hung") == std::string::npos ? "died" : "hung";
    return result->breaches.empty() ? "" : result->breaches.front().invariant;
}

std::string Outcome::detail() const {
    if (result) return result->breaches.empty() ? "" : result->breaches.front().detail;
    for (const std::string_view sign :
         {"CHECK failed", "ERROR: AddressSanitizer", "runtime error:", "Assertion", "@hung"}) {
        const auto at = output.find(sign);
        if (at == std::string::npos) continue;
        const auto begin = output.rfind('\n', at) + 1;
        return output.substr(begin, output.find('\n', at) - begin);
    }
    return "no word";
}

Runner::~Runner() {
    for (Child& child : children_) {
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
        ::close(child.output);
    }
}

void Runner::start(RunOptions options) {
    std::array<int, 2> ends{};
    CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const ::pid_t pid = ::fork();
    CHECK(pid >= 0);
    if (pid == 0) be_child(ends[1], options, keys_);
    ::close(ends[1]);
    children_.push_back({pid, ends[0], std::move(options), {}, clock_ms()});
}

bool Runner::read_some(Child& child) {
    std::array<char, 4096> buffer{};
    const auto size = ::read(child.output, buffer.data(), buffer.size());
    if (size > 0) child.text.append(buffer.data(), static_cast<std::size_t>(size));
    return size <= 0;
}

Outcome Runner::next() {
    CHECK(!children_.empty());
    for (;;) {
        std::vector<::pollfd> waits;
        for (const Child& child : children_) waits.push_back({child.output, POLLIN, 0});
        ::poll(waits.data(), waits.size(), look_every_ms);
        for (std::size_t i = 0; i < waits.size(); ++i) {
            Child& child = children_[i];
            if (waits[i].revents != 0 && read_some(child)) return finish(i);
            if (child.hung || clock_ms() - child.began_ms < run_ms_max) continue;
            child.hung = true;
            ::kill(child.pid, SIGKILL);
        }
    }
}

Outcome Runner::finish(std::size_t index) {
    Child child = std::move(children_[index]);
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(index));
    ::close(child.output);
    int status = 0;
    ::waitpid(child.pid, &status, 0);
    Outcome outcome{std::move(child.options), std::nullopt, {}, clock_ms() - child.began_ms};
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) outcome.result = result_of(child.text);
    if (outcome.result) return outcome;
    outcome.output = child.text.substr(0, output_shown);
    if (child.hung) outcome.output += fmt::format("\n@hung for {} s\n", run_ms_max / 1'000);
    if (!child.hung && WIFSIGNALED(status))
        outcome.output += fmt::format("\nended by signal {}\n", ::strsignal(WTERMSIG(status)));
    return outcome;
}

}  // namespace waybill::simulation
