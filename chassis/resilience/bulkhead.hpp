#pragma once
#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "chassis/base/time.hpp"
#include "chassis/runtime/task_fwd.hpp"

namespace waybill {
class Env;
}

namespace waybill::resilience {

/// Lets so many calls run at once and so many more wait, none longer than an age limit, in order
/// of arrival. Shared by all loops; must outlive its slots and waiters.
class Bulkhead {
 public:
    struct Options {
        std::size_t running_max = 1024;
        std::size_t waiting_max = 1024;              ///< 0: who finds no slot is refused
        Duration age_max = std::chrono::seconds(1);  ///< of a waiter
    };

    /// The right to run once; given back when destroyed. Move-only.
    class Slot {
     public:
        Slot() = default;
        explicit Slot(Bulkhead& owner) : owner_(&owner) {}
        Slot(Slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Slot& operator=(Slot&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~Slot() {
            if (owner_) owner_->leave();
        }

     private:
        Bulkhead* owner_ = nullptr;
    };

    explicit Bulkhead(Options options) : options_(options) {}

    /// A slot that is free now and that nobody waits for. Two atomic operations.
    std::optional<Slot> try_enter();
    /// A slot, waiting for one when it must; nothing when the queue is full, the age limit or the
    /// deadline has passed.
    Task<std::optional<Slot>> enter(Env& env, Deadline deadline);

    std::size_t running() const { return running_.load(std::memory_order_relaxed); }
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
    struct Waiter;
    class Place;
    bool take();
    void leave();
    void serve();

    const Options options_;
    std::atomic<std::size_t> running_{0};
    std::atomic<std::size_t> waiting_{0};
    std::mutex mutex_;
    std::list<Waiter*> queue_;
};

}  // namespace waybill::resilience
