#include "chassis/auth/remote_keys.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "chassis/auth/url.hpp"
#include "chassis/base/json.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::auth {
namespace {

constexpr std::size_t discovery_bytes_max = 64 * 1024;
constexpr std::string_view discovery_path = "/.well-known/openid-configuration";

using Answer = OneShot<bool>;

/// Someone who needs a key that was not there.
struct Waiter {
    std::string kid;
    std::shared_ptr<Answer> answer;  // shared with the coroutine that awaits it
    bool before_fetch = false;       ///< asked before the running fetch began
};

/// One task on loop 0 does all fetching, so there is never more than one at a time.
class Remote final : public RemoteKeySource {
 public:
    Remote(RemoteKeysOptions options, Env& env, DocumentFetcher& fetcher,
           telemetry::Telemetry& telemetry)
        : options_(std::move(options)),
          env_(env),
          fetcher_(fetcher),
          log_(telemetry.log()),
          scope_(env.loop(0)) {}

    std::shared_ptr<const KeySet> current() const override { return slot_.get(); }
    std::uint64_t version() const override { return slot_.version(); }
    Task<bool> refresh_for(std::string kid, Deadline deadline) override;

    void start() override {
        env_.loop(0).post([this] { scope_.spawn(live()); });
    }
    Task<void> drain() override;

 private:
    Task<void> live();
    bool stopping();
    Task<Status> fetch();
    Task<Result<std::string>> get(std::string url, std::size_t bytes_max, Deadline deadline);
    Task<void> rest(MonoTime next, MonoTime soonest);
    void begin_fetch();
    void end_fetch(bool had);
    void note(const Status& fetched);
    Duration pause_after(bool had);
    std::shared_ptr<Answer> alarm(MonoTime next, MonoTime soonest, MonoTime& until);

    const RemoteKeysOptions options_;
    Env& env_;
    DocumentFetcher& fetcher_;
    telemetry::Logger& log_;
    TaskScope scope_;
    KeySlot slot_;
    Duration backoff_{};  // loop 0 only, as is down_
    bool down_ = false;

    std::mutex mutex_;  // guards what follows
    std::vector<Waiter> waiters_;
    std::map<std::string, MonoTime> absent_until_;
    MonoTime down_until_{};
    std::shared_ptr<Answer> alarm_;  // shared with the task that rests
    bool stopping_ = false;
};

Task<bool> Remote::refresh_for(std::string kid, Deadline deadline) {
    auto answer = std::make_shared<Answer>();
    {
        const MonoTime now = env_.monotonic();
        std::lock_guard lock(mutex_);
        const auto absent = absent_until_.find(kid);
        if (absent != absent_until_.end() && now < absent->second) co_return true;
        if (stopping_ || now < down_until_ || waiters_.size() >= options_.waiters_max)
            co_return false;
        waiters_.push_back({std::move(kid), answer});
        if (alarm_) alarm_->set(true);
    }
    const auto had = co_await get_until(env_, answer, deadline);
    co_return had.value_or(false);
}

Task<void> Remote::live() {
    while (!stopping()) {
        begin_fetch();
        const Status fetched = co_await fetch();
        if (stopping()) break;
        note(fetched);
        const MonoTime now = env_.monotonic();
        const MonoTime next = now + pause_after(fetched.has_value());
        {
            std::lock_guard lock(mutex_);
            down_until_ = fetched ? MonoTime{} : next;
        }
        end_fetch(fetched.has_value());
        co_await rest(next, now + options_.refetch_interval);
    }
}

Task<Result<std::string>> Remote::get(std::string url, std::size_t bytes_max, Deadline deadline) {
    if (!fetchable(url)) co_return fail(Problem::bad_gateway, "An URL is neither https nor local.");
    auto document = co_await fetcher_.get(std::move(url), bytes_max, deadline);
    if (!document) co_return fail(std::move(document.error()));
    if (document->status != 200)
        co_return fail(Problem::bad_gateway, fmt::format("It answered {}.", document->status));
    if (document->body.size() > bytes_max)
        co_return fail(Problem::payload_too_large, "It answered too much.");
    co_return std::move(document->body);
}

Task<Status> Remote::fetch() {
    const Deadline deadline = Deadline::after(env_.monotonic(), options_.fetch_timeout);
    auto text =
        co_await get(options_.issuer + std::string(discovery_path), discovery_bytes_max, deadline);
    if (!text) co_return fail(std::move(text.error()));
    const auto discovery = json::parse(*text);
    if (!discovery) co_return fail(discovery.error());
    if (discovery->text_at("issuer") != options_.issuer)
        co_return fail(Problem::bad_gateway, "The discovery document names another issuer.");
    auto jwks =
        co_await get(std::string(discovery->text_at("jwks_uri")), KeySet::bytes_max, deadline);
    if (!jwks) co_return fail(std::move(jwks.error()));
    auto keys = KeySet::parse(*jwks);
    if (!keys) co_return fail(std::move(keys.error()));
    const std::size_t count = (*keys)->size();
    if (slot_.set(std::move(*keys)))
        log_.info("The issuer's keys have changed",
                  {{"waybill.issuer", options_.issuer}, {"waybill.count", count}});
    co_return Status();
}

bool Remote::stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
}

