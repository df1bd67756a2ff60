#include "services/identity/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "chassis/base/faults.hpp"

namespace waybill::identity {
namespace {

constexpr off_t bytes_max = 64 * 1024;

/// Closes what it holds.
class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

 private:
    int fd_;
};

tl::unexpected<Error> failed(std::string_view what, const std::string& path) {
    return fail(Problem::internal_error,
                fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor at(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return at && ::fsync(at.get()) == 0;
}

}  // namespace

Result<std::optional<std::string>> read_secret_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT) return std::nullopt;
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0) return failed("cannot read", path);
    if (!S_ISREG(facts.st_mode) || facts.st_size > bytes_max)
        return fail(Problem::internal_error, fmt::format("{} is no file of a secret", path));
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(Problem::internal_error,
                    fmt::format("{} is accessible to others: chmod 600 it", path));
    std::string text(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t got = 0;
    while (got < text.size()) {
        const ssize_t more = ::read(file.get(), text.data() + got, text.size() - got);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return failed("cannot read", path);
        got += static_cast<std::size_t>(more);
    }
    return text;
}

Status write_secret_file(const std::string& path, std::string_view text) {
    const std::string temporary = path + ".new";
    ::unlink(temporary.c_str());  // one that a crash left half written
    {
        const Descriptor file(::open(temporary.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                     S_IRUSR | S_IWUSR));
        if (!file || !write_all(file.get(), text) || ::fsync(file.get()) != 0)
            return failed("cannot write", temporary);
    }
    faults::crash_point("secret_written");
    if (::rename(temporary.c_str(), path.c_str()) != 0 || !sync_folder_of(path))
        return failed("cannot write", path);
    return {};
}

}  // namespace waybill::identity
