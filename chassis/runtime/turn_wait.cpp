#include "chassis/runtime/turn_wait.hpp"

#include <algorithm>

namespace waybill {
namespace {
constexpr Duration pause = std::chrono::milliseconds(10);
constexpr Duration lately = std::chrono::milliseconds(100);
}  // namespace

TurnWait::TurnWait(Env& env, Loop& loop) : env_(env), loop_(loop) {}

Duration TurnWait::look(MonoTime now) {
    State& state = *state_;
    if (!state.under_way && now >= state.measured + pause) measure(now);
    const Duration out = state.under_way ? now - state.asked : Duration::zero();
    const bool fresh = now < state.measured + lately;
    return fresh ? std::max(state.wait, out) : out;
}

void TurnWait::measure(MonoTime now) {
    state_->under_way = true;
    state_->asked = now;
    loop_.post_behind([state = state_, &env = env_] {
        state->measured = env.monotonic();
        state->wait = state->measured - state->asked;
        state->under_way = false;
    });
}

}  // namespace waybill
