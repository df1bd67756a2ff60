#include "tests/simulation/run.hpp"

#include <fmt/format.h>

#include "tests/simulation/judge.hpp"
#include "tests/simulation/trouble.hpp"
#include "tests/simulation/workload.hpp"

namespace waybill::simulation {
namespace {

constexpr Duration start_time_max = std::chrono::seconds(20);
constexpr Duration trouble_time = std::chrono::seconds(30);
constexpr Duration rest_time_max = std::chrono::seconds(60);
constexpr Duration look_every = std::chrono::seconds(3);
constexpr Duration look_for_rest_every = std::chrono::milliseconds(500);
constexpr std::uint64_t mode_stream = 9;

/// One run, step by step.
class Run {
 public:
    Run(const RunOptions& options, const SigningKeys& keys)
        : options_(options),
          platform_(options.seed, Random(options.seed, mode_stream).chance(500), keys),
          workload_(platform_, options.seed, breaches_),
          judge_(platform_, breaches_),
          trouble_(platform_, options.seed, plan()) {}

    RunResult go() {
        if (begin()) {
            go_through_trouble();
            come_to_rest();
        }
        return result();
    }

 private:
    std::vector<Fault> plan() {
        auto all = plan_of(options_.seed);
        if (options_.only) {
            std::vector<Fault> chosen;
            for (const std::size_t position : *options_.only)
                if (position < all.size()) chosen.push_back(all[position]);
            all = std::move(chosen);
        }
        for (const Fault& fault : all) ++faults_[static_cast<std::size_t>(fault.kind)];
        return all;
    }
    MonoTime now() { return platform_.scheduler().now(); }
    /// Runs until `done`, looking now and then; false when the time is up.
    template <class F>
    bool run_until_done(Duration most, Duration every, F done) {
        const MonoTime end = now() + most;
        while (now() < end) {
            if (done()) return true;
            platform_.scheduler().run_until(std::min(end, now() + every));
        }
        return done();
    }

    bool begin() {
        platform_.start();
        workload_.start_catalogue();
        const bool ready = run_until_done(start_time_max, look_for_rest_every, [&] {
            return platform_.up() && workload_.catalogue_ready() && judge_.unsettled().empty();
        });
        if (!ready) breaches_.add("start", "not ready in time: " + judge_.unsettled());
        return ready && breaches_.empty();
    }
    void go_through_trouble() {
        const MonoTime end = now() + trouble_time;
        trouble_.start();
        workload_.start_work(end);
        run_until_done(trouble_time, look_every, [&] {
            judge_.look();
            return false;
        });
        trouble_.heal();
    }
    void come_to_rest() {
        // Clients in trouble give up; then they ask for what they have no answer to.
        run_until_done(rest_time_max, look_for_rest_every, [&] { return workload_.idle(); });
        workload_.start_settling();
        const bool rests = run_until_done(rest_time_max, look_for_rest_every, [&] {
            return workload_.idle() && judge_.unsettled().empty();
        });
        if (!rests)
            breaches_.add("I11", fmt::format("not at rest in time: {}{}",
                                             workload_.idle() ? "" : "clients wait for answers; ",
                                             judge_.unsettled()));
        // What was acknowledged survives the loss of power.
        for (auto& machine : platform_.machines()) {
            machine->retire();
            machine->disk().lose_power();
        }
        judge_.judge_at_rest(workload_.history(), trouble_.poison());
    }
    RunResult result() {
        RunResult out;
        out.breaches = breaches_.all();
        out.steps = platform_.scheduler().steps();
        out.virtual_ms = now().us / 1000;
        out.requests = workload_.history().requests;
        out.orders = workload_.history().orders.size();
        for (auto& machine : platform_.machines()) {
            platform_.scheduler().note(machine->disk().hash());
            out.disk_writes += machine->disk().counters().writes;
            out.disk_syncs += machine->disk().counters().syncs;
        }
        out.hash = platform_.scheduler().hash();
        out.sometimes = platform_.sometimes();
        out.faults = faults_;
        return out;
    }

    const RunOptions& options_;
    std::array<std::uint64_t, fault_names.size()> faults_{};
    Platform platform_;
    Breaches breaches_{platform_.scheduler()};
    Workload workload_;
    Judge judge_;
    Trouble trouble_;
};

}  // namespace

std::vector<Fault> plan_of(std::uint64_t seed) {
    return draw_plan(seed, trouble_time);
}

RunResult run(const RunOptions& options, const SigningKeys& keys) {
    seed_sqlite(static_cast<std::int32_t>(options.seed % 2'000'000'000 + 1));
    return Run(options, keys).go();
}

}  // namespace waybill::simulation
