#pragma once
#include <ucontext.h>

#include <cstddef>
#include <functional>

namespace waybill::simulation {

/// A stack of its own for a function that may be suspended in the middle: how the blocking steps of
/// a simulated thread interleave with others on the one real thread. Not thread-safe.
class Fiber {
 public:
    Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
    ~Fiber();  ///< the body must have ended

    /// Runs `body` until it ends or suspends. Once the last body has ended; it must not throw.
    void start(std::function<void()> body);
    /// Goes on where the body suspended.
    void resume();
    /// A body has been started and has not ended.
    bool active() const { return active_; }

    /// The fiber that the caller runs on; nullptr on the thread's own stack.
    static Fiber* current();
    /// Suspends the current fiber: its start() or resume() returns.
    static void suspend();

 private:
    static void enter();
    void switch_in();
    void switch_out(bool for_good);

    std::byte* stack_ = nullptr;
    ucontext_t own_{};
    ucontext_t caller_{};
    Fiber* outer_ = nullptr;  ///< the fiber that resumed this one
    std::function<void()> body_;
    bool active_ = false;
    // What the address sanitizer has to be told of a switch.
    void* own_fake_stack_ = nullptr;
    void* caller_fake_stack_ = nullptr;
    const void* caller_bottom_ = nullptr;
    std::size_t caller_size_ = 0;
};

}  // namespace waybill::simulation
