#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace waybill::simulation {

/// Who holds a lock: one open connection. Numbers ascend in the order of opening.
using Holder = std::uint64_t;

/// The locks of a database file: SQLITE_LOCK_NONE to SQLITE_LOCK_EXCLUSIVE for each holder.
class Locks {
 public:
    /// False: busy. A writer that waits for readers holds PENDING, which keeps new ones out.
    bool raise(Holder holder, int level);
    void lower(Holder holder, int level);
    /// Somebody has RESERVED or more.
    bool reserved() const;

 private:
    int level_of(Holder holder) const;
    /// The highest level of anybody else.
    int others(Holder holder) const;
    std::map<Holder, int> levels_;
};

/// The wal-index that the connections of a database share, and its locks.
class SharedMemory {
 public:
    static constexpr std::size_t lock_count = 8;

    /// A region of `size` bytes; nothing when there is none and it is not to be made.
    volatile void* map(std::size_t index, std::size_t size, bool make);
    std::size_t size() const;
    /// False: busy.
    bool lock_shared(Holder holder, std::size_t first, std::size_t count);
    bool lock_exclusive(Holder holder, std::size_t first, std::size_t count);
    void unlock(Holder holder, std::size_t first, std::size_t count);

    void join() { ++users_; }
    /// Releases what the holder has locked. True: it was the last one.
    bool leave(Holder holder);

 private:
    struct Slot {
        Holder exclusive = 0;  ///< 0: nobody
        std::vector<Holder> shared = {};
    };
    std::size_t users_ = 0;
    std::array<Slot, lock_count> slots_{};
    std::vector<std::unique_ptr<std::vector<std::byte>>> regions_;
};

}  // namespace waybill::simulation
