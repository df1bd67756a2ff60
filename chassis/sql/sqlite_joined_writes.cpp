#include "chassis/sql/sqlite_joined_writes.hpp"

#include <fmt/format.h>

#include <cstring>

namespace waybill::sql {

struct JoinedWrites::Vfs {
    sqlite3_vfs base;  // first: SQLite hands a pointer to it back
    sqlite3_vfs* below;
};

namespace {

/// An open write-ahead log; the file of the VFS below lies behind it in the same memory.
struct JoinedLog {
    sqlite3_file base;  // first, as above
    char* waiting;      // `joined_bytes`, from the first write on
    sqlite3_int64 waiting_at;
    int waiting_bytes;

    static JoinedLog& of(sqlite3_file* file) { return *reinterpret_cast<JoinedLog*>(file); }
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }

    /// On an error the bytes keep waiting: SQLite gives the transaction up, and the next one
    /// writes to the same place.
    int write_out() {
        if (waiting_bytes == 0) return SQLITE_OK;
        const int code = below()->pMethods->xWrite(below(), waiting, waiting_bytes, waiting_at);
        if (code == SQLITE_OK) waiting_bytes = 0;
        return code;
    }

    int write(const void* bytes, int count, sqlite3_int64 at) {
        const bool adjacent = waiting_bytes > 0 && at == waiting_at + waiting_bytes;
        if (!adjacent || waiting_bytes + count > joined_bytes_max) {
            // What is written over need not be written first.
            const bool over =
                waiting_bytes > 0 && at <= waiting_at && at + count >= waiting_at + waiting_bytes;
            if (over) waiting_bytes = 0;
            if (const int code = write_out(); code != SQLITE_OK) return code;
            if (count > joined_bytes_max)
                return below()->pMethods->xWrite(below(), bytes, count, at);
            waiting_at = at;
        }
        if (waiting == nullptr) {
            waiting = static_cast<char*>(sqlite3_malloc(joined_bytes_max));
            if (waiting == nullptr) return SQLITE_IOERR_NOMEM;
        }
        std::memcpy(waiting + waiting_bytes, bytes, static_cast<std::size_t>(count));
        waiting_bytes += count;
        return SQLITE_OK;
    }

    static constexpr int joined_bytes_max = JoinedWrites::joined_bytes;
};

/// What does not touch the held back bytes is read past them: giving a transaction up must work
/// on a full disk too.
int read_from_log(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
    JoinedLog& log = JoinedLog::of(file);
    const bool apart = at + count <= log.waiting_at || at >= log.waiting_at + log.waiting_bytes;
    if (!apart) {
        if (const int code = log.write_out(); code != SQLITE_OK) return code;
    }
    return log.below()->pMethods->xRead(log.below(), bytes, count, at);
}

/// Calls the file below, once nothing is held back any more.
template <auto Method, typename... Args>
int after_writing(sqlite3_file* file, Args... args) {
    JoinedLog& log = JoinedLog::of(file);
    if (const int code = log.write_out(); code != SQLITE_OK) return code;
    return (log.below()->pMethods->*Method)(log.below(), args...);
}

/// Calls the file below as it is.
template <auto Method, typename... Args>
int at_once(sqlite3_file* file, Args... args) {
    sqlite3_file* below = JoinedLog::of(file).below();
    return (below->pMethods->*Method)(below, args...);
}

int close_log(sqlite3_file* file) {
    JoinedLog& log = JoinedLog::of(file);
    const int written = log.write_out();
    sqlite3_free(log.waiting);
    const int closed = log.below()->pMethods->xClose(log.below());
    return written == SQLITE_OK ? closed : written;
}

int write_to_log(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    return JoinedLog::of(file).write(bytes, count, at);
}

using Methods = sqlite3_io_methods;

// Version 1: a log is neither mapped nor locked by itself.
constexpr Methods log_methods{
    .iVersion = 1,
    .xClose = close_log,
    .xRead = read_from_log,
    .xWrite = write_to_log,
    .xTruncate = after_writing<&Methods::xTruncate, sqlite3_int64>,
    .xSync = after_writing<&Methods::xSync, int>,
    .xFileSize = after_writing<&Methods::xFileSize, sqlite3_int64*>,
    .xLock = at_once<&Methods::xLock, int>,
    .xUnlock = at_once<&Methods::xUnlock, int>,
    .xCheckReservedLock = at_once<&Methods::xCheckReservedLock, int*>,
    .xFileControl = at_once<&Methods::xFileControl, int, void*>,
    .xSectorSize = at_once<&Methods::xSectorSize>,
    .xDeviceCharacteristics = at_once<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace

JoinedWrites::JoinedWrites(const std::string& below) : name_(below) {
    sqlite3_vfs* found = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
    if (found == nullptr) return;
    vfs_ = std::make_unique<Vfs>(Vfs{*found, found});
    // Several databases of one process each have their own.
    name_ = fmt::format("waybill-{}-{}", found->zName, static_cast<const void*>(vfs_.get()));
    vfs_->base.zName = name_.c_str();
    vfs_->base.pNext = nullptr;
    vfs_->base.szOsFile = static_cast<int>(sizeof(JoinedLog)) + found->szOsFile;
    vfs_->base.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                          int* out_flags) {
        sqlite3_vfs* lower = reinterpret_cast<Vfs*>(vfs)->below;
        if ((flags & SQLITE_OPEN_WAL) == 0)
            return lower->xOpen(lower, path, file, flags, out_flags);
        auto* log = new (file) JoinedLog{{nullptr}, nullptr, 0, 0};
        const int code = lower->xOpen(lower, path, log->below(), flags, out_flags);
        // SQLite closes a file whose methods are set, even if opening it failed.
        if (log->below()->pMethods != nullptr) log->base.pMethods = &log_methods;
        return code;
    };
    sqlite3_vfs_register(&vfs_->base, 0);
}

JoinedWrites::~JoinedWrites() {
    if (vfs_) sqlite3_vfs_unregister(&vfs_->base);
}

}  // namespace waybill::sql
