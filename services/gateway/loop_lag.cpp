#include "services/gateway/loop_lag.hpp"

namespace waybill::gateway {
namespace {
constexpr Duration pause = std::chrono::milliseconds(10);
}

LoopLag::LoopLag(Env& env, resilience::LoadShedder::Options options)
    : env_(env), shared_(std::make_shared<Shared>(env.loop_count(), options)) {}

void LoopLag::sample(MonoTime now) {
    waybill::Loop& loop = env_.current_loop();
    const std::size_t index = loop.index();
    Loop& state = shared_->loops[index];
    if (state.measuring || now < state.next) return;
    state.measuring = true;
    loop.post([shared = shared_, index, queued = now, &env = env_] {
        const MonoTime ran = env.monotonic();
        shared->shedder.waited(ran - queued, ran);
        shared->loops[index].measuring = false;
        shared->loops[index].next = ran + pause;
    });
}

}  // namespace waybill::gateway
