#include "chassis/sql/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace waybill::sql {
namespace {

tl::unexpected<Error> refused(std::string_view folder, std::string_view why) {
    return fail(Problem::unavailable, fmt::format("data folder {}: {}", folder, why));
}

tl::unexpected<Error> refused_by_system(std::string_view folder, std::string_view what, int code) {
    return refused(folder, fmt::format("{}: {}", what, std::strerror(code)));
}

waybill::Status make_folder(const std::string& path) {
    std::error_code problem;
    const auto parent = std::filesystem::path(path).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, problem);
    if (problem) return refused_by_system(path, "cannot be made", problem.value());
    if (::mkdir(path.c_str(), 0700) == 0) return {};
    if (const int code = errno; code != EEXIST)
        return refused_by_system(path, "cannot be made", code);
    if (!std::filesystem::is_directory(path, problem)) return refused(path, "is not a folder");
    return {};
}

/// The process id that the owner wrote into the lock file.
std::string owner_of(int lock) {
    std::array<char, 32> text{};
    const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
    std::string_view pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    pid = pid.substr(0, pid.find_first_not_of("0123456789"));
    return pid.empty() ? "another process" : fmt::format("process {}", pid);
}

bool write_owner(int lock) {
    const std::string pid = fmt::format("{}\n", ::getpid());
    return ::ftruncate(lock, 0) == 0 &&
           ::pwrite(lock, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

}  // namespace

waybill::Result<DataFolder> DataFolder::open(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.empty()) return refused("", "no name is given");
    if (auto made = make_folder(path); !made) return tl::unexpected(made.error());
    const std::string name = path + "/waybill.lock";
    const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return refused_by_system(path, "cannot be written to", errno);
    DataFolder folder(std::move(path), lock);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return refused_by_system(folder.path_, "cannot be locked", errno);
        return refused(folder.path_, fmt::format("is in use by {}; stop it, or give this one "
                                                 "another folder",
                                                 owner_of(lock)));
    }
    if (!write_owner(lock)) return refused_by_system(folder.path_, "cannot be written to", errno);
    return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    return *this;
}

DataFolder::~DataFolder() {
    if (lock_ >= 0) ::close(lock_);
}

std::string DataFolder::file(std::string_view name) const {
    return fmt::format("{}/{}", path_, name);
}

}  // namespace waybill::sql
