#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/producer.hpp"
#include "chassis/telemetry/span.hpp"

namespace waybill::telemetry {

/// A span or log record as it lies in a ring; its texts follow it.
struct RecordHead {
    Signal signal;
    std::uint8_t kind_or_severity;
    std::uint16_t service;
    TraceContext trace;
};
struct SpanRecord {
    RecordHead head;
    std::array<std::uint8_t, 8> parent_span_id;  ///< all zero for a root
    bool remote_parent;
    bool failed;
    std::uint16_t dropped_attributes;
    std::uint16_t dropped_links;
    std::uint16_t name_size;
    std::uint16_t body_size;  ///< OTLP Span fields: attributes, links, status
    std::int64_t start_us;
    std::int64_t end_us;
};
struct LogRecord {
    RecordHead head;
    std::uint16_t dropped_attributes;
    std::uint16_t event_size;
    std::uint16_t body_size;
    std::uint16_t attributes_size;  ///< OTLP LogRecord.attributes fields
    std::uint32_t line;
    const char* file;  ///< of the program's constants
    std::int64_t time_us;
};

/// Links of a span beyond its inline ones, encoded.
struct LinkBlock {
    static constexpr std::size_t link_bytes = 35;
    std::uint16_t used = 0;
    std::array<char, Span::links_max * link_bytes> bytes;  // not set: the first `used` count
};

inline constexpr std::size_t span_record_bytes_max =
    sizeof(SpanRecord) + Span::name_bytes_max + Span::buffer_bytes + sizeof(LinkBlock);

/// Takes spans and log records from any thread into that thread's ring, and lets one reader drain
/// all rings. Nothing here blocks a writer, and after a thread's first record nothing allocates.
class Recorder {
 public:
    /// All rings together take at most `ring_bytes_max`.
    Recorder(Env& env, std::size_t ring_bytes_max);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    Env& env() { return env_; }
    /// Who is woken when records wait; it must outlive the last record.
    void set_reader(Worker* reader) { reader_.store(reader, std::memory_order_release); }

    /// The calling thread's producer.
    Producer& mine() {
        if (local.owner == id_) [[likely]]
            return *local.producer;
        return find_mine();
    }
    void finish(Span& span, std::uint16_t service, Timestamp end);
    /// Memory for a record of the calling thread; nullptr when it has to be dropped, which is
    /// counted. hand_over() with the same size follows.
    char* reserve(Producer& producer, Signal signal, std::uint16_t service, std::size_t size);
    void hand_over(Producer& producer, std::size_t size);

    /// Reader: gives every waiting record to `take(std::string_view)`. False when none waited.
    template <class Take>
    bool drain(Take take) {
        bool any = false;
        for (Producer* producer : producers())
            for (auto record = producer->ring.front(); !record.empty();
                 record = producer->ring.front()) {
                take(record);
                producer->ring.pop(record.size());
                any = true;
            }
        return any;
    }
    /// Reader: it looks again after `round`; when it is to rest then, the next record wakes it.
    void look_again(bool rest) {
        if (rest) armed_.store(false, std::memory_order_relaxed);
        if (Worker* reader = reader_.load(std::memory_order_acquire))
            reader->wake_at(env_.monotonic() + round);
    }
    /// Reader, before it drains: a ring that fills from now on wakes it.
    void begin_round() { hurried_.store(false, std::memory_order_relaxed); }

    std::vector<Producer*> producers() const;
    std::size_t ring_bytes() const;
    static constexpr Duration round{50'000};  ///< between two drains while records come

 private:
    struct Local {
        std::uint64_t owner;  ///< Recorder::id_
        Producer* producer;
    };
    static thread_local constinit Local local;
    friend class ThreadProducers;

    Producer& find_mine();
    std::shared_ptr<Producer> adopt_or_make();
    std::size_t next_ring_bytes() const;
    void arm();
    void hurry();

    Env& env_;
    const std::uint64_t id_;  ///< never used twice in a process, unlike an address
    const std::size_t ring_bytes_max_;
    mutable std::mutex mutex_;
    // Shared with the threads, which may outlive this or end before it.
    std::vector<std::shared_ptr<Producer>> producers_;
    std::atomic<Worker*> reader_{nullptr};
    std::atomic<bool> armed_{false};
    std::atomic<bool> hurried_{false};
};

}  // namespace waybill::telemetry
