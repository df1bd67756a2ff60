#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "app/doctor.hpp"

namespace waybill::app {
namespace {

/// 2025-01-01 and 2100-01-01: outside of them a clock was never set.
constexpr Timestamp clock_min{1'735'689'600'000'000};
constexpr Timestamp clock_max{4'102'444'800'000'000};
/// Beside connections: databases, upstreams, the files of the process.
constexpr std::int64_t descriptors_beside = 256;
constexpr std::string_view listening = "0A";

/// Inodes of sockets that listen on the port, of one table of /proc/net.
void add_inodes(const char* table, std::uint16_t port, std::set<std::string>& inodes) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    const std::string wanted = fmt::format(":{:04X}", port);
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::array<std::string, 10> fields;
        for (auto& field : fields) words >> field;
        if (fields[1].ends_with(wanted) && fields[3] == listening)
            inodes.insert(fmt::format("socket:[{}]", fields[9]));
    }
}

bool holds(const std::filesystem::path& process, const std::set<std::string>& sockets) {
    std::error_code problem;
    for (std::filesystem::directory_iterator at(process / "fd", problem), end;
         !problem && at != end; at.increment(problem)) {
        const auto target = std::filesystem::read_symlink(at->path(), problem);
        if (!problem && sockets.contains(target.string())) return true;
        problem.clear();
    }
    return false;
}

}  // namespace

std::string listener_of(std::uint16_t port) {
    std::set<std::string> sockets;
    add_inodes("/proc/net/tcp", port, sockets);
    add_inodes("/proc/net/tcp6", port, sockets);
    std::error_code problem;
    for (std::filesystem::directory_iterator at("/proc", problem), end; !problem && at != end;
         at.increment(problem)) {
        const std::string pid = at->path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!holds(at->path(), sockets)) continue;
        std::string name;
        std::ifstream in(at->path() / "comm");
        std::getline(in, name);
        return fmt::format("{} (process {})", name, pid);
    }
    return {};
}

void check_machine(const Config& config, Env& env, Findings& findings) {
    const Timestamp now = env.now();
    const bool sane = now > clock_min && now < clock_max;
    timex state{};
    const bool disciplined = adjtimex(&state) != TIME_ERROR;
    findings.push_back(
        {sane, "clock",
         sane ? fmt::format("{}{}", now.to_string(),
                            disciplined ? ", kept by a time service" : ", no time service seen")
              : fmt::format("{} cannot be right: set it, tokens depend on it", now.to_string())});
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const std::int64_t needed = config.integer("http.connections_max") + descriptors_beside;
    const bool enough = limit.rlim_max >= static_cast<rlim_t>(needed);
    findings.push_back(
        {enough, "open files",
         enough ? fmt::format("{} allowed, {} needed at most", limit.rlim_max, needed)
                : fmt::format("{} allowed, {} needed for http.connections_max: raise it (ulimit "
                              "-Hn, LimitNOFILE=), or lower that property",
                              limit.rlim_max, needed)});
}

}  // namespace waybill::app