void Remote::note(const Status& fetched) {
    if (!fetched && !down_)
        log_.warn(
            "The issuer's keys could not be fetched",
            {{"waybill.issuer", options_.issuer}, {"exception.message", fetched.error().detail}});
    if (fetched && down_)
        log_.info("The issuer's keys can be fetched again", {{"waybill.issuer", options_.issuer}});
    down_ = !fetched;
}

Duration Remote::pause_after(bool had) {
    const double share =
        static_cast<double>(env_.random() >> 11U) / static_cast<double>(1ULL << 53U);
    if (had) {
        backoff_ = Duration::zero();
        const auto whole = static_cast<double>(options_.refresh_interval.count());
        return Duration(static_cast<std::int64_t>(whole * (0.9 + 0.2 * share)));
    }
    backoff_ = std::clamp(backoff_ * 2, options_.retry_min, options_.retry_max);
    const auto whole = static_cast<double>(backoff_.count());
    return Duration(static_cast<std::int64_t>(whole * (0.5 + 0.5 * share)));
}

void Remote::begin_fetch() {
    std::lock_guard lock(mutex_);
    for (Waiter& waiter : waiters_) waiter.before_fetch = true;
}

/// Answers everyone whom this fetch can answer. Who asked while it ran and did not find the key
/// waits for the next one: the set may have been read before the key was made.
void Remote::end_fetch(bool had) {
    const auto keys = slot_.get();
    std::vector<Waiter> answered;
    {
        std::lock_guard lock(mutex_);
        const MonoTime now = env_.monotonic();
        std::erase_if(absent_until_, [&](const auto& entry) { return entry.second <= now; });
        auto stays = [&](const Waiter& waiter) {
            return had && !waiter.before_fetch && !keys->has(waiter.kid);
        };
        const auto middle = std::partition(waiters_.begin(), waiters_.end(), stays);
        answered.assign(std::make_move_iterator(middle), std::make_move_iterator(waiters_.end()));
        waiters_.erase(middle, waiters_.end());
        for (const Waiter& waiter : answered)
            if (had && !keys->has(waiter.kid) && absent_until_.size() < options_.negative_max)
                absent_until_[waiter.kid] = now + options_.negative_ttl;
    }
    for (const Waiter& waiter : answered) waiter.answer->set(had);
}

/// When to go on, and what to wait on until then; nothing when it is time.
std::shared_ptr<Answer> Remote::alarm(MonoTime next, MonoTime soonest, MonoTime& until) {
    std::lock_guard lock(mutex_);
    const bool asked = !waiters_.empty() && !(env_.monotonic() < down_until_);
    until = asked ? soonest : next;
    alarm_ = stopping_ || env_.monotonic() >= until ? nullptr : std::make_shared<Answer>();
    return alarm_;
}

Task<void> Remote::rest(MonoTime next, MonoTime soonest) {
    MonoTime until{};
    while (auto waking = alarm(next, soonest, until))
        co_await get_until(env_, waking, Deadline{until});
}

Task<void> Remote::drain() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        if (alarm_) alarm_->set(true);
        for (const Waiter& waiter : waiters_) waiter.answer->set(false);
        waiters_.clear();
    }
    fetcher_.cancel();
    co_await scope_.drain();
}

}  // namespace

bool fetchable(std::string_view url) {
    const auto parsed = Url::parse(url);
    return parsed && (parsed->secure || parsed->loopback());
}

Result<std::unique_ptr<RemoteKeySource>> RemoteKeySource::create(RemoteKeysOptions options,
                                                                 Env& env, DocumentFetcher& fetcher,
                                                                 telemetry::Telemetry& telemetry) {
    if (!fetchable(options.issuer) || options.issuer.ends_with('/'))
        return fail(Problem::validation_failed,
                    fmt::format("The issuer {} must be https (or http on loopback), without a "
                                "final slash.",
                                options.issuer));
    return std::make_unique<Remote>(std::move(options), env, fetcher, telemetry);
}

}  // namespace waybill::auth
