#pragma once
#include <functional>
#include <memory>
#include <string>

#include "tests/simulation/process.hpp"

namespace waybill::simulation {

/// A machine: its disk outlives the processes that run there one after the other.
class Machine final : public Node {
 public:
    using MakeProcess = std::function<std::unique_ptr<Process>(Site)>;
    struct World {
        Scheduler& scheduler;
        Network& network;
        Bus& bus;
        Sometimes& sometimes;
    };
    Machine(World world, std::string name, std::uint64_t seed, MakeProcess make);
    ~Machine() override;

    /// Whose keys its process verifies tokens with.
    void trust(Node& issuer) { issuer_ = &issuer; }
    /// Starts a process unless one is there.
    void start();
    /// Ends the process at once; a new one starts after `down`.
    void crash(Duration down);
    /// Ends the process at once, and what its disk had not synced is in doubt.
    void lose_power(Duration down);
    /// Lets the process finish what it has in hand; a new one starts after `down`.
    void stop_in_order(Duration down);
    /// No process starts any more.
    void retire();

    ProcessEnv* process() override { return running() ? &incarnation_->env : nullptr; }
    http::Handler* door() override;
    /// Its process is open and works.
    bool open() const { return running() && incarnation_->open; }

    const std::string& name() const { return name_; }
    MemoryDisk& disk() { return *disk_; }
    DatabaseWeather& database_weather() { return database_weather_; }
    /// The civil clock is off by so much.
    Duration& clock_offset() { return clock_offset_; }
    std::uint64_t& disk_errors_per_mille() { return disk_errors_per_mille_; }
    /// The process dies there the next time, and is down for so long.
    void die_at(DeathPoint point, Duration down);
    /// The process dies at the n-th write to the disk from now.
    void die_in_write(std::uint64_t writes, Duration down);
    /// As die_in_write, and the machine loses its power with it.
    void lose_power_in_write(std::uint64_t writes, Duration down);
    /// So many more bytes find room.
    void fill_disk(std::uint64_t bytes);
    void free_disk();
    /// Deaths that were to come do not.
    void calm();
    /// While somebody else looks at the disk, it does nothing to harm.
    void set_observed(bool observed) { observed_ = observed; }

 private:
    /// One process, from its start to its burial.
    struct Incarnation {
        Incarnation(Scheduler& scheduler, std::uint64_t seed, const Duration& clock_offset,
                    MemoryDisk& disk, const std::string& vfs)
            : env(scheduler, seed, clock_offset), disk_process(disk, vfs) {}
        ProcessEnv env;
        DiskProcess disk_process;
        std::unique_ptr<Process> process;
        bool open = false;
        bool dead = false;
    };
    bool running() const { return incarnation_ && !incarnation_->dead; }
    void boot(Incarnation& incarnation);
    void die();
    void bury(std::unique_ptr<Incarnation> dead);
    void cut_power();
    void start_after(Duration down);
    DiskFault fault_of(const DiskCall& call);
    Site site(Incarnation& incarnation, const std::string& vfs);

    World world_;
    std::string name_;
    Random random_;
    MakeProcess make_;
    Node* issuer_ = nullptr;
    Duration clock_offset_{};
    DatabaseWeather database_weather_;
    std::uint64_t disk_errors_per_mille_ = 0;
    std::uint64_t kill_after_writes_ = 0;  ///< 0: not armed
    std::unique_ptr<MemoryDisk> disk_;
    std::unique_ptr<Incarnation> incarnation_;
    Duration down_{};  ///< until the next start, once the process has died
    std::uint64_t starts_ = 0;
    bool retired_ = false;
    bool observed_ = false;
    bool power_goes_ = false;  ///< with the process, when it dies next
};

}  // namespace waybill::simulation
