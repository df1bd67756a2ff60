#pragma once
#include <memory>
#include <string>
#include <vector>

#include "chassis/runtime/virtual_loop.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/scheduler.hpp"

namespace waybill::simulation {

/// The Env of one incarnation of a simulated process: a loop of its own, and threads that may be
/// suspended in the middle of a step. Once killed, nothing of it runs by itself any more.
class ProcessEnv final : public Env {
 public:
    /// `civil_offset` is added to the world's time; it may change while the process runs.
    ProcessEnv(Scheduler& scheduler, std::uint64_t seed, const Duration& civil_offset);
    ~ProcessEnv() override;

    Timestamp now() override;
    MonoTime monotonic() override { return scheduler_.now(); }
    std::uint64_t random() override { return random_.bits(); }
    void fill_secret(std::span<std::byte> out) override;
    std::size_t loop_count() override { return 1; }
    Loop& loop(std::size_t) override { return loop_; }
    Loop& current_loop() override { return loop_; }
    std::unique_ptr<Worker> start_worker(std::string name, std::function<void()> step) override;

    /// Lets others run for so long, in the middle of a thread's step. Elsewhere, and in a process
    /// that is dead, it does nothing.
    void pause(Duration time);
    /// Runs `task` once, on a thread of its own.
    void start_task(std::function<void()> task);

    bool alive() const { return alive_; }
    void kill() { alive_ = false; }
    /// Runs what the loop can run now: for the last tasks of a dead process that must end.
    void run_loop();
    /// Runs one callback of the loop as if all its timers were due. False when there is none.
    bool hurry();
    /// After kill(): lets every suspended step run to its end (its calls fail), destroys what the
    /// loop holds and what that posts, and runs the steps that this asks for, until nothing is
    /// left. What the process consisted of can be destroyed then.
    void unwind();

 private:
    class LoopLane;
    class Thread;
    class Handle;

    Scheduler& scheduler_;
    Random random_;
    const Duration& civil_offset_;
    bool alive_ = true;
    VirtualLoop loop_;
    std::unique_ptr<LoopLane> loop_lane_;
    std::vector<std::shared_ptr<Thread>> threads_;  // shared with the workers' owners
};

/// Civil time at the beginning of every simulation.
inline constexpr Timestamp world_start{1'795'000'000'000'000};

}  // namespace waybill::simulation
