#include "tests/simulation/scheduler.hpp"

#include <algorithm>

namespace waybill::simulation {
namespace {

constexpr std::uint64_t order_stream = 1;
constexpr std::uint64_t event_lane = 0;

}  // namespace

Scheduler::Scheduler(std::uint64_t seed) : order_(seed, order_stream) {}

void Scheduler::add(Lane& lane) {
    lanes_.push_back({&lane, ++last_lane_});
}

void Scheduler::remove(Lane& lane) {
    std::erase_if(lanes_, [&](const Entry& entry) { return entry.lane == &lane; });
}

void Scheduler::at(MonoTime at, Callback callback) {
    events_.emplace(std::pair(std::max(at, now_), ++last_event_), std::move(callback));
}

std::optional<MonoTime> Scheduler::next_time() const {
    std::optional<MonoTime> first;
    if (!events_.empty()) first = events_.begin()->first.first;
    for (const Entry& entry : lanes_)
        if (const auto at = entry.lane->ready_at(); at && (!first || *at < *first)) first = at;
    return first;
}

bool Scheduler::step(MonoTime until) {
    for (;;) {
        ready_.clear();
        if (!events_.empty() && events_.begin()->first.first <= now_)
            ready_.push_back({nullptr, event_lane});
        for (const Entry& entry : lanes_)
            if (entry.lane->ready(now_)) ready_.push_back(entry);
        if (!ready_.empty()) break;
        const auto next = next_time();
        if (!next || *next > until) {
            now_ = std::max(now_, until);
            return false;
        }
        now_ = std::max(now_, *next);
    }
    const Entry chosen = ready_[order_.below(ready_.size())];
    ++steps_;
    note(chosen.id);
    note(static_cast<std::uint64_t>(now_.us));
    if (chosen.lane != nullptr) {
        chosen.lane->run();
        return true;
    }
    auto event = events_.extract(events_.begin());
    event.mapped()();
    return true;
}

void Scheduler::note(std::uint64_t value) {
    constexpr std::uint64_t prime = 0x100000001b3U;
    for (int i = 0; i < 8; ++i) {
        hash_ = (hash_ ^ (value & 0xffU)) * prime;
        value >>= 8U;
    }
}

void Scheduler::note(std::string_view text) {
    note(text.size());
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
}

}  // namespace waybill::simulation
