#include "chassis/sql/sqlite_wal.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <vector>

#include "chassis/base/faults.hpp"
#include "chassis/sql/sqlite_connection.hpp"

namespace waybill::sql {
namespace {

constexpr sqlite3_int64 bytes_at_once = 256 * 1024;

sqlite3_vfs* vfs_of(const SqliteOptions& options) {
    return sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
}

/// A file opened through a VFS.
class WalFile {
 public:
    WalFile(sqlite3_vfs& vfs, const std::string& path)
        : room_(static_cast<std::size_t>(vfs.szOsFile) / sizeof(std::max_align_t) + 1),
          file_(reinterpret_cast<sqlite3_file*>(room_.data())) {
        code_ =
            vfs.xOpen(&vfs, path.c_str(), file_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr);
    }
    WalFile(const WalFile&) = delete;
    WalFile& operator=(const WalFile&) = delete;
    ~WalFile() {
        if (file_->pMethods != nullptr) file_->pMethods->xClose(file_);
    }

    /// Writes all of it over itself. Gives SQLite's result code.
    int rewrite() {
        sqlite3_int64 size = 0;
        if (code_ == SQLITE_OK) code_ = file_->pMethods->xFileSize(file_, &size);
        std::vector<char> bytes(static_cast<std::size_t>(std::min(size, bytes_at_once)));
        for (sqlite3_int64 at = 0; code_ == SQLITE_OK && at < size; at += bytes_at_once) {
            const int part = static_cast<int>(std::min(bytes_at_once, size - at));
            code_ = file_->pMethods->xRead(file_, bytes.data(), part, at);
            if (code_ == SQLITE_OK) code_ = file_->pMethods->xWrite(file_, bytes.data(), part, at);
        }
        if (code_ == SQLITE_OK) code_ = file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL);
        return code_;
    }

 private:
    std::vector<std::max_align_t> room_;
    sqlite3_file* file_;
    int code_ = SQLITE_OK;
};

}  // namespace

bool wal_was_left(const SqliteOptions& options) {
    sqlite3_vfs* vfs = vfs_of(options);
    const std::string path = options.path + "-wal";
    int exists = 0;
    return vfs != nullptr &&
           vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK &&
           exists != 0;
}

Status save_wal(const SqliteOptions& options) {
    sqlite3_vfs* vfs = vfs_of(options);
    const std::string path = options.path + "-wal";
    const int code = WalFile(*vfs, path).rewrite();
    faults::crash_point("in_recovery");
    if (code == SQLITE_OK) return {};
    const FailureKind kind = sqlite_kind(code, vfs->xGetLastError(vfs, 0, nullptr));
    if (kind == FailureKind::disk_full) return {};
    return tl::unexpected(
        Failure{kind, fmt::format("{}: {} (SQLite {})", path, sqlite3_errstr(code), code), "open"});
}

}  // namespace waybill::sql
