#include "app/load/run.hpp"

#include <algorithm>

namespace waybill::load {
namespace {

constexpr Duration one_second = std::chrono::seconds(1);
constexpr Duration pause_max = std::chrono::milliseconds(100);
constexpr Duration lead = std::chrono::milliseconds(20);

double rate_at(const Phase& phase, Duration since) {
    const double share =
        std::clamp(static_cast<double>(since.count()) /
                       static_cast<double>(std::max<std::int64_t>(phase.length.count(), 1)),
                   0.0, 1.0);
    return phase.from + (phase.to - phase.from) * share;
}

}  // namespace

Run::Run(const Common& common, const LaneOptions& options, std::vector<Phase> phases,
         Progress progress)
    : common_(common), planned_(std::move(phases)), progress_(std::move(progress)) {
    const std::size_t count = common.env.loop_count();
    LaneOptions share = options;
    for (std::size_t i = 0; i < count; ++i) {
        share.connections = options.connections / count + (i < options.connections % count);
        lanes_.push_back(std::make_unique<Lane>(common, share, Schedule::Lane{i, count}));
    }
}

Task<RunResult> Run::run() {
    result_.began = common_.env.now();
    start_ = common_.env.monotonic() + lead;
    next_look_ = start_ + one_second;
    MonoTime begins = start_;
    for (const Phase& planned : planned_) {
        if (stopping_.load(std::memory_order_relaxed)) break;
        Phase phase = planned;
        if (phase.of_peak) {
            const double peak =
                std::max(peak_goodput(result_.timeline, Duration::zero(), begins - start_), 1.0);
            phase.from *= peak;
            phase.to *= peak;
        }
        co_await begin(phase, begins);
        co_await follow(begins + phase.length);
        begins = begins + phase.length;
    }
    co_await settle();
    result_.elapsed = common_.env.monotonic() - start_;
    for (const auto& lane : lanes_)
        for (std::size_t i = 0; i < lane->tallies().size(); ++i)
            result_.phases[i].tally.merge(lane->tallies()[i]);
    result_.overload = judge_overload(result_);
    co_return std::move(result_);
}

Task<void> Run::begin(Phase phase, MonoTime start) {
    now_ = phase;
    now_began_ = start;
    result_.phases.push_back({phase, start - start_, {}});
    for (const auto& lane : lanes_) {
        auto done = std::make_shared<OneShot<bool>>();  // shared with the other loop
        lane->loop().post([&lane = *lane, phase, start, begun = start_, done] {
            lane.begin(phase, begun, start);
            done->set(true);
        });
        co_await OneShot<bool>::get(done);
    }
}

Task<void> Run::follow(MonoTime until) {
    for (;;) {
        const MonoTime now = common_.env.monotonic();
        if (now >= next_look_) co_await look();
        co_await halt_if_asked();
        if (halted_ || now >= until) break;
        co_await sleep_until(common_.env, std::min({until, next_look_, now + pause_max}));
    }
    // The next phase's rate may hang on what this one came to.
    co_await look();
}

Task<void> Run::settle() {
    for (;;) {
        co_await halt_if_asked();
        if (co_await look()) break;
        co_await sleep_until(common_.env, common_.env.monotonic() + pause_max);
    }
}

Task<void> Run::halt_if_asked() {
    if (halted_ || !stopping_.load(std::memory_order_relaxed)) co_return;
    halted_ = true;
    result_.interrupted = true;
    for (const auto& lane : lanes_) {
        auto done = std::make_shared<OneShot<bool>>();  // shared with the other loop
        lane->loop().post([&lane = *lane, done] {
            lane.stop();
            done->set(true);
        });
        co_await OneShot<bool>::get(done);
    }
}

Task<Lane::Recent> Run::ask(Lane& lane) {
    auto shot = std::make_shared<OneShot<Lane::Recent>>();  // shared with the other loop
    lane.loop().post([&lane, shot] { shot->set(lane.take_recent()); });
    auto recent = co_await OneShot<Lane::Recent>::get(shot);
    co_return std::move(*recent);
}

/// Gathers all lanes; tells the progress when a second is over. Whether all are idle.
Task<bool> Run::look() {
    Timeline timeline;
    bool idle = true;
    Moment moment;
    for (const auto& lane : lanes_) {
        const Lane::Recent recent = co_await ask(*lane);
        timeline.merge(recent.timeline);
        since_.merge(recent.latency);
        moment.queued += recent.queued;
        moment.running += recent.running;
        idle = idle && recent.idle;
    }
    result_.timeline = std::move(timeline);
    const MonoTime now = common_.env.monotonic();
    if (now < next_look_) co_return idle;
    const auto whole = static_cast<std::size_t>((now - start_) / one_second);
    next_look_ = start_ + one_second * static_cast<std::int64_t>(whole + 1);
    result_.p99.resize(whole);
    result_.p99.back() = since_.at(0.99);
    moment.elapsed = now - start_;
    moment.phase = now_.name;
    moment.offered = rate_at(now_, now - now_began_);
    if (now >= now_began_ + now_.length) moment.offered = 0;
    moment.second = result_.timeline.at(one_second * static_cast<std::int64_t>(whole - 1));
    moment.latency = since_;
    since_.clear();
    if (progress_) progress_(moment);
    co_return idle;
}

}  // namespace waybill::load
