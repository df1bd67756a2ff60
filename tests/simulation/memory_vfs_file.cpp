#include "tests/simulation/memory_vfs_file.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::simulation {
namespace {

void put_bytes(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
    std::ranges::copy(bytes, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

void Inode::write(std::uint64_t offset, std::string_view bytes) {
    put_bytes(live_, offset, bytes);
    unsynced_.push_back({.offset = offset, .bytes = std::string(bytes)});
}

void Inode::truncate(std::uint64_t size) {
    live_.resize(size, '\0');
    unsynced_.push_back({.truncates = true, .offset = size});
}

void Inode::sync() {
    for (const Change& change : unsynced_) {
        if (change.truncates)
            durable_.resize(change.offset, '\0');
        else
            put_bytes(durable_, change.offset, change.bytes);
    }
    unsynced_.clear();
}

void Inode::fail_sync(const Draw& draw, DiskCounters& counters) {
    for (const Change& change : unsynced_) settle(change, draw, counters);
    unsynced_.clear();
}

void Inode::lose_power(const Draw& draw, DiskCounters& counters) {
    fail_sync(draw, counters);
    live_ = durable_;
}

void Inode::damage(std::uint64_t offset, std::string_view bytes) {
    CHECK(offset + bytes.size() <= live_.size());
    put_bytes(live_, offset, bytes);
    if (offset + bytes.size() <= durable_.size()) put_bytes(durable_, offset, bytes);
}

void Inode::settle(const Change& change, const Draw& draw, DiskCounters& counters) {
    const std::uint64_t fate = draw(change.truncates ? 2 : 3);
    if (fate == 0) {
        ++counters.dropped;
    } else if (fate == 1) {
        ++counters.kept;
        if (change.truncates)
            durable_.resize(change.offset, '\0');
        else
            put_bytes(durable_, change.offset, change.bytes);
    } else {
        ++counters.torn;
        tear(change, draw);
    }
}

/// Leaves a prefix of the write, or each of its pieces with an even chance. Pieces begin where the
/// sectors of the disk do. The first of two neighbours may be lost and the second kept.
void Inode::tear(const Change& change, const Draw& draw) {
    const std::string_view bytes = change.bytes;
    const std::uint64_t way = draw(3);
    if (way == 0) {
        put_bytes(durable_, change.offset, bytes.substr(0, draw(bytes.size() + 1)));
        return;
    }
    const std::uint64_t sector = way == 1 ? 512 : 4096;
    for (std::uint64_t at = 0; at < bytes.size();) {
        const std::uint64_t size =
            std::min(sector - (change.offset + at) % sector, bytes.size() - at);
        if (draw(2) == 1) put_bytes(durable_, change.offset + at, bytes.substr(at, size));
        at += size;
    }
}

}  // namespace waybill::simulation
