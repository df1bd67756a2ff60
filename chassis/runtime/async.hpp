#pragma once
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill {

/// Suspends the caller until `at`; resumes on the same loop. False when cancelled before.
Task<bool> sleep_until(Env& env, MonoTime at);
/// Suspends the caller; resumes on the same loop after what was posted before.
Task<void> yield_now();

/// One value between threads: `set` from any thread completes `get`, which resumes on the loop
/// that awaits it. One awaiter, one value.
template <class T>
class OneShot {
 public:
    /// Completes the awaiter, now or later. The first call counts; from any thread.
    void set(T value) {
        std::unique_lock lock(mutex_);
        if (value_ || taken_) return;
        value_.emplace(std::move(value));
        if (!waiter_) return;
        auto waiter = std::move(waiter_);
        auto executor = std::move(executor_);
        lock.unlock();
        boost::asio::post(executor, [w = std::move(waiter)]() mutable { std::move(w)(true); });
    }
    /// Resumes the awaiter with nothing (its time is up); later calls of set() are ignored.
    void abandon() {
        std::unique_lock lock(mutex_);
        if (value_ || taken_) return;
        taken_ = true;
        if (!waiter_) return;
        auto waiter = std::move(waiter_);
        auto executor = std::move(executor_);
        lock.unlock();
        boost::asio::post(executor, [w = std::move(waiter)]() mutable { std::move(w)(false); });
    }
    /// The value, or nothing when abandoned. `self` keeps this alive while it waits.
    static Task<std::optional<T>> get(std::shared_ptr<OneShot> self) {
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(bool)>(
            [self](auto handler) {
                boost::asio::any_io_executor executor =
                    boost::asio::get_associated_executor(handler);
                self->wait(std::move(handler), std::move(executor));
            },
            boost::asio::use_awaitable);
        std::lock_guard lock(self->mutex_);
        self->taken_ = true;
        co_return std::move(self->value_);
    }

 private:
    void wait(boost::asio::any_completion_handler<void(bool)> handler,
              boost::asio::any_io_executor executor) {
        std::unique_lock lock(mutex_);
        if (!value_ && !taken_) {
            // Assigning would recurse without end in Boost 1.81.
            waiter_.swap(handler);
            executor_ = std::move(executor);
            return;
        }
        lock.unlock();
        boost::asio::post(executor, [h = std::move(handler)]() mutable { std::move(h)(true); });
    }
    std::mutex mutex_;
    std::optional<T> value_;
    bool taken_ = false;
    boost::asio::any_completion_handler<void(bool)> waiter_;
    // The waiter's own: an erased handler's executor cannot be posted to.
    boost::asio::any_io_executor executor_;
};

/// The value of `shot`, or nothing when `deadline` passes first.
template <class T>
Task<std::optional<T>> get_until(Env& env, std::shared_ptr<OneShot<T>> shot, Deadline deadline) {
    Loop& loop = env.current_loop();
    const TimerId timer = loop.start_timer(deadline.at, [shot] { shot->abandon(); });
    auto value = co_await OneShot<T>::get(shot);
    loop.cancel_timer(timer);
    co_return value;
}

/// Owns the tasks spawned into it: `drain()` completes when all have ended. Nothing is detached.
/// One loop; not thread-safe. Must outlive its tasks: destroying a scope with tasks is a bug. A
/// task that is destroyed with its loop has ended too.
class TaskScope {
 public:
    explicit TaskScope(Loop& loop) : loop_(loop) {}
    TaskScope(const TaskScope&) = delete;
    TaskScope& operator=(const TaskScope&) = delete;
    ~TaskScope();

    /// Starts `task` on the loop. An exception that leaves it ends the process: it is a bug.
    void spawn(Task<void> task);
    /// Completes when no task is left; tasks spawned meanwhile count.
    Task<void> drain();
    std::size_t size() const { return running_; }

 private:
    class Running;
    void ended();
    Loop& loop_;
    std::size_t running_ = 0;
    boost::asio::any_completion_handler<void()> drained_;
};

}  // namespace waybill
