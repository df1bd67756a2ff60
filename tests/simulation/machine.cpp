#include "tests/simulation/machine.hpp"

#include <fmt/format.h>

#include "chassis/base/check.hpp"

namespace waybill::simulation {
namespace {

constexpr std::uint64_t machine_stream = 5;
constexpr std::uint64_t disk_capacity = std::uint64_t{1} << 30U;
constexpr Duration down_after_failure = std::chrono::milliseconds(300);

}  // namespace

Machine::Machine(World world, std::string name, std::uint64_t seed, MakeProcess make)
    : world_(world),
      name_(std::move(name)),
      random_(seed, machine_stream),
      make_(std::move(make)),
      down_(down_after_failure) {
    DiskOptions options;
    options.draw = [this](std::uint64_t bound) { return random_.below(bound); };
    options.now = [this] {
        return world_start + Duration(world_.scheduler.now().us) + clock_offset_;
    };
    options.fault = [this](const DiskCall& call) { return fault_of(call); };
    options.capacity = disk_capacity;
    disk_ = std::make_unique<MemoryDisk>(std::move(options));
}

Machine::~Machine() {
    retire();
    if (incarnation_) bury(std::move(incarnation_));
}

http::Handler* Machine::door() {
    return open() ? incarnation_->process->door() : nullptr;
}

DiskFault Machine::fault_of(const DiskCall& call) {
    const bool changes = call.operation == DiskOperation::write ||
                         call.operation == DiskOperation::sync ||
                         call.operation == DiskOperation::truncate;
    if (!changes || !running() || observed_) return DiskFault::none;
    if (kill_after_writes_ != 0) {
        --kill_after_writes_;
        if (kill_after_writes_ == 0) {
            world_.sometimes.hit("process killed inside a disk write");
            return DiskFault::kill;
        }
    }
    if (!random_.chance(disk_errors_per_mille_)) return DiskFault::none;
    world_.sometimes.hit("disk error");
    return DiskFault::error;
}

Site Machine::site(Incarnation& incarnation, const std::string& vfs) {
    return {.name = name_,
            .scheduler = world_.scheduler,
            .network = world_.network,
            .bus = world_.bus,
            .sometimes = world_.sometimes,
            .disk = *disk_,
            .random = random_,
            .database_weather = database_weather_,
            .env = incarnation.env,
            .vfs = vfs,
            .disk_alive = [&incarnation] { return incarnation.disk_process.alive(); },
            .die =
                [this, &incarnation] {
                    if (incarnation_.get() == &incarnation) die();
                },
            .issuer = issuer_};
}

void Machine::start() {
    if (incarnation_ || retired_) return;
    const std::string vfs = fmt::format("{}-{}", name_, ++starts_);
    incarnation_ =
        std::make_unique<Incarnation>(world_.scheduler, random_.bits(), clock_offset_, *disk_, vfs);
    incarnation_->process = make_(site(*incarnation_, vfs));
    incarnation_->env.start_task([this, &incarnation = *incarnation_] { boot(incarnation); });
}

void Machine::boot(Incarnation& incarnation) {
    const auto opened = incarnation.process->open();
    if (incarnation.dead) return;
    if (!incarnation.disk_process.alive() || !opened) return die();
    incarnation.open = true;
    if (auto* consumer = incarnation.process->consumer())
        world_.bus.attach(name_, incarnation.env, *consumer);
    incarnation.process->begin();
}

/// From here on nothing of the process shows outside; what is left of it is cleared away once
/// nothing of it is on the stack.
void Machine::die() {
    if (!running()) return;
    world_.sometimes.hit("process killed");
    if (!incarnation_->open) world_.sometimes.hit("process killed while it starts");
    incarnation_->dead = true;
    incarnation_->open = false;
    incarnation_->env.kill();
    incarnation_->disk_process.kill();
    kill_after_writes_ = 0;
    database_weather_.death.reset();
    if (std::exchange(power_goes_, false)) cut_power();
    world_.network.forget(incarnation_->env);
    world_.bus.forget(incarnation_->env);
    world_.scheduler.after(Duration(0), [this] {
        if (!incarnation_ || !incarnation_->dead) return;
        bury(std::move(incarnation_));
        start_after(std::exchange(down_, down_after_failure));
    });
}

void Machine::bury(std::unique_ptr<Incarnation> dead) {
    CHECK(Fiber::current() == nullptr);
    dead->env.kill();
    dead->env.unwind();
    dead->process->close();
    dead->env.run_loop();
    dead->env.unwind();
    dead->process.reset();
    dead->env.unwind();
    // What it began while it was dying already.
    world_.network.forget(dead->env);
    world_.bus.forget(dead->env);
}

void Machine::start_after(Duration down) {
    world_.scheduler.after(down, [this] { start(); });
}

void Machine::crash(Duration down) {
    if (!running()) return;
    down_ = down;
    die();
}

void Machine::lose_power(Duration down) {
    crash(down);
    cut_power();
}

void Machine::cut_power() {
    const DiskCounters before = disk_->counters();
    disk_->lose_power();
    world_.sometimes.hit("power lost");
    world_.sometimes.hit("unsynced write dropped", disk_->counters().dropped - before.dropped);
    world_.sometimes.hit("unsynced write torn", disk_->counters().torn - before.torn);
}

void Machine::stop_in_order(Duration down) {
    if (!open()) return;
    world_.sometimes.hit("process stopped in order");
    incarnation_->open = false;
    down_ = down;
    incarnation_->env.start_task([this, &incarnation = *incarnation_] {
        incarnation.process->close();
        if (!incarnation.dead) die();
    });
}

void Machine::die_at(DeathPoint point, Duration down) {
    database_weather_.death = point;
    down_ = down;
}

void Machine::die_in_write(std::uint64_t writes, Duration down) {
    kill_after_writes_ = writes;
    down_ = down;
}

void Machine::lose_power_in_write(std::uint64_t writes, Duration down) {
    die_in_write(writes, down);
    power_goes_ = true;
}

void Machine::calm() {
    power_goes_ = false;
    database_weather_.death.reset();
    kill_after_writes_ = 0;
}

void Machine::fill_disk(std::uint64_t bytes) {
    free_disk();
    disk_->set_capacity(disk_capacity - disk_->free_bytes() + bytes);
}

void Machine::free_disk() {
    disk_->set_capacity(disk_capacity);
}

void Machine::retire() {
    retired_ = true;
    if (running()) die();
}

}  // namespace waybill::simulation
