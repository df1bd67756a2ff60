#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"

namespace waybill::simulation {

/// A deterministic choice: a number in [0, bound). `bound` is at least 1.
using Draw = std::function<std::uint64_t(std::uint64_t bound)>;

enum class DiskOperation : std::uint8_t { open, read, write, truncate, sync, remove };

/// What a process is about to do with a file. `path` is empty for a temporary file.
struct DiskCall {
    DiskOperation operation = DiskOperation::read;
    std::string_view path;
    std::uint64_t offset = 0;  ///< of reads and writes
    std::uint64_t size = 0;    ///< bytes of reads and writes; the new size of truncates
};

/// What happens instead. After a sync that failed the system forgets that the data was unsynced: a
/// later sync does not save it, and everybody sees it until the power is lost.
enum class DiskFault : std::uint8_t {
    none,
    full,   ///< of writes and syncs: no room, nothing is written
    error,  ///< SQLITE_IOERR_*
    kill,   ///< the process dies before this call, as by DiskProcess::kill()
};

struct DiskCounters {
    std::uint64_t writes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t kept = 0;     ///< unsynced changes that a loss of power left whole
    std::uint64_t dropped = 0;  ///< unsynced changes that it undid
    std::uint64_t torn = 0;     ///< unsynced writes of which it left a part
    std::uint64_t full = 0;     ///< calls refused because the disk was full
    std::uint64_t errors = 0;   ///< calls that failed by DiskFault::error
    std::uint64_t kills = 0;
    std::uint64_t power_losses = 0;
};

struct DiskOptions {
    Draw draw;                                 ///< needed: decides what a loss of power leaves
    std::function<Timestamp()> now;            ///< needed: the time that SQL would see
    std::function<void(Duration)> on_sleep{};  ///< told when SQLite would sleep; it never does
    /// Asked before each call of a living process.
    std::function<DiskFault(const DiskCall&)> fault{};
    std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();  ///< bytes
    bool sync_lies = false;  ///< says that data is durable and does nothing, as some hardware does
};

/// The files of one simulated machine, in memory: main files, WALs, journals, shared memory. No
/// real file is touched. Writes are seen at once by everybody and survive the death of a process;
/// they survive a loss of power when they were synced. The same calls and draws give the same
/// bytes and the same hash(). One thread; several disks may exist. Outlives its processes.
class MemoryDisk {
 public:
    explicit MemoryDisk(DiskOptions options);
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;
    ~MemoryDisk();

    /// Kills all processes. Each change that was not synced is kept, dropped or, if it is a write,
    /// torn (a prefix, or some of its pieces of 512 or 4096 bytes); files whose names were not
    /// synced appear or disappear.
    void lose_power();

    void set_capacity(std::uint64_t bytes);         ///< may be below what is used: writes then fail
    std::uint64_t free_bytes() const;               ///< for sql::SqliteOptions::free_bytes
    bool exists(std::string_view path) const;       ///< as a process sees it
    std::string read(std::string_view path) const;  ///< the file as a process sees it, or ""
    /// Overwrites bytes as a defect of the hardware would: durable at once. The range must exist.
    void damage(std::string_view path, std::uint64_t offset, std::string_view bytes);
    const DiskCounters& counters() const;
    /// Of every change, sync, death and loss of power since the beginning.
    std::uint64_t hash() const;

    struct State;

 private:
    friend class DiskProcess;
    std::unique_ptr<State> state_;
};

/// A process that uses a disk through SQLite. Locks are between connections, as in the system's
/// own VFS: who finds a file locked is told at once.
class DiskProcess {
 public:
    /// Registers a VFS under this name, which must be free: sql::SqliteOptions::vfs.
    DiskProcess(MemoryDisk& disk, std::string vfs);
    DiskProcess(const DiskProcess&) = delete;
    DiskProcess& operator=(const DiskProcess&) = delete;
    /// Its connections must have been closed. What they did is as after a clean end, unless the
    /// process has been killed.
    ~DiskProcess();

    const std::string& vfs() const;
    /// `kill -9`: its locks and shared memory are released; what it has written stays, synced or
    /// not. Its connections fail from now on and leave no trace when they are closed.
    void kill();
    bool alive() const;

    struct State;

 private:
    std::unique_ptr<State> state_;
};

/// Restarts SQLite's own random numbers, of which a WAL's salts are made. They are one sequence in
/// the whole program, so a run that must repeat begins with this call. `seed` is not 0.
void seed_sqlite(std::int32_t seed);

}  // namespace waybill::simulation
