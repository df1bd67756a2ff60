#include "app/load/lane.hpp"

#include <fmt/format.h>

namespace waybill::load {
namespace {

/// Seeds of different uses differ, and those of different lanes.
std::uint64_t seed_of(const Common& common, Schedule::Lane place, std::uint64_t use) {
    return common.seed * 0x9e3779b97f4a7c15U + place.index * 1'000'003 + use;
}

constexpr std::uint64_t choices_use = 1;
constexpr std::uint64_t calls_use = 2;
constexpr std::uint64_t arrivals_use = 16;  // and one more for each phase

}  // namespace

Lane::Lane(const Common& common, const LaneOptions& options, Schedule::Lane place)
    : common_(common),
      options_(options),
      place_(place),
      loop_(common.env.loop(place.index)),
      scope_(loop_),
      random_(seed_of(common, place, choices_use)),
      maker_(common.shop, options.mix, fmt::format("{}-{}-", common.run_name, place.index),
             seed_of(common, place, calls_use)) {}

void Lane::begin(const Phase& phase, MonoTime run_start, MonoTime start) {
    if (stopped_) return;
    run_start_ = run_start;
    tallies_.emplace_back();
    schedule_.emplace(phase, start, options_.arrivals, place_,
                      seed_of(common_, place_, arrivals_use + tallies_.size()));
    next_ = schedule_->next();
    arrive();
}

/// Takes what is due; the timer brings the rest. No arrival waits for another's answer.
void Lane::arrive() {
    loop_.cancel_timer(timer_);
    const MonoTime now = common_.env.monotonic();
    while (next_ && *next_ <= now) {
        Arrival arrival;
        arrival.at = *next_;
        arrival.phase = tallies_.size() - 1;
        arrival.drawn = options_.mix.pick(random_.next());
        ++timeline_.at(arrival.at - run_start_).arrivals;
        ++tallies_.back().operations[static_cast<std::size_t>(arrival.drawn)].arrivals;
        take(std::move(arrival));
        next_ = schedule_->next();
    }
    if (next_) timer_ = loop_.start_timer(*next_, [this] { arrive(); });
}

void Lane::take(Arrival arrival) {
    if (running_ < options_.connections) {
        ++running_;
        scope_.spawn(work(std::move(arrival)));
        return;
    }
    if (queue_.size() >= options_.queue_max)
        end(arrival);
    else
        queue_.push_back(std::move(arrival));
}

Task<void> Lane::work(Arrival arrival) {
    for (;;) {
        bool waits = false;
        co_await carry_out(arrival, waits);
        if (!waits) end(arrival);
        if (queue_.empty()) break;
        arrival = std::move(queue_.front());
        queue_.pop_front();
    }
    --running_;
}

/// Attempts until there is nothing more to try, or the next one has to wait.
Task<void> Lane::carry_out(Arrival& arrival, bool& waits) {
    for (;;) {
        const MonoTime now = common_.env.monotonic();
        if (now >= arrival.at + options_.timeout) co_return;
        if (!arrival.call) {
            if (now >= arrival.at + options_.timeout / 2) co_return;
            arrival.call = maker_.make(arrival.drawn, orders_, now);
            Tally& tally = tallies_[arrival.phase];
            tally.sent(now - arrival.at);
            if (arrival.call->replaced)
                ++tally.operations[static_cast<std::size_t>(arrival.drawn)].replaced;
        }
        co_await attempt(arrival);
        const auto pause = stopped_ ? std::nullopt : pause_before_next(arrival);
        if (!pause) co_return;
        if (*pause == Duration::zero()) continue;
        waits = true;
        sleep(std::move(arrival), *pause);
        co_return;
    }
}

Task<void> Lane::attempt(Arrival& arrival) {
    const Call& call = *arrival.call;
    const Deadline deadline{arrival.at + options_.timeout};
    const Timestamp sent = common_.env.now();
    const auto token = call.token ? common_.tokens.get(*call.token) : nullptr;
    auto response =
        co_await common_.target.handle(request_of(call, token ? *token : std::string()), deadline);
    auto body = co_await http::read_all(response.body, std::size_t{16} << 20U, deadline);
    if (!body) response.origin = http::Origin::protocol_error;
    const std::string_view text = body ? std::string_view(*body) : std::string_view();
    ++arrival.attempts;
    arrival.last = judge(call.operation, response, text);
    tallies_[arrival.phase].attempted(arrival.last);
    if (common_.history != nullptr) {
        const auto& customers = common_.shop.customers;
        common_.history->write(sent, customers.empty() ? "" : customers[call.customer].id, call,
                               arrival.last, text);
    }
    if (arrival.last.outcome == Outcome::acknowledged)
        learn(call, response.headers.get("Location").value_or(std::string_view()));
}

std::optional<Duration> Lane::pause_before_next(const Arrival& arrival) {
    const Outcome outcome = arrival.last.outcome;
    if (outcome == Outcome::acknowledged || outcome == Outcome::refused) return std::nullopt;
    if (options_.retry == Retry::none) return std::nullopt;
    const MonoTime now = common_.env.monotonic();
    if (now >= arrival.at + options_.timeout) return std::nullopt;
    if (options_.retry == Retry::storm)
        // Where nobody listens, asking again costs no time at all.
        return outcome == Outcome::failed ? Duration(std::chrono::milliseconds(1))
                                          : Duration::zero();
    constexpr int attempts_max = 3;
    if (arrival.attempts >= attempts_max) return std::nullopt;
    constexpr Duration first = std::chrono::milliseconds(100);
    Duration pause = arrival.last.retry_after.value_or(first * (1 << arrival.attempts));
    // A fifth of jitter, so that those refused together do not come back together.
    pause += Duration(static_cast<std::int64_t>(random_.next() %
                                                static_cast<std::uint64_t>(pause.count() / 5 + 1)));
    if (now + pause >= arrival.at + options_.timeout) return std::nullopt;
    return pause;
}

void Lane::sleep(Arrival arrival, Duration pause) {
    // The timer's own id is known only once it has been started.
    auto number = std::make_shared<TimerId>(0);  // shared with the timer
    *number = loop_.start_timer(common_.env.monotonic() + pause, [this, number] {
        auto node = sleeping_.extract(*number);
        take(std::move(node.mapped()));
    });
    sleeping_.emplace(*number, std::move(arrival));
}

void Lane::end(const Arrival& arrival) {
    const Operation operation = arrival.call ? arrival.call->operation : arrival.drawn;
    const Outcome outcome = arrival.last.outcome;
    const MonoTime now = common_.env.monotonic();
    tallies_[arrival.phase].ended(operation, outcome, now - arrival.at);
    ++timeline_.at(now - run_start_).ended[static_cast<std::size_t>(outcome)];
    if (outcome != Outcome::acknowledged) return;
    recent_.record(now - arrival.at);
    ++timeline_.at(arrival.at - run_start_).served;
}

/// An order that was created says its id in `Location: /v1/orders/{id}`.
void Lane::learn(const Call& call, std::string_view location) {
    const MonoTime now = common_.env.monotonic();
    if (call.operation == Operation::confirm)
        orders_.confirmed({call.order->id, call.order->customer, now});
    if (call.operation != Operation::create) return;
    const auto id = Uuid::parse(location.substr(location.rfind('/') + 1));
    if (id) orders_.placed({*id, call.customer, now}, call.manual);
}

void Lane::stop() {
    stopped_ = true;
    next_.reset();
    loop_.cancel_timer(timer_);
    for (const auto& arrival : queue_) end(arrival);
    queue_.clear();
    for (const auto& [timer, arrival] : sleeping_) {
        loop_.cancel_timer(timer);
        end(arrival);
    }
    sleeping_.clear();
}

bool Lane::idle() const {
    return !next_ && running_ == 0 && scope_.size() == 0 && queue_.empty() && sleeping_.empty();
}

Lane::Recent Lane::take_recent() {
    Recent recent{timeline_, recent_, queue_.size(), running_, idle()};
    recent_.clear();
    return recent;
}

}  // namespace waybill::load
