#include "chassis/runtime/virtual_env.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <deque>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>

#include "chassis/base/check.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill {
namespace {

namespace asio = boost::asio;

/// The queue that both the loop's callbacks and Asio's coroutines run from.
class VirtualContext final : public asio::execution_context {
 public:
    ~VirtualContext() {
        shutdown();
        destroy();
    }
    std::deque<Callback> ready;
};

/// A minimal Asio executor over VirtualContext: everything is queued, nothing runs inline.
class VirtualExecutor {
 public:
    explicit VirtualExecutor(VirtualContext& context) : context_(&context) {}

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
    friend bool operator==(const VirtualExecutor&, const VirtualExecutor&) noexcept = default;

 private:
    VirtualContext* context_;
};

class VirtualLoop final : public Loop {
 public:
    VirtualLoop() = default;
    VirtualLoop(const VirtualLoop&) = delete;
    VirtualLoop& operator=(const VirtualLoop&) = delete;
    /// Asio unwinds a parked coroutine by posting: what the destroyed callbacks post is destroyed
    /// in turn, until nothing is left.
    ~VirtualLoop() override {
        while (!timers_.empty() || !context_.ready.empty()) {
            const auto timers = std::exchange(timers_, {});
            const auto ready = std::exchange(context_.ready, {});
        }
    }
    asio::any_io_executor executor() override { return VirtualExecutor(context_); }
    void post(Callback callback) override { context_.ready.push_back(std::move(callback)); }
    TimerId start_timer(MonoTime at, Callback callback) override {
        const TimerId id = ++last_id_;
        timers_.emplace(std::pair(at, id), std::move(callback));
        due_.emplace(id, at);
        return id;
    }
    void cancel_timer(TimerId id) override {
        auto it = due_.find(id);
        if (it == due_.end()) return;
        timers_.erase(std::pair(it->second, id));
        due_.erase(it);
    }
    std::size_t index() const override { return 0; }

    bool run_one() {
        if (context_.ready.empty()) return false;
        Callback callback = std::move(context_.ready.front());
        context_.ready.pop_front();
        callback();
        return true;
    }
    std::optional<MonoTime> next_timer() const {
        return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first.first);
    }
    void fire_due(MonoTime now) {
        while (!timers_.empty() && timers_.begin()->first.first <= now) {
            auto node = timers_.extract(timers_.begin());
            due_.erase(node.key().second);
            post(std::move(node.mapped()));
        }
    }

 private:
    VirtualContext context_;
    TimerId last_id_ = 0;
    std::map<std::pair<MonoTime, TimerId>, Callback> timers_;
    std::unordered_map<TimerId, MonoTime> due_;
};

class VirtualWorker final : public Worker {
 public:
    VirtualWorker(VirtualLoop& loop, std::function<void()> step)
        : loop_(loop), state_(std::make_shared<State>(State{std::move(step)})) {}
    ~VirtualWorker() override { stop(); }

    void wake() override {
        if (state_->queued || state_->stopped) return;
        state_->queued = true;
        loop_.post([state = state_] { run(*state); });
    }
    void wake_at(MonoTime at) override {
        if (timer_ != 0 && at_ <= at) return;
        loop_.cancel_timer(timer_);
        at_ = at;
        timer_ = loop_.start_timer(at, [this] {
            timer_ = 0;
            wake();
        });
    }
    void stop() override {
        state_->stopped = true;
        loop_.cancel_timer(timer_);
        timer_ = 0;
    }

 private:
    struct State {
        std::function<void()> step;
        bool queued = false;
        bool stopped = false;
    };
    static void run(State& state) {
        state.queued = false;
        if (!state.stopped) state.step();
    }
    VirtualLoop& loop_;
    std::shared_ptr<State> state_;  // shared with wakes still queued on the loop
    TimerId timer_ = 0;
    MonoTime at_{};
};

class VirtualEnvImpl final : public VirtualEnv {
 public:
    VirtualEnvImpl(std::uint64_t seed, Timestamp start) : random_(seed), start_(start) {}

    Timestamp now() override { return start_ + Duration(mono_.us); }
    MonoTime monotonic() override { return mono_; }
    std::uint64_t random() override { return random_.next(); }
    void fill_secret(std::span<std::byte> out) override {
        for (auto& byte : out) byte = static_cast<std::byte>(random_.next() & 0xffU);
    }
    std::size_t loop_count() override { return 1; }
    Loop& loop(std::size_t index) override {
        CHECK(index == 0);
        return loop_;
    }
    Loop& current_loop() override { return loop_; }
    std::unique_ptr<Worker> start_worker(std::string, std::function<void()> step) override {
        return std::make_unique<VirtualWorker>(loop_, std::move(step));
    }

    bool run_one() override { return loop_.run_one(); }
    std::size_t run_until(MonoTime until) override {
        std::size_t ran = 0;
        for (;;) {
            while (loop_.run_one()) ++ran;
            auto next = loop_.next_timer();
            if (!next || *next > until) break;
            mono_ = std::max(mono_, *next);
            loop_.fire_due(mono_);
        }
        mono_ = std::max(mono_, until);
        return ran;
    }
    void step_clock(Duration by) override { start_ = start_ + by; }

 private:
    Xoshiro256 random_;
    Timestamp start_;
    MonoTime mono_{};
    VirtualLoop loop_;
};

}  // namespace

std::unique_ptr<VirtualEnv> VirtualEnv::create(std::uint64_t seed, Timestamp start) {
    return std::make_unique<VirtualEnvImpl>(seed, start);
}

}  // namespace waybill
