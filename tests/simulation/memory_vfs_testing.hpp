#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "tests/simulation/memory_vfs.hpp"

namespace waybill::simulation {

/// Draws from a seed; the same on every machine.
inline Draw draws_of(std::uint64_t seed) {
    return [state = std::make_shared<std::mt19937_64>(seed)](std::uint64_t bound) {
        return (*state)() % bound;
    };
}

/// A disk, and the product's own driver on it.
class DiskUnderTest {
 public:
    explicit DiskUnderTest(std::uint64_t seed, DiskOptions options = {})
        : disk_(complete(seed, std::move(options))) {
        seed_sqlite(static_cast<std::int32_t>(seed % 1'000'000 + 1));
    }

    MemoryDisk& disk() { return disk_; }
    Env& env() { return *env_; }
    /// Asked before each call from now on.
    void on_call(std::function<DiskFault(const DiskCall&)> fault) { fault_ = std::move(fault); }

    /// The options of a database whose process uses this VFS.
    sql::SqliteOptions options(const DiskProcess& process, std::int64_t checkpoint_pages = 20) {
        return {.path = "data/orders.db",
                .vfs = process.vfs(),
                .free_bytes = [this] { return disk_.free_bytes(); },
                .checkpoint_pages = checkpoint_pages};
    }

 private:
    DiskOptions complete(std::uint64_t seed, DiskOptions options) {
        if (!options.draw) options.draw = draws_of(seed);
        options.now = [this] { return env_->now(); };
        options.fault = [this](const DiskCall& call) {
            return fault_ ? fault_(call) : DiskFault::none;
        };
        return options;
    }
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'790'000'000'000'000});
    std::function<DiskFault(const DiskCall&)> fault_;
    MemoryDisk disk_;
};

}  // namespace waybill::simulation
