#pragma once
#include <memory>
#include <vector>

#include "chassis/resilience/shedder.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::gateway {

/// Measures how long work waits for its turn on each loop, while there is work, and tells the
/// shedder. An idle loop is never woken for it.
class LoopLag {
 public:
    LoopLag(Env& env, resilience::LoadShedder::Options options);

    /// A request is at hand on the calling loop: perhaps a moment to measure.
    void sample(MonoTime now);
    bool refuse(resilience::Importance importance, std::uint64_t random) const {
        return shared_->shedder.refuse(importance, random);
    }

 private:
    struct alignas(64) Loop {
        MonoTime next{};
        bool measuring = false;
    };
    struct Shared {
        Shared(std::size_t loop_count, resilience::LoadShedder::Options options)
            : shedder(options), loops(loop_count) {}
        resilience::LoadShedder shedder;
        std::vector<Loop> loops;  // each touched on its own loop alone
    };
    Env& env_;
    std::shared_ptr<Shared> shared_;  // shared with measurements still queued on a loop
};

}  // namespace waybill::gateway
