#pragma once
#include <vector>

#include "chassis/resilience/shedder.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/turn_wait.hpp"

namespace waybill::gateway {

/// Tells the shedder how long work waits for its turn on each loop, while there is work.
class LoopLag {
 public:
    LoopLag(Env& env, resilience::LoadShedder::Options options);

    /// A request is at hand on the calling loop: perhaps a moment to look.
    void sample(MonoTime now);
    bool refuse(resilience::Importance importance, std::uint64_t random) const {
        return shedder_.refuse(importance, random);
    }

 private:
    struct alignas(64) Loop {
        TurnWait wait;
        MonoTime next{};
    };
    Env& env_;
    resilience::LoadShedder shedder_;
    std::vector<Loop> loops_;  // each touched on its own loop alone
};

}  // namespace waybill::gateway
