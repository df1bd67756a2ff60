#pragma once
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "chassis/runtime/env.hpp"

namespace waybill {

/// A loop in virtual time: whoever owns it says when a callback runs and what time it is. Nothing
/// runs inline; callbacks run in the order they were posted. Not thread-safe.
class VirtualLoop final : public Loop {
 public:
    VirtualLoop() = default;
    VirtualLoop(const VirtualLoop&) = delete;
    VirtualLoop& operator=(const VirtualLoop&) = delete;
    ~VirtualLoop() override { drop_all(); }

    boost::asio::any_io_executor executor() override;
    void post(Callback callback) override { context_.ready.push_back(std::move(callback)); }
    void post_behind(Callback callback) override { post(std::move(callback)); }
    TimerId start_timer(MonoTime at, Callback callback) override;
    void cancel_timer(TimerId id) override;
    std::size_t index() const override { return 0; }

    /// Whether a callback can run now.
    bool ready() const { return !context_.ready.empty(); }
    /// Runs the first that can. False when none can.
    bool run_one();
    /// When the earliest timer is due.
    std::optional<MonoTime> next_timer() const;
    /// Posts the callbacks of all timers that are due.
    void fire_due(MonoTime now);
    /// Destroys everything that waits, in the order it came, and what that posts in turn, until
    /// nothing is left: Asio unwinds a parked coroutine by posting.
    void drop_all();

 private:
    /// The queue that both the loop's callbacks and Asio's coroutines run from.
    class Context final : public boost::asio::execution_context {
     public:
        ~Context() {
            shutdown();
            destroy();
        }
        std::deque<Callback> ready;
    };
    class Executor;

    Context context_;
    TimerId last_id_ = 0;
    std::map<std::pair<MonoTime, TimerId>, Callback> timers_;
    std::unordered_map<TimerId, MonoTime> due_;
};

}  // namespace waybill
