#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/time.hpp"

namespace waybill::simulation {

enum class FaultKind : std::uint8_t {
    crash,            ///< kill -9 of one process, wherever it is
    crash_all,        ///< of all at once
    crash_statement,  ///< inside a transaction
    crash_commit,     ///< before COMMIT
    crash_answer,     ///< between COMMIT and the answer
    crash_write,      ///< inside a write to the disk
    power,            ///< one machine loses its power
    power_write,      ///< inside a write to the disk
    power_all,        ///< all of them
    stop,             ///< one process is stopped in order and started again
    serialization,    ///< a database refuses what could not be serialized
    lost_connection,  ///< a database's connections break
    unknown_commit,   ///< and break during COMMIT
    slow_database,
    disk_full,
    disk_errors,
    clock,    ///< one machine's civil clock steps
    network,  ///< calls and answers are lost, late or broken off
    bus,      ///< messages and confirms are lost, late, come twice
    key,      ///< the issuer changes its signing key
    poison,   ///< a message that nobody can read
};
inline constexpr std::array<std::string_view, 21> fault_names{"crash",
                                                              "crash of all",
                                                              "crash in a statement",
                                                              "crash before commit",
                                                              "crash after commit",
                                                              "crash in a write",
                                                              "power loss",
                                                              "power loss in a write",
                                                              "power loss of all",
                                                              "orderly stop",
                                                              "serialization",
                                                              "lost connection",
                                                              "unknown commit",
                                                              "slow database",
                                                              "full disk",
                                                              "disk errors",
                                                              "clock step",
                                                              "bad network",
                                                              "bad bus",
                                                              "key rotation",
                                                              "poison message"};

/// One thing that goes wrong.
struct Fault {
    Duration at{};  ///< since the beginning of the trouble
    FaultKind kind = FaultKind::crash;
    std::uint64_t machine = 0;  ///< of those it can befall
    Duration length{};          ///< how long it lasts, or how long a process is down
    std::int64_t size = 0;      ///< per mille, writes or seconds, by kind
};
/// `12.345 s crash of orders for 0.7 s`
std::string describe(const Fault& fault);

/// What goes wrong in the run of a seed, by time.
std::vector<Fault> draw_plan(std::uint64_t seed, Duration trouble);

}  // namespace waybill::simulation
