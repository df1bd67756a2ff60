#pragma once
#include <memory>

#include "chassis/base/time.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill {

/// How long what becomes ready on a loop waits for its turn, sockets that the kernel holds ready
/// included. Measured only while somebody asks, so an idle loop is never woken for it. On the
/// loop's thread only; a measurement under way outlives it.
class TurnWait {
 public:
    TurnWait(Env& env, Loop& loop);

    /// What was measured lately, or how long the measurement under way has been out by now if that
    /// is more; zero when nothing was measured lately.
    Duration look(MonoTime now);

 private:
    struct State {
        bool under_way = false;
        MonoTime asked{};
        MonoTime measured{};
        Duration wait{};
    };
    void measure(MonoTime now);

    Env& env_;
    Loop& loop_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace waybill
