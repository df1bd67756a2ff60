#pragma once
#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/memory_vfs_file.hpp"

namespace waybill::simulation {

/// A running hash of everything that changes a disk.
class DiskHash {
 public:
    void add(std::uint64_t value) {
        value_ = (value_ ^ value) * 0x9e37'79b9'7f4a'7c15U;
        value_ ^= value_ >> 29U;
    }
    void add(std::string_view bytes);
    std::uint64_t value() const { return value_; }

 private:
    std::uint64_t value_ = 0xcbf2'9ce4'8422'2325U;
};

/// One folder: names, what of them is on the platter, and the changes between.
struct MemoryDisk::State {
    explicit State(DiskOptions o) : options(std::move(o)) {}

    using Names = std::map<std::string, std::shared_ptr<Inode>, std::less<>>;
    struct NameChange {
        std::string name;
        std::shared_ptr<Inode> inode;  ///< nothing: removed
    };

    std::shared_ptr<Inode> find(std::string_view name) const;
    std::shared_ptr<Inode> create(const std::string& name, bool temporary);
    void remove(const std::string& name, bool temporary);
    /// Makes changes of names durable: of this one, or of all when it is empty.
    void sync_names(std::string_view name);
    std::uint64_t used() const;
    std::uint64_t free_bytes() const;
    void lose_power();

    DiskOptions options;
    DiskCounters counters;
    DiskHash hash;
    Names names;
    Names durable_names;
    std::vector<NameChange> unsynced_names;
    std::vector<DiskProcess::State*> processes;
    Holder last_holder = 0;
};

/// What SQLite knows as an open file.
struct OpenFile {
    DiskProcess::State& process;
    std::string path;
    std::shared_ptr<Inode> inode;
    Holder holder = 0;
    bool temporary = false;
    bool removed_when_closed = false;
    /// A new journal or WAL: its first sync makes the names of the folder durable too.
    bool syncs_names = false;
    /// Stays readable for a connection whose process is dead, until it is closed.
    std::shared_ptr<SharedMemory> shared_memory = {};
};

struct DiskProcess::State {
    State(MemoryDisk::State& d, std::string n) : disk(d), name(std::move(n)) {}

    /// Whether the call may go on: an SQLite result code. Asks for faults.
    int admit(const DiskCall& call);
    int refuse(int code, int system_errno);
    void kill();
    /// Gives back the file's locks and shared memory.
    void let_go(OpenFile& file);

    MemoryDisk::State& disk;
    std::string name;
    bool alive = true;
    int system_errno = 0;  ///< behind the last refusal
    sqlite3_vfs vfs{};
    std::vector<OpenFile*> files;  ///< in the order of opening
};

/// Fills in what SQLite calls.
void set_vfs_methods(sqlite3_vfs& vfs);
/// What SQLite calls of an open file.
const sqlite3_io_methods& file_methods();
/// The room that SQLite gives an open file.
struct FileSlot {
    sqlite3_file base{};
    OpenFile* file = nullptr;
};

}  // namespace waybill::simulation
