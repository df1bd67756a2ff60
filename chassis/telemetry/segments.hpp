#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/time.hpp"

namespace waybill::telemetry {

/// Messages with a small index entry each, in segments; the oldest segment goes when the bytes or
/// its age pass the limit. Segments are allocated as they are needed, the last one that went is
/// used again. Not thread-safe. `Entry` has members `offset` and `size` (std::uint32_t) and a
/// function `last_us()`: when it happened.
template <class Entry>
class Segments {
 public:
    /// `bytes_max` ≥ 256 KiB bounds messages and entries together.
    Segments(std::size_t bytes_max, Duration age_max)
        : segments_max_(std::max<std::size_t>(2, bytes_max / segment_bytes(bytes_max))),
          message_bytes_(segment_bytes(bytes_max) * 7 / 8),
          entries_max_(segment_bytes(bytes_max) / 8 / sizeof(Entry)),
          age_max_(age_max) {}

    /// A message larger than a segment is left out.
    void add(Entry entry, std::string_view message, Timestamp now) {
        if (message.size() > message_bytes_) return;
        if (segments_.empty() || !segments_.back().fits(message.size(), *this)) begin_segment();
        Segment& segment = segments_.back();
        entry.offset = static_cast<std::uint32_t>(segment.messages.size());
        entry.size = static_cast<std::uint32_t>(message.size());
        segment.messages.append(message);
        segment.entries.push_back(entry);
        segment.newest = now;
        while (segments_.front().newest + age_max_ < now) drop_oldest();
    }
    /// Calls `see(entry, message)` from the newest to the oldest that is not too old.
    template <class See>
    void for_each(Timestamp now, See see) const {
        const std::int64_t oldest_us = (now - age_max_).us;
        for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment)
            for (auto entry = segment->entries.rbegin(); entry != segment->entries.rend(); ++entry)
                if (entry->last_us() >= oldest_us)
                    see(*entry,
                        std::string_view(segment->messages).substr(entry->offset, entry->size));
    }
    /// Messages and entries held.
    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const Segment& segment : segments_)
            sum += segment.messages.size() + segment.entries.size() * sizeof(Entry);
        return sum;
    }

 private:
    struct Segment {
        std::string messages;
        std::vector<Entry> entries;
        Timestamp newest;
        bool fits(std::size_t size, const Segments& limits) const {
            return messages.size() + size <= limits.message_bytes_ &&
                   entries.size() < limits.entries_max_;
        }
    };
    static std::size_t segment_bytes(std::size_t bytes_max) {
        return std::clamp(bytes_max / 16, std::size_t{64} << 10U, std::size_t{1} << 20U);
    }
    void begin_segment() {
        if (segments_.size() == segments_max_) drop_oldest();
        Segment fresh = std::move(spare_);
        spare_ = {};
        fresh.messages.clear();
        fresh.entries.clear();
        fresh.messages.reserve(message_bytes_);
        fresh.entries.reserve(entries_max_);
        segments_.push_back(std::move(fresh));
    }
    void drop_oldest() {
        spare_ = std::move(segments_.front());
        segments_.pop_front();
    }

    std::size_t segments_max_;
    std::size_t message_bytes_;
    std::size_t entries_max_;
    Duration age_max_;
    std::deque<Segment> segments_;
    Segment spare_;
};

}  // namespace waybill::telemetry
