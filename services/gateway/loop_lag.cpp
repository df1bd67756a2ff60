#include "services/gateway/loop_lag.hpp"

namespace waybill::gateway {
namespace {
constexpr Duration pause = std::chrono::milliseconds(10);
}

LoopLag::LoopLag(Env& env, resilience::LoadShedder::Options options)
    : env_(env), shedder_(options) {
    for (std::size_t i = 0; i < env.loop_count(); ++i)
        loops_.push_back({.wait = TurnWait(env, env.loop(i))});
}

void LoopLag::sample(MonoTime now) {
    Loop& loop = loops_[env_.current_loop().index()];
    if (now < loop.next) return;
    loop.next = now + pause;
    shedder_.waited(loop.wait.look(now), now);
}

}  // namespace waybill::gateway
