#include "tests/simulation/memory_vfs.hpp"

#include <utility>

#include "chassis/base/check.hpp"
#include "tests/simulation/memory_vfs_disk.hpp"

namespace waybill::simulation {

MemoryDisk::MemoryDisk(DiskOptions options) : state_(std::make_unique<State>(std::move(options))) {
    CHECK(state_->options.draw && state_->options.now);
}

MemoryDisk::~MemoryDisk() {
    CHECK(state_->processes.empty());
}

void MemoryDisk::lose_power() {
    state_->lose_power();
}

void MemoryDisk::set_capacity(std::uint64_t bytes) {
    state_->options.capacity = bytes;
}

std::uint64_t MemoryDisk::free_bytes() const {
    return state_->free_bytes();
}

bool MemoryDisk::exists(std::string_view path) const {
    return state_->find(path) != nullptr;
}

std::string MemoryDisk::read(std::string_view path) const {
    const auto inode = state_->find(path);
    return inode ? std::string(inode->content()) : std::string();
}

void MemoryDisk::damage(std::string_view path, std::uint64_t offset, std::string_view bytes) {
    const auto inode = state_->find(path);
    CHECK(inode != nullptr);
    inode->damage(offset, bytes);
    state_->hash.add(path);
    state_->hash.add(offset);
    state_->hash.add(bytes);
}

const DiskCounters& MemoryDisk::counters() const {
    return state_->counters;
}

std::uint64_t MemoryDisk::hash() const {
    return state_->hash.value();
}

DiskProcess::DiskProcess(MemoryDisk& disk, std::string vfs)
    : state_(std::make_unique<State>(*disk.state_, std::move(vfs))) {
    CHECK(sqlite3_vfs_find(state_->name.c_str()) == nullptr);
    state_->vfs.zName = state_->name.c_str();
    state_->vfs.pAppData = state_.get();
    set_vfs_methods(state_->vfs);
    CHECK(sqlite3_vfs_register(&state_->vfs, 0) == SQLITE_OK);
    state_->disk.processes.push_back(state_.get());
}

DiskProcess::~DiskProcess() {
    CHECK(state_->files.empty());
    sqlite3_vfs_unregister(&state_->vfs);
    std::erase(state_->disk.processes, state_.get());
}

const std::string& DiskProcess::vfs() const {
    return state_->name;
}

void DiskProcess::kill() {
    state_->kill();
}

bool DiskProcess::alive() const {
    return state_->alive;
}

void seed_sqlite(std::int32_t seed) {
    CHECK(seed != 0);
    sqlite3_initialize();
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, nullptr);
}

}  // namespace waybill::simulation
