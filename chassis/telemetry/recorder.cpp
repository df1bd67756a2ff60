#include "chassis/telemetry/recorder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace waybill::telemetry {

thread_local constinit Recorder::Local Recorder::local{0, nullptr};

/// The producers of one thread, one for each recorder it writes to. When the thread ends, others
/// may take them over.
class ThreadProducers {
 public:
    ~ThreadProducers() {
        Recorder::local = {0, nullptr};
        for (auto& [id, producer] : held_) producer->in_use.store(false, std::memory_order_release);
    }
    Producer* find(std::uint64_t id) {
        for (auto& [owner, producer] : held_)
            if (owner == id) return producer.get();
        return nullptr;
    }
    void hold(std::uint64_t id, std::shared_ptr<Producer> producer) {
        std::erase_if(held_, [](const auto& entry) { return entry.second.use_count() == 1; });
        held_.emplace_back(id, std::move(producer));
    }

 private:
    std::vector<std::pair<std::uint64_t, std::shared_ptr<Producer>>> held_;
};

namespace {

constexpr std::size_t ring_bytes_min = std::size_t{16} << 10U;
static_assert(ring_bytes_min > 2 * span_record_bytes_max);

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Recorder::Recorder(Env& env, std::size_t ring_bytes_max)
    : env_(env), id_(next_id()), ring_bytes_max_(ring_bytes_max) {}

Recorder::~Recorder() = default;

Producer& Recorder::find_mine() {
    thread_local ThreadProducers threads_own;
    Producer* producer = threads_own.find(id_);
    if (producer == nullptr) {
        auto made = adopt_or_make();
        producer = made.get();
        threads_own.hold(id_, std::move(made));
    }
    local = {id_, producer};
    return *producer;
}

std::shared_ptr<Producer> Recorder::adopt_or_make() {
    std::lock_guard lock(mutex_);
    for (auto& producer : producers_)
        if (!producer->in_use.load(std::memory_order_acquire)) {
            producer->in_use.store(true, std::memory_order_relaxed);
            return producer;
        }
    producers_.push_back(std::make_shared<Producer>(next_ring_bytes(), env_.random()));
    return producers_.back();
}

/// An eighth of what is left, so that the first threads (the loops) get the most and some forty
/// get any.
std::size_t Recorder::next_ring_bytes() const {
    std::size_t left = ring_bytes_max_;
    for (const auto& producer : producers_) left -= producer->ring.capacity();
    if (left < ring_bytes_min) return 0;
    return std::max(ring_bytes_min, std::bit_floor(left / 8));
}

std::vector<Producer*> Recorder::producers() const {
    std::lock_guard lock(mutex_);
    std::vector<Producer*> all;
    all.reserve(producers_.size());
    for (const auto& producer : producers_) all.push_back(producer.get());
    return all;
}

std::size_t Recorder::ring_bytes() const {
    std::size_t sum = 0;
    for (const Producer* producer : producers()) sum += producer->ring.capacity();
    return sum;
}

char* Recorder::reserve(Producer& producer, Signal signal, std::uint16_t service,
                        std::size_t size) {
    char* to = producer.ring.reserve(size);
    if (to == nullptr) [[unlikely]] {
        const Drop why = producer.ring.capacity() == 0 ? Drop::no_queue : Drop::queue_full;
        producer.tallies[service].dropped[std::size_t(signal)][std::size_t(why)].add();
        hurry();
    }
    return to;
}

void Recorder::hand_over(Producer& producer, std::size_t size) {
    producer.ring.commit(size);
    if (!armed_.load(std::memory_order_relaxed)) [[unlikely]]
        arm();
    if (producer.ring.filling()) [[unlikely]]
        hurry();
}

void Recorder::arm() {
    Worker* reader = reader_.load(std::memory_order_acquire);
    if (reader != nullptr && !armed_.exchange(true)) reader->wake_at(env_.monotonic() + round);
}

void Recorder::hurry() {
    Worker* reader = reader_.load(std::memory_order_acquire);
    if (reader != nullptr && !hurried_.load(std::memory_order_relaxed) && !hurried_.exchange(true))
        reader->wake();
}

void Recorder::finish(Span& span, std::uint16_t service, Timestamp end) {
    Producer& producer = mine();
    producer.tallies[service].ended.add();
    const std::size_t links = span.more_links_ ? span.more_links_->used : 0;
    const std::size_t size = sizeof(SpanRecord) + span.name_size_ + span.used_ + links;
    char* to = reserve(producer, Signal::span, service, size);
    if (to == nullptr) return;
    // Made in its place: a copy from the stack would wait for the stores to it.
    ::new (to) SpanRecord{
        .head = {Signal::span, static_cast<std::uint8_t>(span.kind_), service, span.context_},
        .parent_span_id = span.parent_span_id_,
        .remote_parent = span.remote_parent_,
        .failed = span.failed_,
        .dropped_attributes = span.dropped_attributes_,
        .dropped_links = span.dropped_links_,
        .name_size = span.name_size_,
        .body_size = static_cast<std::uint16_t>(span.used_ + links),
        .start_us = span.start_us_,
        .end_us = std::max(span.start_us_, end.us)};
    to += sizeof(SpanRecord);
    wire::copy(to, span.name_.data(), span.name_size_);
    to += span.name_size_;
    std::memcpy(to, span.buffer_.data(), span.used_);
    if (links != 0) std::memcpy(to + span.used_, span.more_links_->bytes.data(), links);
    hand_over(producer, size);
}

}  // namespace waybill::telemetry
