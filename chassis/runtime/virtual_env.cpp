#include "chassis/runtime/virtual_env.hpp"

#include <algorithm>
#include <utility>

#include "chassis/base/check.hpp"
#include "chassis/runtime/virtual_loop.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill {
namespace {

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
