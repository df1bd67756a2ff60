#include "chassis/runtime/real_env.hpp"

#include <openssl/rand.h>
#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "chassis/base/check.hpp"
#include "chassis/runtime/counter_clock.hpp"
#include "chassis/runtime/last_in_line.hpp"
#include "chassis/runtime/xoshiro.hpp"

namespace waybill {
namespace {

namespace asio = boost::asio;

MonoTime steady_now() {
    return {
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())
            .count()};
}

void name_thread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

/// One Asio timer a loop, set to the earliest of an ordered map: starting and cancelling a
/// deadline costs a map entry, not a kernel call.
class RealLoop final : public Loop {
 public:
    explicit RealLoop(std::size_t index) : index_(index), timer_(context_), last_(context_) {}

    asio::any_io_executor executor() override { return context_.get_executor(); }
    void post(Callback callback) override {
        asio::post(context_, [c = std::move(callback)]() mutable { c(); });
    }
    void post_behind(Callback callback) override { last_.post(std::move(callback)); }
    TimerId start_timer(MonoTime at, Callback callback) override {
        const TimerId id = ++last_id_;
        timers_.emplace(std::pair(at, id), std::move(callback));
        due_.emplace(id, at);
        if (at < armed_) arm(at);
        return id;
    }
    void cancel_timer(TimerId id) override {
        auto it = due_.find(id);
        if (it == due_.end()) return;
        timers_.erase(std::pair(it->second, id));
        due_.erase(it);
    }
    std::size_t index() const override { return index_; }

    void run() {
        name_thread("loop-" + std::to_string(index_));
        context_.run();
    }
    /// The threads' own references end, so run() returns when nothing is left to do.
    void release() {
        asio::post(context_, [this] {
            releasing_ = true;
            if (timers_.empty()) timer_.cancel();
            work_.reset();
        });
    }

 private:
    static constexpr MonoTime never_{std::numeric_limits<std::int64_t>::max()};

    void arm(MonoTime at) {
        armed_ = at;
        timer_.expires_at(std::chrono::steady_clock::time_point(Duration(at.us)));
        timer_.async_wait([this, at](boost::system::error_code error) {
            if (!error && armed_ == at) fire();
        });
    }
    void fire() {
        armed_ = never_;
        const MonoTime now = steady_now();
        while (!timers_.empty() && timers_.begin()->first.first <= now) {
            auto node = timers_.extract(timers_.begin());
            due_.erase(node.key().second);
            node.mapped()();
        }
        if (!timers_.empty() && timers_.begin()->first.first < armed_)
            arm(timers_.begin()->first.first);
    }

    std::size_t index_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    asio::steady_timer timer_;
    LastInLine last_;
    MonoTime armed_ = never_;
    TimerId last_id_ = 0;
    bool releasing_ = false;
    std::map<std::pair<MonoTime, TimerId>, Callback> timers_;
    std::unordered_map<TimerId, MonoTime> due_;
};

class RealWorker final : public Worker {
 public:
    RealWorker(std::string name, std::function<void()> step)
        : step_(std::move(step)), thread_([this, n = std::move(name)] { run(n); }) {}
    ~RealWorker() override { stop(); }

    void wake() override {
        {
            std::lock_guard lock(mutex_);
            if (woken_) return;
            woken_ = true;
        }
        changed_.notify_one();
    }
    void wake_at(MonoTime at) override {
        {
            std::lock_guard lock(mutex_);
            if (at >= next_) return;
            next_ = at;
        }
        changed_.notify_one();
    }
    void stop() override {
        {
            std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

 private:
    static constexpr MonoTime never_{std::numeric_limits<std::int64_t>::max()};

    void run(const std::string& name) {
        name_thread(name);
        std::unique_lock lock(mutex_);
        while (!stopped_) {
            if (!woken_ && next_ > steady_now()) {
                if (next_ == never_)
                    changed_.wait(lock);
                else
                    changed_.wait_until(lock,
                                        std::chrono::steady_clock::time_point(Duration(next_.us)));
                continue;
            }
            woken_ = false;
            if (next_ <= steady_now()) next_ = never_;
            lock.unlock();
            step_();
            lock.lock();
        }
    }

    std::function<void()> step_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopped_ = false;
    MonoTime next_ = never_;
    std::thread thread_;
};

std::uint64_t seed_from_kernel() {
    std::uint64_t seed = 0;
    CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed) == 1);
    return seed;
}

class RealEnvImpl final : public RealEnv {
 public:
    explicit RealEnvImpl(std::size_t loops) {
        for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<RealLoop>(i));
        for (auto& loop : loops_)
            threads_.emplace_back([this, raw = loop.get()] {
                current_ = raw;
                owner_ = this;
                raw->run();
            });
    }
    ~RealEnvImpl() override { stop(); }

    Timestamp now() override {
        thread_local CounterClock clock;
        return clock.now();
    }
    MonoTime monotonic() override { return steady_now(); }
    std::uint64_t random() override {
        thread_local Xoshiro256 generator(seed_from_kernel());
        return generator.next();
    }
    void fill_secret(std::span<std::byte> out) override {
        CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()),
                         static_cast<int>(out.size())) == 1);
    }
    std::size_t loop_count() override { return loops_.size(); }
    Loop& loop(std::size_t index) override { return *loops_.at(index); }
    Loop& current_loop() override { return owner_ == this ? *current_ : *loops_.front(); }
    std::unique_ptr<Worker> start_worker(std::string name, std::function<void()> step) override {
        return std::make_unique<RealWorker>(std::move(name), std::move(step));
    }
    void stop() override {
        for (auto& loop : loops_) loop->release();
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
        threads_.clear();
    }

 private:
    static thread_local RealLoop* current_;
    static thread_local RealEnvImpl* owner_;
    std::vector<std::unique_ptr<RealLoop>> loops_;
    std::vector<std::thread> threads_;
};

thread_local RealLoop* RealEnvImpl::current_ = nullptr;
thread_local RealEnvImpl* RealEnvImpl::owner_ = nullptr;

}  // namespace

std::unique_ptr<RealEnv> RealEnv::start(std::size_t loops) {
    CHECK(loops >= 1);
    return std::make_unique<RealEnvImpl>(loops);
}

}  // namespace waybill
