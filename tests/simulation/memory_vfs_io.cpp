#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/simulation/memory_vfs_disk.hpp"

namespace waybill::simulation {
namespace {

OpenFile& file_of(sqlite3_file* slot) {
    return *reinterpret_cast<FileSlot*>(slot)->file;
}

/// The name that faults are asked about.
std::string_view name_of(const OpenFile& file) {
    return file.temporary ? std::string_view() : std::string_view(file.path);
}

void note(OpenFile& file, DiskOperation operation, std::uint64_t where, std::string_view bytes) {
    DiskHash& hash = file.process.disk.hash;
    hash.add(static_cast<std::uint64_t>(operation));
    hash.add(file.path);
    hash.add(where);
    hash.add(bytes);
}

int close_file(sqlite3_file* slot) {
    OpenFile& file = file_of(slot);
    if (file.process.alive) {
        file.process.let_go(file);
        if (file.removed_when_closed) file.process.disk.remove(file.path, file.temporary);
    }
    std::erase(file.process.files, &file);
    delete &file;
    return SQLITE_OK;
}

int read_file(sqlite3_file* slot, void* out, int size, sqlite3_int64 offset) {
    OpenFile& file = file_of(slot);
    const auto wanted = static_cast<std::uint64_t>(size);
    const auto from = static_cast<std::uint64_t>(offset);
    if (const int code = file.process.admit({DiskOperation::read, name_of(file), from, wanted}))
        return code;
    const std::string_view content = file.inode->content();
    const std::string_view found =
        content.substr(std::min<std::uint64_t>(from, content.size()), wanted);
    std::memcpy(out, found.data(), found.size());
    if (found.size() == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + found.size(), 0, wanted - found.size());
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* slot, const void* data, int size, sqlite3_int64 offset) {
    OpenFile& file = file_of(slot);
    MemoryDisk::State& disk = file.process.disk;
    std::string_view bytes(static_cast<const char*>(data), static_cast<std::size_t>(size));
    const auto at = static_cast<std::uint64_t>(offset);
    if (const int code =
            file.process.admit({DiskOperation::write, name_of(file), at, bytes.size()}))
        return code;
    const std::uint64_t end = at + bytes.size();
    const std::uint64_t before = file.inode->content().size();
    const std::uint64_t missing =
        end > before ? end - before - std::min(end - before, disk.free_bytes()) : 0;
    // What still fits is written, as by the system.
    bytes.remove_suffix(std::min<std::uint64_t>(missing, bytes.size()));
    if (!bytes.empty()) {
        ++disk.counters.writes;
        note(file, DiskOperation::write, at, bytes);
        file.inode->write(at, bytes);
    }
    if (missing == 0) return SQLITE_OK;
    ++disk.counters.full;
    return file.process.refuse(SQLITE_FULL, ENOSPC);
}

int truncate_file(sqlite3_file* slot, sqlite3_int64 size) {
    OpenFile& file = file_of(slot);
    const auto wanted = static_cast<std::uint64_t>(size);
    if (const int code = file.process.admit({DiskOperation::truncate, name_of(file), 0, wanted}))
        return code;
    note(file, DiskOperation::truncate, wanted, {});
    file.inode->truncate(wanted);
    return SQLITE_OK;
}

int sync_file(sqlite3_file* slot, int) {
    OpenFile& file = file_of(slot);
    MemoryDisk::State& disk = file.process.disk;
    if (const int code = file.process.admit({DiskOperation::sync, name_of(file)})) {
        if (file.process.alive) file.inode->fail_sync(disk.options.draw, disk.counters);
        return code;
    }
    ++disk.counters.syncs;
    note(file, DiskOperation::sync, file.inode->content().size(), {});
    if (disk.options.sync_lies) return SQLITE_OK;
    file.inode->sync();
    disk.sync_names(file.syncs_names ? std::string_view() : std::string_view(file.path));
    file.syncs_names = false;
    return SQLITE_OK;
}

int file_size(sqlite3_file* slot, sqlite3_int64* out) {
    OpenFile& file = file_of(slot);
    if (!file.process.alive) return file.process.refuse(SQLITE_IOERR_FSTAT, EIO);
    *out = static_cast<sqlite3_int64>(file.inode->content().size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file* slot, int level) {
    OpenFile& file = file_of(slot);
    if (!file.process.alive) return file.process.refuse(SQLITE_IOERR_LOCK, EIO);
    return file.inode->locks.raise(file.holder, level) ? SQLITE_OK : SQLITE_BUSY;
}

int unlock_file(sqlite3_file* slot, int level) {
    OpenFile& file = file_of(slot);
    if (file.process.alive) file.inode->locks.lower(file.holder, level);
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* slot, int* out) {
    OpenFile& file = file_of(slot);
    if (!file.process.alive) return file.process.refuse(SQLITE_IOERR_CHECKRESERVEDLOCK, EIO);
    *out = file.inode->locks.reserved() ? 1 : 0;
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
    return 4096;
}

/// As the system's VFS: a torn write leaves what stands beside it.
int device_characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared(sqlite3_file* slot, int region, int size, int make, void volatile** out) {
    OpenFile& file = file_of(slot);
    MemoryDisk::State& disk = file.process.disk;
    *out = nullptr;
    if (!file.process.alive) return file.process.refuse(SQLITE_IOERR_SHMMAP, EIO);
    if (!file.shared_memory) {
        if (!file.inode->shared_memory)
            file.inode->shared_memory = std::make_shared<SharedMemory>();
        file.shared_memory = file.inode->shared_memory;
        file.shared_memory->join();
    }
    const auto index = static_cast<std::size_t>(region);
    const auto bytes = static_cast<std::size_t>(size);
    if (make != 0 && (index + 1) * bytes > file.shared_memory->size() + disk.free_bytes()) {
        ++disk.counters.full;
        return file.process.refuse(SQLITE_IOERR_SHMSIZE, ENOSPC);
    }
    *out = file.shared_memory->map(index, bytes, make != 0);
    return SQLITE_OK;
}

int lock_shared_memory(sqlite3_file* slot, int first, int count, int flags) {
    OpenFile& file = file_of(slot);
    if (!file.process.alive || !file.shared_memory)
        return file.process.refuse(SQLITE_IOERR_SHMLOCK, EIO);
    SharedMemory& memory = *file.shared_memory;
    const auto from = static_cast<std::size_t>(first);
    const auto slots = static_cast<std::size_t>(count);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        memory.unlock(file.holder, from, slots);
        return SQLITE_OK;
    }
    const bool locked = (flags & SQLITE_SHM_SHARED) != 0
                            ? memory.lock_shared(file.holder, from, slots)
                            : memory.lock_exclusive(file.holder, from, slots);
    return locked ? SQLITE_OK : SQLITE_BUSY;
}

void shared_barrier(sqlite3_file*) {}

int unmap_shared(sqlite3_file* slot, int) {
    OpenFile& file = file_of(slot);
    if (file.process.alive && file.shared_memory && file.shared_memory->leave(file.holder))
        file.inode->shared_memory.reset();
    file.shared_memory.reset();
    return SQLITE_OK;
}

}  // namespace

const sqlite3_io_methods& file_methods() {
    // Version 2: shared memory, and no mapping of the files themselves.
    static const sqlite3_io_methods methods{2,
                                            close_file,
                                            read_file,
                                            write_file,
                                            truncate_file,
                                            sync_file,
                                            file_size,
                                            lock_file,
                                            unlock_file,
                                            check_reserved_lock,
                                            file_control,
                                            sector_size,
                                            device_characteristics,
                                            map_shared,
                                            lock_shared_memory,
                                            shared_barrier,
                                            unmap_shared,
                                            nullptr,
                                            nullptr};
    return methods;
}

}  // namespace waybill::simulation
