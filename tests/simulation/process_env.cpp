#include "tests/simulation/process_env.hpp"

#include <algorithm>
#include <limits>

#include "chassis/base/check.hpp"

namespace waybill::simulation {
namespace {

constexpr std::uint64_t process_stream = 2;
constexpr int unwinding_rounds_max = 10'000;

}  // namespace

class ProcessEnv::LoopLane final : public Lane {
 public:
    explicit LoopLane(ProcessEnv& env) : env_(env) { env_.scheduler_.add(*this); }
    ~LoopLane() override { env_.scheduler_.remove(*this); }
    bool ready(MonoTime now) const override {
        if (!env_.alive_) return false;
        const auto timer = env_.loop_.next_timer();
        return env_.loop_.ready() || (timer && *timer <= now);
    }
    std::optional<MonoTime> ready_at() const override {
        return env_.alive_ ? env_.loop_.next_timer() : std::nullopt;
    }
    void run() override {
        env_.loop_.fire_due(env_.scheduler_.now());
        env_.loop_.run_one();
    }

 private:
    ProcessEnv& env_;
};

class ProcessEnv::Thread final : public Lane {
 public:
    Thread(ProcessEnv& env, std::function<void()> step) : env_(env), step_(std::move(step)) {
        env_.scheduler_.add(*this);
    }
    ~Thread() override { env_.scheduler_.remove(*this); }

    bool ready(MonoTime now) const override { return env_.alive_ && due(now); }
    std::optional<MonoTime> ready_at() const override {
        if (!env_.alive_) return std::nullopt;
        if (fiber_.active()) return resume_at_;
        return stopped_ ? std::nullopt : wake_at_;
    }
    void run() override {
        if (fiber_.active()) return fiber_.resume();
        woken_ = false;
        if (wake_at_ && *wake_at_ <= env_.scheduler_.now()) wake_at_.reset();
        fiber_.start([this] { step_(); });
    }

    void wake() { woken_ = true; }
    void wake_at(MonoTime at) { wake_at_ = wake_at_ ? std::min(*wake_at_, at) : at; }
    void suspend_until(MonoTime at) {
        resume_at_ = at;
        Fiber::suspend();
    }
    bool runs_here() const { return fiber_.active() && Fiber::current() == &fiber_; }
    /// Lets a suspended step run to its end.
    void finish() {
        CHECK(!runs_here());
        while (fiber_.active()) fiber_.resume();
    }
    void stop() {
        stopped_ = true;
        finish();
    }
    /// In a dead process: the step in hand and one that was asked for. False: there was none.
    bool unwind() {
        const bool suspended = fiber_.active();
        finish();
        if (stopped_ || !woken_) return suspended;
        run();
        finish();
        return true;
    }
    bool idle() const { return !woken_ && !fiber_.active(); }

 private:
    bool due(MonoTime now) const {
        if (fiber_.active()) return resume_at_ <= now;
        return !stopped_ && (woken_ || (wake_at_ && *wake_at_ <= now));
    }
    ProcessEnv& env_;
    std::function<void()> step_;
    Fiber fiber_;
    MonoTime resume_at_{};
    std::optional<MonoTime> wake_at_;
    bool woken_ = false;
    bool stopped_ = false;
};

/// What the owner of a worker holds.
class ProcessEnv::Handle final : public Worker {
 public:
    Handle(ProcessEnv& env, std::shared_ptr<Thread> thread)
        : env_(env), thread_(std::move(thread)) {}
    ~Handle() override {
        stop();
        std::erase(env_.threads_, thread_);
    }
    void wake() override { thread_->wake(); }
    void wake_at(MonoTime at) override { thread_->wake_at(at); }
    void stop() override { thread_->stop(); }

 private:
    ProcessEnv& env_;
    std::shared_ptr<Thread> thread_;  // shared with the Env, which runs it
};

ProcessEnv::ProcessEnv(Scheduler& scheduler, std::uint64_t seed, const Duration& civil_offset)
    : scheduler_(scheduler),
      random_(seed, process_stream),
      civil_offset_(civil_offset),
      loop_lane_(std::make_unique<LoopLane>(*this)) {}

ProcessEnv::~ProcessEnv() = default;

Timestamp ProcessEnv::now() {
    return world_start + Duration(scheduler_.now().us) + civil_offset_;
}

void ProcessEnv::fill_secret(std::span<std::byte> out) {
    for (auto& byte : out) byte = static_cast<std::byte>(random_.bits() & 0xffU);
}

std::unique_ptr<Worker> ProcessEnv::start_worker(std::string, std::function<void()> step) {
    threads_.push_back(std::make_shared<Thread>(*this, std::move(step)));
    return std::make_unique<Handle>(*this, threads_.back());
}

void ProcessEnv::start_task(std::function<void()> task) {
    std::erase_if(threads_,
                  [](const auto& thread) { return thread.use_count() == 1 && thread->idle(); });
    auto thread = std::make_shared<Thread>(*this, std::move(task));
    thread->wake();
    threads_.push_back(std::move(thread));
}

void ProcessEnv::pause(Duration time) {
    if (!alive_ || Fiber::current() == nullptr) return;
    const auto here =
        std::ranges::find_if(threads_, [](const auto& thread) { return thread->runs_here(); });
    if (here == threads_.end()) return;
    Thread& thread = **here;
    thread.suspend_until(scheduler_.now() + time);
}

void ProcessEnv::run_loop() {
    for (int i = 0; i < unwinding_rounds_max && loop_.run_one(); ++i) {
    }
}

bool ProcessEnv::hurry() {
    constexpr MonoTime end_of_time{std::numeric_limits<std::int64_t>::max()};
    loop_.fire_due(end_of_time);
    return loop_.run_one();
}

void ProcessEnv::unwind() {
    CHECK(!alive_ && Fiber::current() == nullptr);
    int rounds = 0;
    for (bool ran = true; ran || loop_.ready();) {
        CHECK(++rounds < unwinding_rounds_max);
        ran = false;
        loop_.drop_all();
        for (std::size_t i = 0; i < threads_.size(); ++i) ran = threads_[i]->unwind() || ran;
    }
}

}  // namespace waybill::simulation
