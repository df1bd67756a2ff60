#include "chassis/messaging/relay.hpp"

#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"
#include "chassis/messaging/tables.hpp"

namespace waybill::messaging {
namespace {

constexpr std::size_t links_max = 128;

}  // namespace

Relay::Relay(Env& env, sql::Database& database, telemetry::Telemetry& telemetry, DeleteRows remove,
             Options options)
    : env_(env),
      database_(database),
      telemetry_(telemetry),
      remove_(std::move(remove)),
      options_(options),
      publish_delay_(telemetry.meter().histogram("waybill.outbox.publish.delay")) {
    CHECK(database.traits().single_owner);
}

Relay::~Relay() {
    stop();
}

void Relay::add(Destination& destination) {
    CHECK(!started_ && targets_.size() < 32);
    targets_.push_back({&destination, {}, 0});
}

void Relay::add_absent(std::string name, std::vector<std::string> event_types) {
    CHECK(!started_);
    absent_.push_back({std::move(name), std::move(event_types)});
}

void Relay::prepare(std::int64_t last_id) {
    CHECK(!worker_);
    overflow_to_ = last_id;
    worker_ = env_.start_worker("relay-" + std::string(telemetry_.service_name()).substr(0, 9),
                                [this] { step(); });
}

void Relay::start() {
    started_ = true;
    worker_->wake();
}

void Relay::stop() {
    if (worker_) worker_->stop();
}

void Relay::committed(std::vector<OutboxEntry> rows) {
    if (rows.empty()) return;
    {
        std::lock_guard lock(mutex_);
        const std::size_t held = pending() + arrived_.size();
        if (overflow_to_ != 0 || held + rows.size() > options_.memory_max)
            overflow_to_ = std::max(overflow_to_, rows.back().id);
        else
            std::move(rows.begin(), rows.end(), std::back_inserter(arrived_));
    }
    if (worker_) worker_->wake();
}

void Relay::taken(std::size_t destination, std::span<const std::int64_t> outbox_ids) {
    {
        std::lock_guard lock(mutex_);
        for (const auto id : outbox_ids) acks_.emplace_back(destination, id);
    }
    if (worker_) worker_->wake();
}

bool Relay::idle() const {
    std::lock_guard lock(mutex_);
    return arrived_.empty() && overflow_to_ == 0 && pending() == 0;
}

Duration Relay::oldest_age() const {
    const std::int64_t oldest = oldest_us_.load(std::memory_order_relaxed);
    return oldest == 0 ? Duration::zero()
                       : std::max(Duration::zero(), env_.now() - Timestamp{oldest});
}

void Relay::step() {
    std::vector<OutboxEntry> arrived;
    std::vector<std::pair<std::size_t, std::int64_t>> acks;
    {
        std::lock_guard lock(mutex_);
        arrived.swap(arrived_);
        acks.swap(acks_);
        pending_count_.store(pending_.size() + arrived.size(), std::memory_order_relaxed);
    }
    settle(acks);
    // SQL may have shown a row between its commit and the writer's word of it.
    std::erase_if(arrived, [this](const OutboxEntry& row) { return row.id <= read_to_; });
    accept(std::move(arrived));
    refill();
    send();
}

void Relay::accept(std::vector<OutboxEntry> rows) {
    std::vector<std::int64_t> nobody;
    for (auto& row : rows) {
        CHECK(row.id > read_to_);
        read_to_ = row.id;
        Pending entry;
        entry.occurred_at = row.message->meta.occurred_at;
        entry.keep = kept_for_absent(row.message->meta.type);
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            if (!targets_[i].destination->wants(row.message->meta.type)) continue;
            entry.targets |= 1U << i;
            targets_[i].queue.push_back(row);
        }
        if (entry.targets != 0) {
            order_.emplace_back(row.id, entry.occurred_at);
            pending_.emplace(row.id, entry);
        } else if (!entry.keep) {
            nobody.push_back(row.id);
        }
    }
    if (!nobody.empty()) remove_(std::move(nobody));
    pending_count_.store(pending_.size(), std::memory_order_relaxed);
}

