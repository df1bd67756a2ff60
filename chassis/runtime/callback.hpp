#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace waybill {

/// A move-only `void()` function, called at most once (std::move_only_function is C++23).
class Callback {
 public:
    Callback() = default;
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Callback>)
    Callback(F&& function)  // takes any callable
        : held_(std::make_unique<Held<std::remove_cvref_t<F>>>(std::forward<F>(function))) {}
    explicit operator bool() const { return held_ != nullptr; }
    void operator()() {
        auto held = std::move(held_);
        held->call();
    }

 private:
    struct Base {
        virtual ~Base() = default;
        virtual void call() = 0;
    };
    template <class F>
    struct Held final : Base {
        explicit Held(F&& f) : function(std::move(f)) {}
        explicit Held(const F& f) : function(f) {}
        void call() override { function(); }
        F function;
    };
    std::unique_ptr<Base> held_;
};

}  // namespace waybill
