#include "chassis/resilience/breaker.hpp"

#include <algorithm>

namespace waybill::resilience {

Breaker::Admission Breaker::admit(MonoTime now) {
    std::lock_guard lock(mutex_);
    Admission admission;
    if (state_ == State::open && now >= open_until_) {
        change(State::half_open);
        admission.became = state_;
    }
    if (state_ == State::open) {
        admission.retry_after = open_until_ - now;
        return admission;
    }
    if (state_ == State::half_open) {
        if (probes_out_ + probes_good_ >= options_.probes) {
            admission.retry_after = std::chrono::seconds(1);
            return admission;
        }
        ++probes_out_;
    }
    admission.permit = Permit{era_};
    return admission;
}

std::optional<Breaker::State> Breaker::record(Permit permit, Outcome outcome, MonoTime now,
                                              std::uint64_t random) {
    std::lock_guard lock(mutex_);
    if (permit.era != era_) return {};
    const bool changed = state_ == State::closed ? record_closed(outcome, now, random)
                                                 : record_probe(outcome, now, random);
    return changed ? std::optional(state_) : std::nullopt;
}

Breaker::State Breaker::state() const {
    std::lock_guard lock(mutex_);
    return state_;
}

void Breaker::change(State state) {
    state_ = state;
    ++era_;
    slices_ = {};
    connect_failures_ = 0;
    probes_out_ = 0;
    probes_good_ = 0;
}

void Breaker::open(MonoTime now, std::uint64_t random) {
    change(State::open);
    const std::int64_t jitter =
        options_.open.count() * static_cast<std::int64_t>(options_.open_jitter_percent) / 100;
    const auto shift =
        static_cast<std::int64_t>(random % (2 * static_cast<std::uint64_t>(jitter) + 1));
    open_until_ = now + Duration(options_.open.count() - jitter + shift);
}

void Breaker::count(Outcome outcome, MonoTime now) {
    const std::int64_t number = slice_number(now);
    Slice& slice = slices_[static_cast<std::size_t>(number % slice_count)];
    if (slice.number != number) slice = {number, 0, 0};
    ++slice.calls;
    if (outcome != Outcome::success) ++slice.failures;
}

bool Breaker::failing(MonoTime now) const {
    if (connect_failures_ >= options_.connect_failures_max) return true;
    const std::int64_t oldest = slice_number(now) - slice_count + 1;
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;
    for (const Slice& slice : slices_) {
        if (slice.number < oldest) continue;
        calls += slice.calls;
        failures += slice.failures;
    }
    return calls >= options_.calls_min && failures * 100 >= calls * options_.failure_percent;
}

bool Breaker::record_closed(Outcome outcome, MonoTime now, std::uint64_t random) {
    if (outcome == Outcome::ignored) return false;
    connect_failures_ = outcome == Outcome::connect_failure ? connect_failures_ + 1 : 0;
    count(outcome, now);
    if (outcome == Outcome::success || !failing(now)) return false;
    open(now, random);
    return true;
}

bool Breaker::record_probe(Outcome outcome, MonoTime now, std::uint64_t random) {
    --probes_out_;
    if (outcome == Outcome::ignored) return false;
    if (outcome != Outcome::success) {
        open(now, random);
        return true;
    }
    if (++probes_good_ < options_.probes) return false;
    change(State::closed);
    return true;
}

std::int64_t Breaker::slice_number(MonoTime now) const {
    return now.us / std::max<std::int64_t>(options_.window.count() / slice_count, 1);
}

const char* name(Breaker::State state) {
    switch (state) {
        case Breaker::State::closed:
            return "closed";
        case Breaker::State::open:
            return "open";
        case Breaker::State::half_open:
            return "half_open";
    }
    return "closed";
}

}  // namespace waybill::resilience
