#include "chassis/runtime/virtual_loop.hpp"

namespace waybill {

namespace asio = boost::asio;

/// A minimal Asio executor over the loop's queue.
class VirtualLoop::Executor {
 public:
    explicit Executor(Context& context) : context_(&context) {}

    template <class F>
    void execute(F&& function) const {
        context_->ready.emplace_back(std::forward<F>(function));
    }
    asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
    static constexpr asio::execution::blocking_t::never_t query(
        asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    static constexpr asio::execution::relationship_t::fork_t query(
        asio::execution::relationship_t) noexcept {
        return asio::execution::relationship.fork;
    }
    static constexpr asio::execution::outstanding_work_t::untracked_t query(
        asio::execution::outstanding_work_t) noexcept {
        return asio::execution::outstanding_work.untracked;
    }
    friend bool operator==(const Executor&, const Executor&) noexcept = default;

 private:
    Context* context_;
};

asio::any_io_executor VirtualLoop::executor() {
    return Executor(context_);
}

TimerId VirtualLoop::start_timer(MonoTime at, Callback callback) {
    const TimerId id = ++last_id_;
    timers_.emplace(std::pair(at, id), std::move(callback));
    due_.emplace(id, at);
    return id;
}

void VirtualLoop::cancel_timer(TimerId id) {
    auto it = due_.find(id);
    if (it == due_.end()) return;
    timers_.erase(std::pair(it->second, id));
    due_.erase(it);
}

bool VirtualLoop::run_one() {
    if (context_.ready.empty()) return false;
    Callback callback = std::move(context_.ready.front());
    context_.ready.pop_front();
    callback();
    return true;
}

std::optional<MonoTime> VirtualLoop::next_timer() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first.first);
}

void VirtualLoop::fire_due(MonoTime now) {
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
        auto node = timers_.extract(timers_.begin());
        due_.erase(node.key().second);
        post(std::move(node.mapped()));
    }
}

void VirtualLoop::drop_all() {
    while (!timers_.empty() || !context_.ready.empty()) {
        std::map<TimerId, Callback> in_order;
        for (auto& [key, callback] : std::exchange(timers_, {}))
            in_order.emplace(key.second, std::move(callback));
        due_.clear();
        auto ready = std::exchange(context_.ready, {});
        while (!ready.empty()) ready.pop_front();
        while (!in_order.empty()) in_order.erase(in_order.begin());
    }
}

}  // namespace waybill
