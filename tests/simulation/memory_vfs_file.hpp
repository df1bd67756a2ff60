#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/memory_vfs.hpp"
#include "tests/simulation/memory_vfs_locks.hpp"

namespace waybill::simulation {

/// A file without its name: what processes see, what is on the platter, and the changes between.
class Inode {
 public:
    std::string_view content() const { return live_; }
    void write(std::uint64_t offset, std::string_view bytes);
    void truncate(std::uint64_t size);
    /// All changes so far reach the platter.
    void sync();
    /// Each change so far is kept, dropped or torn, for good; processes go on seeing all of it.
    void fail_sync(const Draw& draw, DiskCounters& counters);
    /// As fail_sync, and what processes see is what is left.
    void lose_power(const Draw& draw, DiskCounters& counters);
    /// Overwrites what processes see and what is on the platter.
    void damage(std::uint64_t offset, std::string_view bytes);

    Locks locks;
    /// Of the living connections that have mapped it: the first makes it, it goes with the last.
    std::shared_ptr<SharedMemory> shared_memory;

 private:
    struct Change {
        bool truncates = false;
        std::uint64_t offset = 0;  ///< or the new size
        std::string bytes = {};
    };
    void settle(const Change& change, const Draw& draw, DiskCounters& counters);
    void tear(const Change& change, const Draw& draw);

    std::string live_;
    std::string durable_;
    std::vector<Change> unsynced_;
};

}  // namespace waybill::simulation
