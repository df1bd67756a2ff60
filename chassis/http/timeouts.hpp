#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::http {

/// Something whose waiting has an end. Costs four words, and no timer of its own.
class Timed {
 public:
    Timed() = default;
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    /// Its time is up; it waits no longer. On the loop.
    virtual void expired() = 0;

 protected:
    ~Timed() = default;  // not while it waits

 private:
    friend class Timeouts;
    Timed* before_ = nullptr;
    Timed* after_ = nullptr;
    MonoTime at_{};
    std::uint8_t lane_ = 0;
    bool waiting_ = false;
};

/// All timeouts of one loop's connections behind one timer. A lane holds waits of (nearly) the same
/// length, so that each joins at the end of an ordered list: setting and clearing touch a few
/// pointers. On the loop's thread only.
class Timeouts {
 public:
    static constexpr std::size_t lanes = 8;

    Timeouts(Env& env, Loop& loop) : env_(env), loop_(loop) {}
    Timeouts(const Timeouts&) = delete;
    Timeouts& operator=(const Timeouts&) = delete;
    ~Timeouts() { stop(); }

    /// Replaces the wait of `timed`, if it has one.
    void set(Timed& timed, std::uint8_t lane, MonoTime at);
    void clear(Timed& timed);
    /// Ends every wait now, as if its time were up.
    void expire_all();
    /// Gives the loop's timer up. Nothing may wait any more.
    void stop();

 private:
    struct Lane {
        Timed* first = nullptr;
        Timed* last = nullptr;
    };
    void arm(MonoTime at);
    void fire();

    Env& env_;
    Loop& loop_;
    std::array<Lane, lanes> lanes_{};
    TimerId timer_ = 0;
    MonoTime armed_{};
};

}  // namespace waybill::http
