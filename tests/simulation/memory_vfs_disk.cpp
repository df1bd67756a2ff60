#include "tests/simulation/memory_vfs_disk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace waybill::simulation {

void DiskHash::add(std::string_view bytes) {
    add(std::uint64_t{bytes.size()});
    for (; bytes.size() >= sizeof(std::uint64_t); bytes.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        add(word);
    }
    for (const char rest : bytes) add(static_cast<unsigned char>(rest));
}

std::shared_ptr<Inode> MemoryDisk::State::find(std::string_view name) const {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
}

std::shared_ptr<Inode> MemoryDisk::State::create(const std::string& name, bool temporary) {
    auto inode = std::make_shared<Inode>();
    names[name] = inode;
    if (!temporary) unsynced_names.push_back({name, inode});
    return inode;
}

void MemoryDisk::State::remove(const std::string& name, bool temporary) {
    names.erase(name);
    if (!temporary) unsynced_names.push_back({name, nullptr});
}

void MemoryDisk::State::sync_names(std::string_view name) {
    std::erase_if(unsynced_names, [&](const NameChange& change) {
        if (!name.empty() && change.name != name) return false;
        if (change.inode == nullptr)
            durable_names.erase(change.name);
        else
            durable_names[change.name] = change.inode;
        return true;
    });
}

std::uint64_t MemoryDisk::State::used() const {
    std::uint64_t total = 0;
    for (const auto& [name, inode] : names) {
        total += inode->content().size();
        if (inode->shared_memory) total += inode->shared_memory->size();
    }
    return total;
}

std::uint64_t MemoryDisk::State::free_bytes() const {
    return options.capacity - std::min(options.capacity, used());
}

void MemoryDisk::State::lose_power() {
    ++counters.power_losses;
    for (DiskProcess::State* process : processes) process->kill();
    for (const NameChange& change : unsynced_names) {
        if (options.draw(2) == 0) {
            ++counters.dropped;
            continue;
        }
        ++counters.kept;
        if (change.inode == nullptr)
            durable_names.erase(change.name);
        else
            durable_names[change.name] = change.inode;
    }
    unsynced_names.clear();
    names = durable_names;
    for (const auto& [name, inode] : names) {
        inode->lose_power(options.draw, counters);
        hash.add(name);
        hash.add(inode->content());
    }
}

int DiskProcess::State::admit(const DiskCall& call) {
    if (!alive) return refuse(SQLITE_IOERR, EIO);
    if (!disk.options.fault) return SQLITE_OK;
    switch (disk.options.fault(call)) {
        case DiskFault::none:
            // Whoever was asked may have killed the process himself.
            return alive ? SQLITE_OK : refuse(SQLITE_IOERR, EIO);
        case DiskFault::full:
            ++disk.counters.full;
            return refuse(call.operation == DiskOperation::sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL,
                          ENOSPC);
        case DiskFault::kill:
            kill();
            return refuse(SQLITE_IOERR, EIO);
        case DiskFault::error:
            break;
    }
    ++disk.counters.errors;
    constexpr std::array codes{SQLITE_CANTOPEN,       SQLITE_IOERR_READ,  SQLITE_IOERR_WRITE,
                               SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_DELETE};
    return refuse(codes[static_cast<std::size_t>(call.operation)], EIO);
}

int DiskProcess::State::refuse(int code, int code_of_system) {
    system_errno = code_of_system;
    return code;
}

void DiskProcess::State::kill() {
    if (!alive) return;
    ++disk.counters.kills;
    disk.hash.add(name);
    for (OpenFile* file : files) {
        let_go(*file);
        if (file->temporary) disk.remove(file->path, true);
    }
    alive = false;
}

void DiskProcess::State::let_go(OpenFile& file) {
    file.inode->locks.lower(file.holder, SQLITE_LOCK_NONE);
    if (file.shared_memory && file.shared_memory->leave(file.holder))
        file.inode->shared_memory.reset();
}

}  // namespace waybill::simulation
