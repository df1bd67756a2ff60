#include "chassis/telemetry/process_probe.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "chassis/telemetry/names.hpp"

namespace waybill::telemetry {
namespace {

/// Facts of one collection are read together; two collections are never this close.
constexpr Duration same_collection{100'000};

std::string read_file(const char* path) {
    std::array<char, 4096> buffer{};
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    const auto size = ::read(fd, buffer.data(), buffer.size());
    ::close(fd);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

std::int64_t number_at(std::string_view text) {
    const auto first = text.find_first_of("0123456789");
    std::int64_t value = 0;
    if (first != std::string_view::npos)
        std::from_chars(text.data() + first, text.data() + text.size(), value);
    return value;
}

/// The number after `name` in a file of `name: value` lines.
std::int64_t number_after(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    return at == std::string_view::npos ? 0 : number_at(text.substr(at + name.size()));
}

std::int64_t count_entries(const char* folder) {
    DIR* dir = ::opendir(folder);
    if (dir == nullptr) return 0;
    std::int64_t count = 0;
    while (const dirent* entry = ::readdir(dir))
        if (entry->d_name[0] != '.') ++count;
    ::closedir(dir);
    return count - 1;  // the folder's own descriptor
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessFacts read_process_facts() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const std::string memory = read_file("/proc/self/statm");
    const std::string io = read_file("/proc/self/io");
    const std::int64_t page = ::sysconf(_SC_PAGESIZE);
    return {
        .cpu_user_s = seconds(usage.ru_utime),
        .cpu_system_s = seconds(usage.ru_stime),
        .memory_bytes = number_at(memory.substr(std::min(memory.find(' '), memory.size()))) * page,
        .memory_virtual_bytes = number_at(memory) * page,
        .threads = number_after(read_file("/proc/self/status"), "Threads:"),
        .open_files = count_entries("/proc/self/fd"),
        .open_files_limit = static_cast<std::int64_t>(files.rlim_cur),
        .switches_voluntary = usage.ru_nvcsw,
        .switches_involuntary = usage.ru_nivcsw,
        .faults_minor = usage.ru_minflt,
        .faults_major = usage.ru_majflt,
        .read_bytes = number_after(io, "\nread_bytes:"),
        .written_bytes = number_after(io, "\nwrite_bytes:")};
}

ProcessProbe::ProcessProbe(Env& env, Meter& meter) : env_(env), started_(env.monotonic()) {
    observe_usage(meter);
    observe_counts(meter);
}

const ProcessFacts& ProcessProbe::facts() {
    const MonoTime now = env_.monotonic();
    if (read_at_.us < 0 || now - read_at_ > same_collection) {
        facts_ = read_process_facts();
        read_at_ = now;
    }
    return facts_;
}

void ProcessProbe::observe_usage(Meter& meter) {
    meter.observe(metric::process_cpu_time, {{attribute::cpu_mode, "user"}},
                  [this] { return facts().cpu_user_s; });
    meter.observe(metric::process_cpu_time, {{attribute::cpu_mode, "system"}},
                  [this] { return facts().cpu_system_s; });
    meter.observe(metric::process_memory_usage, {},
                  [this] { return static_cast<double>(facts().memory_bytes); });
    meter.observe(metric::process_memory_virtual, {},
                  [this] { return static_cast<double>(facts().memory_virtual_bytes); });
    meter.observe(metric::process_disk_io, {{attribute::disk_io_direction, "read"}},
                  [this] { return static_cast<double>(facts().read_bytes); });
    meter.observe(metric::process_disk_io, {{attribute::disk_io_direction, "write"}},
                  [this] { return static_cast<double>(facts().written_bytes); });
    meter.observe(metric::process_uptime, {}, [this] {
        return static_cast<double>((env_.monotonic() - started_).count()) / 1e6;
    });
}

void ProcessProbe::observe_counts(Meter& meter) {
    const auto count = [&](std::string_view name, Attributes attributes,
                           std::int64_t ProcessFacts::* member) {
        meter.observe(name, attributes,
                      [this, member] { return static_cast<double>(facts().*member); });
    };
    count(metric::process_thread_count, {}, &ProcessFacts::threads);
    count(metric::process_unix_file_descriptor_count, {}, &ProcessFacts::open_files);
    count(metric::process_unix_file_descriptor_limit, {}, &ProcessFacts::open_files_limit);
    count(metric::process_context_switches, {{attribute::process_context_switch_type, "voluntary"}},
          &ProcessFacts::switches_voluntary);
    count(metric::process_context_switches,
          {{attribute::process_context_switch_type, "involuntary"}},
          &ProcessFacts::switches_involuntary);
    count(metric::process_paging_faults, {{attribute::system_paging_fault_type, "minor"}},
          &ProcessFacts::faults_minor);
    count(metric::process_paging_faults, {{attribute::system_paging_fault_type, "major"}},
          &ProcessFacts::faults_major);
}

}  // namespace waybill::telemetry
