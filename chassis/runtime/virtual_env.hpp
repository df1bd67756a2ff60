#pragma once
#include <cstdint>
#include <memory>

#include "chassis/runtime/env.hpp"

namespace waybill {

/// An Env in virtual time on the caller's thread: one loop, workers are tasks on it, time moves
/// only when nothing is left to run. The same seed gives the same run. Not thread-safe.
class VirtualEnv : public Env {
 public:
    /// Starts at `start` civil time.
    static std::unique_ptr<VirtualEnv> create(std::uint64_t seed, Timestamp start);

    /// Runs what is ready, moving time from timer to timer, until nothing is left or virtual time
    /// reaches `until`. Returns the number of callbacks that ran.
    virtual std::size_t run_until(MonoTime until) = 0;
    /// Runs one callback that is ready now. False when none is.
    virtual bool run_one() = 0;
    /// Steps the civil clock alone.
    virtual void step_clock(Duration by) = 0;
    std::size_t run_for(Duration time) { return run_until(monotonic() + time); }
};

}  // namespace waybill
