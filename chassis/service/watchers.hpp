#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/runtime/async.hpp"

namespace waybill::service {

class Watchers;

/// An interest in topics; ends when destroyed. Held by the coroutine that waits.
class Watch {
 public:
    ~Watch();
    /// Resumes when a topic has changed since the last call (or since the watch began); false
    /// when `deadline` passes first.
    Task<bool> changed(Deadline deadline);

 private:
    friend class Watchers;
    struct State;
    Watch(Watchers& watchers, std::vector<std::string> topics, std::uint64_t id,
          std::shared_ptr<State> state);
    Watchers& watchers_;
    std::vector<std::string> topics_;
    std::uint64_t id_;
    std::shared_ptr<State> state_;  // shared with a notify() under way
};

/// Tells coroutines that wait (`Prefer: wait`, streams) that something was committed. A topic is
/// an aggregate's id (16 raw bytes) or a text of the service's own, such as `user:<sub>`. To miss
/// nothing: watch first, read then, wait. Thread-safe.
class Watchers {
 public:
    /// At most `watches_max` at once.
    Watchers(Env& env, std::size_t watches_max) : env_(env), watches_max_(watches_max) {}
    /// Nothing when too many wait already: the answer then comes at once.
    std::unique_ptr<Watch> watch(std::string topic);
    /// One watch of several topics, no topic twice.
    std::unique_ptr<Watch> watch(std::vector<std::string> topics);
    /// From any thread; never blocks for long.
    void notify(std::string_view topic);
    /// Wakes everybody; every later wait answers at once: the process is stopping.
    void close();
    bool closed() const { return closed_.load(std::memory_order_relaxed); }
    std::size_t size() const { return count_.load(std::memory_order_relaxed); }

 private:
    friend class Watch;
    void end(const std::vector<std::string>& topics, std::uint64_t id);

    Env& env_;
    std::size_t watches_max_;
    std::atomic<std::size_t> count_{0};
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::uint64_t last_id_ = 0;
    std::map<std::string, std::map<std::uint64_t, std::shared_ptr<Watch::State>>, std::less<>>
        topics_;
};

}  // namespace waybill::service
