#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/base/trace_context.hpp"
#include "chassis/telemetry/otlp_short.hpp"

namespace waybill::telemetry {

enum class Kind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

class Tracer;
class Recorder;
struct LinkBlock;
struct Producer;

/// A running operation. Move-only value; attributes are encoded at once into its inline buffer
/// (what does not fit is counted as dropped); `end()` copies it to the ring of the calling thread,
/// never blocks and never allocates (neither does any call but the fifth link). A span destroyed
/// before its end ends as cancelled (`waybill.cancelled`, status unset). Not thread-safe, but may
/// move between threads.
class Span {
 public:
    static constexpr std::size_t name_bytes_max = 96;  ///< longer names are cut
    static constexpr std::size_t buffer_bytes = 768;
    static constexpr std::size_t links_max = 128;

    Span() noexcept;  ///< records nothing
    Span(Span&& other) noexcept;
    Span& operator=(Span&& other) noexcept;
    ~Span();

    /// `name` is an attribute of the telemetry contract; set each once. Strings are copied.
    [[gnu::always_inline]] Span& set(std::string_view name, std::string_view value) {
        const std::size_t size = name.size() + value.size();
        if (!fits_short(size)) [[unlikely]]
            return append_long(name, value);
        return advance(wire::put_short_attribute(here(), attributes_field, name, value));
    }
    [[gnu::always_inline]] Span& set(std::string_view name, const char* value) {
        return set(name, std::string_view(value));
    }
    [[gnu::always_inline]] Span& set(std::string_view name, std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        if (bits >= wire::short_number_limit || !fits_short(name.size())) [[unlikely]]
            return append_long(name, value);
        return advance(wire::put_short_attribute(here(), attributes_field, name, bits));
    }
    [[gnu::always_inline]] Span& set(std::string_view name, int value) {
        return set(name, std::int64_t{value});
    }
    Span& set(std::string_view name, bool value) { return append(name, value); }
    Span& set(std::string_view name, double value) { return append(name, value); }
    /// At most links_max; further and invalid ones are counted as dropped.
    Span& link(const TraceContext& other);
    /// Replaces the name given at the start (a server span learns its route late).
    Span& rename(std::string_view name);
    /// Status Error with `error.type` (low cardinality); `message` only when it adds something.
    /// The first failure counts, later ones are ignored.
    Span& fail(std::string_view error_type, std::string_view message = {});
    /// Ends it now. A civil clock that was set back meanwhile gives a duration of zero.
    void end();
    /// Ends it at a time that has passed, for spans that are written afterwards.
    void end_at(Timestamp time);

    const TraceContext& context() const { return context_; }
    bool recording() const { return tracer_ != nullptr; }

 private:
    friend class Tracer;
    friend class Recorder;
    static constexpr unsigned attributes_field = 9;
    static constexpr std::size_t failure_bytes = 96;  ///< kept free for error.type

    template <class Value>
    Span& append(std::string_view name, Value value) {
        if (tracer_ == nullptr) return *this;
        append_below(buffer_.data() + buffer_.size() - failure_bytes, name, value);
        return *this;
    }
    template <class Value>
    void append_below(const char* limit, std::string_view name, Value value) {
        char* end =
            wire::put_attribute(buffer_.data() + used_, limit, attributes_field, name, value);
        if (end != nullptr)
            used_ = static_cast<std::uint32_t>(end - buffer_.data());
        else
            ++dropped_attributes_;
    }
    Span& append_long(std::string_view name, std::string_view value);
    Span& append_long(std::string_view name, std::int64_t value);
    char* here() { return buffer_.data() + used_; }
    Span& advance(const char* end) {
        used_ = static_cast<std::uint32_t>(end - buffer_.data());
        return *this;
    }
    bool fits_short(std::size_t text_bytes) const {
        return tracer_ != nullptr && text_bytes <= wire::short_attribute_bytes_max &&
               used_ + text_bytes <= buffer_bytes - failure_bytes - 10;
    }
    void take(Span& other) noexcept;

    Tracer* tracer_ = nullptr;
    TraceContext context_;
    std::array<std::uint8_t, 8> parent_span_id_{};
    Kind kind_ = Kind::internal;
    bool remote_parent_ = false;
    bool failed_ = false;
    std::uint8_t name_size_ = 0;
    std::uint8_t links_ = 0;
    std::uint32_t used_ = 0;
    std::uint16_t dropped_attributes_ = 0;
    std::uint16_t dropped_links_ = 0;
    std::int64_t start_us_ = 0;
    std::unique_ptr<LinkBlock> more_links_;
    std::array<char, name_bytes_max> name_;  // not set: the first name_size_ bytes count
    std::array<char, buffer_bytes> buffer_;  // not set: OTLP Span fields, the first used_ bytes
};

/// Starts spans of one logical service. Thread-safe.
class Tracer {
 public:
    /// One that records nothing: its spans carry the parent's context on.
    Tracer() = default;
    Tracer(Recorder& recorder, std::uint16_t service) : recorder_(&recorder), service_(service) {}

    /// A child of `parent`, or the root of a new trace when `parent` is not valid. Recorded when
    /// the parent is sampled or there is none (parent-based, always on).
    Span start(std::string_view name, Kind kind, const TraceContext& parent);
    /// As start, begun at a time that has passed.
    Span start_at(std::string_view name, Kind kind, const TraceContext& parent, Timestamp time);
    /// As start_at, with the ids that fresh_context() gave out before.
    Span start_as(const TraceContext& own, std::string_view name, Kind kind,
                  const TraceContext& parent, Timestamp time);
    /// The context a child would have, without recording it.
    TraceContext fresh_context(const TraceContext& parent);

 private:
    friend class Span;
    void begin(Span& span, Producer& producer, std::string_view name, Kind kind,
               const TraceContext* parent, Timestamp time);
    Recorder* recorder_ = nullptr;
    std::uint16_t service_ = 0;
};

}  // namespace waybill::telemetry
