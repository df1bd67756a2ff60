#include "chassis/runtime/async.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include "chassis/base/check.hpp"

namespace waybill {
namespace {
namespace asio = boost::asio;
}

Task<bool> sleep_until(Env& env, MonoTime at) {
    auto shot = std::make_shared<OneShot<bool>>();
    Loop& loop = env.current_loop();
    const TimerId timer = loop.start_timer(at, [shot] { shot->set(true); });
    auto slept = co_await OneShot<bool>::get(shot);
    loop.cancel_timer(timer);
    co_return slept.value_or(false);
}

Task<void> yield_now() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

/// Counts a task until it has run to its end or was destroyed where it waited.
class TaskScope::Running {
 public:
    explicit Running(TaskScope& scope) : scope_(&scope) { ++scope.running_; }
    Running(Running&& other) noexcept : scope_(std::exchange(other.scope_, nullptr)) {}
    Running& operator=(Running&&) = delete;
    ~Running() {
        if (scope_ != nullptr) scope_->ended();
    }

 private:
    TaskScope* scope_;
};

TaskScope::~TaskScope() {
    CHECK(running_ == 0);
}

void TaskScope::spawn(Task<void> task) {
    asio::co_spawn(loop_.executor(), std::move(task),
                   [running = Running(*this)](std::exception_ptr failed) {
                       if (failed) std::rethrow_exception(failed);
                   });
}

void TaskScope::ended() {
    --running_;
    if (running_ == 0 && drained_)
        asio::post(loop_.executor(), [d = std::move(drained_)]() mutable { std::move(d)(); });
}

Task<void> TaskScope::drain() {
    while (running_ != 0)
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
            [this](auto handler) {
                asio::any_completion_handler<void()> erased(std::move(handler));
                drained_.swap(erased);
            },
            asio::use_awaitable);
}

}  // namespace waybill