void Relay::settle(std::span<const std::pair<std::size_t, std::int64_t>> acks) {
    if (acks.empty()) return;
    std::vector<std::int64_t> done;
    const Timestamp now = env_.now();
    for (const auto& [target, id] : acks) {
        auto it = pending_.find(id);
        const std::uint32_t bit = 1U << target;
        if (it == pending_.end() || (it->second.targets & bit) == 0) continue;
        --targets_[target].under_way;
        it->second.targets &= ~bit;
        if (it->second.targets != 0) continue;
        const auto age = now - it->second.occurred_at;
        publish_delay_.record(std::chrono::duration<double>(age).count());
        if (!it->second.keep) done.push_back(id);
        pending_.erase(it);
    }
    while (!order_.empty() && !pending_.contains(order_.front().first)) order_.pop_front();
    oldest_us_.store(order_.empty() ? 0 : order_.front().second.us, std::memory_order_relaxed);
    pending_count_.store(pending_.size(), std::memory_order_relaxed);
    if (done.empty()) return;
    faults::crash_point("after_confirm");
    remove_(std::move(done));
}

void Relay::refill() {
    for (;;) {
        std::int64_t committed_to = 0;
        {
            std::lock_guard lock(mutex_);
            if (overflow_to_ == 0) return;
            // What arrived before the overflow goes first; the rows after it come from SQL.
            if (!arrived_.empty()) return worker_->wake();
            if (read_to_ >= overflow_to_) {
                overflow_to_ = 0;
                return;
            }
            committed_to = overflow_to_;
        }
        if (pending_.size() + options_.read_rows > options_.memory_max) return;
        if (!session_) {
            auto session = database_.open_reader();
            if (!session) return worker_->wake_at(env_.monotonic() + std::chrono::seconds(1));
            session_ = std::move(*session);
        }
        const std::array<sql::Cell, 2> parameters{read_to_,
                                                  static_cast<std::int64_t>(options_.read_rows)};
        auto rows = session_->query(
            "select e.seq, e.event_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, "
            "e.type, e.schema_version, e.occurred_at, e.correlation_id, e.causation_id, "
            "e.actor_subject, e.actor_client, e.traceparent, e.tracestate, e.baggage, e.data "
            "from outbox o join events e on e.seq = o.id where o.id > ? order by o.id limit ?",
            parameters);
        if (!rows) {
            session_.reset();
            telemetry_.log().error("the relay cannot read the outbox; it tries again in a second",
                                   {{"exception.message", rows.error().message}});
            return worker_->wake_at(env_.monotonic() + std::chrono::seconds(1));
        }
        std::vector<OutboxEntry> entries;
        for (std::size_t i = 0; i < rows->size(); ++i)
            entries.push_back(read_event_row(rows->row(i)));
        const bool end = entries.size() < options_.read_rows;
        if (!entries.empty()) faults::crash_point("after_refill");
        accept(std::move(entries));
        // Ids of rows that were deleted are not in the outbox any more. What was committed after
        // the read is not meant: the next read has it.
        if (end) read_to_ = std::max(read_to_, committed_to);
    }
}

void Relay::send() {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        Target& target = targets_[i];
        while (!target.queue.empty() && target.under_way < options_.window) {
            const std::size_t count =
                std::min({target.queue.size(), options_.window - target.under_way, links_max});
            const auto end = target.queue.begin() + static_cast<std::ptrdiff_t>(count);
            std::vector<OutboxEntry> batch(std::make_move_iterator(target.queue.begin()),
                                           std::make_move_iterator(end));
            target.queue.erase(target.queue.begin(), end);
            target.under_way += count;
            publish_span(batch, target.destination->name());
            target.destination->deliver(std::move(batch), i, *this);
        }
    }
    if (!order_.empty()) oldest_us_.store(order_.front().second.us, std::memory_order_relaxed);
}

void Relay::publish_span(std::span<const OutboxEntry> batch, std::string_view destination) {
    auto parent = batch.size() == 1 ? TraceContext::parse(batch.front().message->meta.traceparent)
                                    : std::nullopt;
    auto span = telemetry_.tracer().start("publish", telemetry::Kind::client,
                                          parent.value_or(TraceContext{}));
    span.set("messaging.system", "waybill")
        .set("messaging.operation.name", "publish")
        .set("messaging.destination.name", destination)
        .set("messaging.batch.message_count", static_cast<std::int64_t>(batch.size()));
    for (const auto& entry : batch)
        if (auto context = TraceContext::parse(entry.message->meta.traceparent))
            span.link(*context);
    span.end();
}

bool Relay::kept_for_absent(std::string_view type) const {
    return std::any_of(absent_.begin(), absent_.end(), [&](const Absent& absent) {
        return std::find(absent.event_types.begin(), absent.event_types.end(), type) !=
               absent.event_types.end();
    });
}

}  // namespace waybill::messaging
