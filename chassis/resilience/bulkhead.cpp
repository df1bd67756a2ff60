#include "chassis/resilience/bulkhead.hpp"

#include "chassis/resilience/deadline.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::resilience {

struct Bulkhead::Waiter {
    // Shared with the timer that ends the wait.
    std::shared_ptr<OneShot<bool>> turn = std::make_shared<OneShot<bool>>();
    bool served = false;  // under the bulkhead's mutex
};

/// A waiter's place in the queue; leaving it unserved, or served and unwanted, loses no slot.
class Bulkhead::Place {
 public:
    explicit Place(Bulkhead& owner) : owner_(owner) {
        std::lock_guard lock(owner_.mutex_);
        if (owner_.queue_.size() >= owner_.options_.waiting_max) return;
        at_ = owner_.queue_.insert(owner_.queue_.end(), &waiter_);
        queued_ = true;
        owner_.waiting_.fetch_add(1);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { resolve(); }

    bool queued() const { return queued_; }
    std::shared_ptr<OneShot<bool>> turn() const { return waiter_.turn; }

    /// Gives up the place; the slot that it was served with, if any.
    std::optional<Slot> resolve() {
        if (!queued_) return {};
        queued_ = false;
        std::lock_guard lock(owner_.mutex_);
        if (waiter_.served) return Slot(owner_);
        owner_.queue_.erase(at_);
        owner_.waiting_.fetch_sub(1);
        return {};
    }

 private:
    Bulkhead& owner_;
    Waiter waiter_;
    std::list<Waiter*>::iterator at_;
    bool queued_ = false;
};

std::optional<Bulkhead::Slot> Bulkhead::try_enter() {
    if (waiting_.load() != 0 || !take()) return {};
    return Slot(*this);
}

Task<std::optional<Bulkhead::Slot>> Bulkhead::enter(Env& env, Deadline deadline) {
    if (auto slot = try_enter()) co_return std::move(slot);
    const MonoTime now = env.monotonic();
    if (deadline.passed(now)) co_return std::nullopt;
    Place place(*this);
    if (!place.queued()) co_return std::nullopt;
    // A slot may have come free between the look at it and the place in the queue.
    serve();
    co_await get_until(env, place.turn(), within(deadline, now, options_.age_max));
    co_return place.resolve();
}

bool Bulkhead::take() {
    std::size_t running = running_.load();
    while (running < options_.running_max)
        if (running_.compare_exchange_weak(running, running + 1)) return true;
    return false;
}

void Bulkhead::leave() {
    running_.fetch_sub(1);
    if (waiting_.load() != 0) serve();
}

void Bulkhead::serve() {
    std::lock_guard lock(mutex_);
    while (!queue_.empty() && take()) {
        Waiter* const waiter = queue_.front();
        queue_.pop_front();
        waiting_.fetch_sub(1);
        waiter->served = true;
        waiter->turn->set(true);
    }
}

}  // namespace waybill::resilience
