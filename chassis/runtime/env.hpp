#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "chassis/base/time.hpp"
#include "chassis/runtime/callback.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill {

/// A one-shot timer on a loop; 0 names none.
using TimerId = std::uint64_t;

/// One event loop: everything posted to it runs on one thread, in order, one at a time.
class Loop {
 public:
    virtual ~Loop() = default;
    /// Where coroutines of this loop run. In the real Env an io_context's executor.
    virtual boost::asio::any_io_executor executor() = 0;
    /// Runs `callback` on this loop, after what was posted before. From any thread.
    virtual void post(Callback callback) = 0;
    /// Runs `callback` on this loop after everything that is ready now: after what was posted, and
    /// after the sockets that the kernel holds ready and nobody has looked at yet. On this loop's
    /// thread only.
    virtual void post_behind(Callback callback) = 0;
    /// Runs `callback` on this loop at or after `at`. On this loop's thread only.
    virtual TimerId start_timer(MonoTime at, Callback callback) = 0;
    /// Afterwards the callback will not run. Unknown or expired ids are ignored. On this loop's
    /// thread only.
    virtual void cancel_timer(TimerId) = 0;
    /// Position in Env::loops().
    virtual std::size_t index() const = 0;
};

/// A thread of its own for blocking work, in steps (in the simulator a task on the virtual loop).
class Worker {
 public:
    virtual ~Worker() = default;  ///< stops
    /// Another step will begin after this call. Coalesces; never blocks; from any thread.
    virtual void wake() = 0;
    /// As wake(), at or after `at`; the earliest of several asked for counts.
    virtual void wake_at(MonoTime at) = 0;
    /// Lets the step in hand finish, then no more steps. Blocks until then.
    virtual void stop() = 0;
};

/// Everything a program does that is not a pure function: clock, timers, random, threads.
/// Product code above chassis/runtime has no other source of them. One real implementation
/// (`real_env.hpp`), one in virtual time (`virtual_env.hpp`). All methods are thread-safe.
class Env {
 public:
    virtual ~Env() = default;
    virtual Timestamp now() = 0;         ///< civil time; may step
    virtual MonoTime monotonic() = 0;    ///< never steps back
    virtual std::uint64_t random() = 0;  ///< uniform bits for ids and jitter, not for secrets
    virtual void fill_secret(std::span<std::byte> out) = 0;  ///< cryptographic random bytes

    virtual std::size_t loop_count() = 0;
    virtual Loop& loop(std::size_t index) = 0;
    /// The loop that the caller runs on; loop 0 when it runs on none.
    virtual Loop& current_loop() = 0;

    /// Starts a worker; `step` runs once after each wake, first when woken. `name` ≤ 15 bytes.
    virtual std::unique_ptr<Worker> start_worker(std::string name, std::function<void()> step) = 0;
};

}  // namespace waybill
