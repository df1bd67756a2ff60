#pragma once
#include <functional>
#include <memory>
#include <string>

#include "chassis/base/error.hpp"
#include "chassis/messaging/destination.hpp"
#include "tests/simulation/bus.hpp"
#include "tests/simulation/memory_vfs.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/process_database.hpp"
#include "tests/simulation/settings.hpp"

namespace waybill::simulation {

/// What a process finds where it starts.
struct Site {
    std::string name;
    Scheduler& scheduler;
    Network& network;
    Bus& bus;
    Sometimes& sometimes;
    MemoryDisk& disk;
    Random& random;
    DatabaseWeather& database_weather;
    ProcessEnv& env;
    std::string vfs;                   ///< of this incarnation
    std::function<bool()> disk_alive;  ///< the disk has not killed the process
    std::function<void()> die;
    Node* issuer = nullptr;
};

/// What runs on a machine, from its start until it is stopped or killed.
class Process {
 public:
    virtual ~Process() = default;
    /// Opens the data. Blocks; on a thread of the process.
    virtual Status open() = 0;
    /// Begins to work of itself; it can be reached already, as a service whose neighbours in one
    /// process were started first. Blocks; on a thread of the process.
    virtual void begin() {}
    virtual http::Handler* door() = 0;
    /// What the bus delivers to; nullptr: nothing.
    virtual messaging::Destination* consumer() { return nullptr; }
    /// Finishes the batch in hand and refuses everything else. Blocks. Also after the death, when
    /// every call fails.
    virtual void close() = 0;
};

/// The file of a machine as its process sees it.
Result<std::unique_ptr<ProcessDatabase>> open_database(const Site& site);

/// orders, inventory, notifications or audit.
std::unique_ptr<Process> make_service_process(Site site);
/// The issuer, with one of the keys.
std::unique_ptr<Process> make_identity_process(Site site, const std::string& signing_key);

/// The machines behind the gateway, by the name of their upstream.
using Upstreams = std::map<std::string, Node*>;
std::unique_ptr<Process> make_gateway_process(Site site, Upstreams upstreams);

}  // namespace waybill::simulation
