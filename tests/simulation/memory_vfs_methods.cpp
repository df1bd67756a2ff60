#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/simulation/memory_vfs_disk.hpp"

namespace waybill::simulation {
namespace {

DiskProcess::State& process_of(sqlite3_vfs* vfs) {
    return *static_cast<DiskProcess::State*>(vfs->pAppData);
}

/// Files that a loss of power must find by name once they have been synced.
bool is_journal(int flags) {
    return (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* slot, int flags, int* out_flags) {
    slot->pMethods = nullptr;
    DiskProcess::State& process = process_of(vfs);
    MemoryDisk::State& disk = process.disk;
    if (const int code = process.admit({DiskOperation::open, name == nullptr ? "" : name}))
        return code;
    const bool temporary = name == nullptr;
    const Holder holder = ++disk.last_holder;
    const std::string path = temporary ? "temporary-" + std::to_string(holder) : name;
    auto inode = disk.find(path);
    const bool creates = inode == nullptr;
    if (creates && (flags & SQLITE_OPEN_CREATE) == 0)
        return process.refuse(SQLITE_CANTOPEN, ENOENT);
    if (!creates && (flags & SQLITE_OPEN_EXCLUSIVE) != 0)
        return process.refuse(SQLITE_CANTOPEN, EEXIST);
    if (creates) {
        inode = disk.create(path, temporary);
        disk.hash.add(path);
    }
    auto* file =
        new OpenFile{.process = process,
                     .path = path,
                     .inode = std::move(inode),
                     .holder = holder,
                     .temporary = temporary,
                     .removed_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0 || temporary,
                     .syncs_names = creates && is_journal(flags)};
    process.files.push_back(file);
    reinterpret_cast<FileSlot*>(slot)->file = file;
    slot->pMethods = &file_methods();
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    DiskProcess::State& process = process_of(vfs);
    MemoryDisk::State& disk = process.disk;
    if (const int code = process.admit({DiskOperation::remove, name})) return code;
    if (disk.find(name) == nullptr) return process.refuse(SQLITE_IOERR_DELETE_NOENT, ENOENT);
    disk.hash.add(std::string_view(name));
    disk.remove(name, false);
    if (sync_folder != 0 && !disk.options.sync_lies) disk.sync_names({});
    return SQLITE_OK;
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    DiskProcess::State& process = process_of(vfs);
    if (!process.alive) return process.refuse(SQLITE_IOERR_ACCESS, EIO);
    const auto inode = process.disk.find(name);
    // As in the system's VFS an empty file does not exist: it holds nothing to recover.
    *result = inode && (flags != SQLITE_ACCESS_EXISTS || !inode->content().empty()) ? 1 : 0;
    return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
    const std::size_t length = std::strlen(name);
    if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::memcpy(out, name, length + 1);
    return SQLITE_OK;
}

int random_bytes(sqlite3_vfs* vfs, int size, char* out) {
    const Draw& draw = process_of(vfs).disk.options.draw;
    std::generate_n(out, size, [&] { return static_cast<char>(draw(256)); });
    return size;
}

int pause_in_sqlite(sqlite3_vfs* vfs, int microseconds) {
    const auto& told = process_of(vfs).disk.options.on_sleep;
    if (told) told(Duration(microseconds));
    return microseconds;
}

/// Milliseconds since the beginning of Julian days.
int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
    constexpr std::int64_t epoch_ms = 210'866'760'000'000;
    *out = epoch_ms + process_of(vfs).disk.options.now().us / 1000;
    return SQLITE_OK;
}

int current_day(sqlite3_vfs* vfs, double* out) {
    sqlite3_int64 ms = 0;
    current_time(vfs, &ms);
    *out = static_cast<double>(ms) / 86'400'000.0;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs* vfs, int, char*) {
    return process_of(vfs).system_errno;
}

}  // namespace

void set_vfs_methods(sqlite3_vfs& vfs) {
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(FileSlot);
    vfs.mxPathname = 512;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_name;
    vfs.xRandomness = random_bytes;
    vfs.xSleep = pause_in_sqlite;
    vfs.xCurrentTime = current_day;
    vfs.xCurrentTimeInt64 = current_time;
    vfs.xGetLastError = last_error;
}

}  // namespace waybill::simulation
