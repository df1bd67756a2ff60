#include "tests/simulation/memory_vfs_locks.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace waybill::simulation {

bool Locks::raise(Holder holder, int level) {
    const int own = level_of(holder);
    if (own >= level) return true;
    const int other = others(holder);
    // A stronger lock elsewhere shuts out new readers from PENDING on, and other writers always.
    if (other >= SQLITE_LOCK_PENDING) return false;
    if (level > SQLITE_LOCK_SHARED && other > SQLITE_LOCK_SHARED) return false;
    if (level == SQLITE_LOCK_EXCLUSIVE && other == SQLITE_LOCK_SHARED) {
        levels_[holder] = SQLITE_LOCK_PENDING;
        return false;
    }
    levels_[holder] = level;
    return true;
}

void Locks::lower(Holder holder, int level) {
    if (level_of(holder) <= level) return;
    if (level == SQLITE_LOCK_NONE)
        levels_.erase(holder);
    else
        levels_[holder] = level;
}

bool Locks::reserved() const {
    return std::ranges::any_of(levels_,
                               [](const auto& entry) { return entry.second > SQLITE_LOCK_SHARED; });
}

int Locks::level_of(Holder holder) const {
    const auto found = levels_.find(holder);
    return found == levels_.end() ? SQLITE_LOCK_NONE : found->second;
}

int Locks::others(Holder holder) const {
    int most = SQLITE_LOCK_NONE;
    for (const auto& [other, level] : levels_)
        if (other != holder) most = std::max(most, level);
    return most;
}

volatile void* SharedMemory::map(std::size_t index, std::size_t size, bool make) {
    if (index >= regions_.size() && !make) return nullptr;
    while (regions_.size() <= index)
        regions_.push_back(std::make_unique<std::vector<std::byte>>(size));
    return regions_[index]->data();
}

std::size_t SharedMemory::size() const {
    std::size_t total = 0;
    for (const auto& region : regions_) total += region->size();
    return total;
}

bool SharedMemory::lock_shared(Holder holder, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i)
        if (slots_[i].exclusive != 0 && slots_[i].exclusive != holder) return false;
    for (std::size_t i = first; i < first + count; ++i)
        if (std::ranges::find(slots_[i].shared, holder) == slots_[i].shared.end())
            slots_[i].shared.push_back(holder);
    return true;
}

bool SharedMemory::lock_exclusive(Holder holder, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) {
        const Slot& slot = slots_[i];
        if (slot.exclusive != 0 && slot.exclusive != holder) return false;
        if (std::ranges::any_of(slot.shared, [&](Holder other) { return other != holder; }))
            return false;
    }
    for (std::size_t i = first; i < first + count; ++i) slots_[i].exclusive = holder;
    return true;
}

void SharedMemory::unlock(Holder holder, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) {
        if (slots_[i].exclusive == holder) slots_[i].exclusive = 0;
        std::erase(slots_[i].shared, holder);
    }
}

bool SharedMemory::leave(Holder holder) {
    unlock(holder, 0, lock_count);
    return --users_ == 0;
}

}  // namespace waybill::simulation
