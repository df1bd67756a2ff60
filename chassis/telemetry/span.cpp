#include "chassis/telemetry/span.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "chassis/telemetry/names.hpp"
#include "chassis/telemetry/recorder.hpp"

namespace waybill::telemetry {
namespace {

constexpr std::size_t inline_links_max = 4;
constexpr std::uint8_t sampled_flag = 0x01;
constexpr std::uint8_t random_flag = 0x02;  // W3C Trace Context level 2: the trace id is random
constexpr unsigned links_field = 13;
constexpr unsigned status_field = 15;

char* put_link(char* to, const TraceContext& other) {
    to = wire::put_tag(to, links_field, wire::Type::bytes);
    *to++ = static_cast<char>(LinkBlock::link_bytes - 2);
    to = wire::put_bytes(to, 1, reinterpret_cast<const char*>(other.trace_id.data()), 16);
    to = wire::put_bytes(to, 2, reinterpret_cast<const char*>(other.span_id.data()), 8);
    return wire::put_fixed32(to, 6, other.flags);
}

void make_child_context(TraceContext& own, const TraceContext& parent, bool root,
                        Producer& producer) {
    if (root) {
        const std::uint64_t high = producer.id_bits();
        const std::uint64_t low = producer.id_bits();
        std::memcpy(own.trace_id.data(), &high, 8);
        std::memcpy(own.trace_id.data() + 8, &low, 8);
        own.flags = sampled_flag | random_flag;
    } else {
        own.trace_id = parent.trace_id;
        own.flags = parent.flags & (sampled_flag | random_flag);
    }
    const std::uint64_t id = producer.id_bits();
    std::memcpy(own.span_id.data(), &id, 8);
}

}  // namespace

// Not defaulted at its declaration: that would zero the buffer.
Span::Span() noexcept {}

Span::Span(Span&& other) noexcept {
    take(other);
}

Span& Span::operator=(Span&& other) noexcept {
    if (this != &other) {
        if (tracer_ != nullptr) set(attribute::waybill_cancelled, true).end();
        take(other);
    }
    return *this;
}

Span::~Span() {
    if (tracer_ != nullptr) set(attribute::waybill_cancelled, true).end();
}

void Span::take(Span& other) noexcept {
    tracer_ = std::exchange(other.tracer_, nullptr);
    context_ = other.context_;
    if (tracer_ == nullptr) return;
    parent_span_id_ = other.parent_span_id_;
    kind_ = other.kind_;
    remote_parent_ = other.remote_parent_;
    failed_ = other.failed_;
    name_size_ = other.name_size_;
    links_ = other.links_;
    used_ = other.used_;
    dropped_attributes_ = other.dropped_attributes_;
    dropped_links_ = other.dropped_links_;
    start_us_ = other.start_us_;
    more_links_ = std::move(other.more_links_);
    wire::copy(name_.data(), other.name_.data(), name_size_);
    std::memcpy(buffer_.data(), other.buffer_.data(), used_);
}

Span& Span::append_long(std::string_view name, std::string_view value) {
    return append(name, value);
}

Span& Span::append_long(std::string_view name, std::int64_t value) {
    return append(name, value);
}

Span& Span::link(const TraceContext& other) {
    if (tracer_ == nullptr) return *this;
    if (links_ == links_max || !other.valid()) {
        ++dropped_links_;
        return *this;
    }
    ++links_;
    if (links_ <= inline_links_max &&
        used_ + LinkBlock::link_bytes + failure_bytes <= buffer_bytes) {
        put_link(buffer_.data() + used_, other);
        used_ = static_cast<std::uint32_t>(used_ + LinkBlock::link_bytes);
        return *this;
    }
    if (!more_links_) more_links_ = std::make_unique<LinkBlock>();
    put_link(more_links_->bytes.data() + more_links_->used, other);
    more_links_->used = static_cast<std::uint16_t>(more_links_->used + LinkBlock::link_bytes);
    return *this;
}

Span& Span::rename(std::string_view name) {
    name_size_ = static_cast<std::uint8_t>(std::min(name.size(), name_.size()));
    wire::copy(name_.data(), name.data(), name_size_);
    return *this;
}

Span& Span::fail(std::string_view error_type, std::string_view message) {
    if (tracer_ == nullptr || failed_) return *this;
    failed_ = true;
    append_below(buffer_.data() + buffer_.size(), attribute::error_type, error_type);
    if (message.empty()) return *this;
    const std::size_t status = wire::bytes_field_size(message.size());
    if (wire::bytes_field_size(status) > buffer_.size() - used_) return *this;
    // The code follows in a Status field of its own: protobuf merges the two.
    char* to = wire::put_tag(buffer_.data() + used_, status_field, wire::Type::bytes);
    to = wire::put_bytes(wire::put_varint(to, status), 2, message);
    used_ = static_cast<std::uint32_t>(to - buffer_.data());
    return *this;
}

void Span::end() {
    if (tracer_ != nullptr) end_at(tracer_->recorder_->env().now());
}

void Span::end_at(Timestamp time) {
    if (tracer_ == nullptr) return;
    Tracer* tracer = std::exchange(tracer_, nullptr);
    tracer->recorder_->finish(*this, tracer->service_, time);
    more_links_.reset();
}

Span Tracer::start(std::string_view name, Kind kind, const TraceContext& parent) {
    return start_at(name, kind, parent,
                    recorder_ != nullptr ? recorder_->env().now() : Timestamp{});
}

Span Tracer::start_at(std::string_view name, Kind kind, const TraceContext& parent,
                      Timestamp time) {
    Span span;
    if (recorder_ == nullptr) {
        span.context_ = parent;
        return span;
    }
    Producer& producer = recorder_->mine();
    const bool root = !parent.valid();
    make_child_context(span.context_, parent, root, producer);
    begin(span, producer, name, kind, root ? nullptr : &parent, time);
    return span;
}

Span Tracer::start_as(const TraceContext& own, std::string_view name, Kind kind,
                      const TraceContext& parent, Timestamp time) {
    Span span;
    span.context_ = own;
    if (recorder_ != nullptr)
        begin(span, recorder_->mine(), name, kind, parent.valid() ? &parent : nullptr, time);
    return span;
}

void Tracer::begin(Span& span, Producer& producer, std::string_view name, Kind kind,
                   const TraceContext* parent, Timestamp time) {
    const bool sampled = (span.context_.flags & sampled_flag) != 0;
    const bool remote = parent != nullptr && (kind == Kind::server || kind == Kind::consumer);
    const Origin origin = parent == nullptr ? Origin::none
                          : remote          ? Origin::remote
                                            : Origin::local;
    producer.tallies[service_].started[std::size_t(origin)][sampled ? 1 : 0].add();
    if (!sampled) return;
    span.tracer_ = this;
    if (parent != nullptr) span.parent_span_id_ = parent->span_id;
    span.kind_ = kind;
    span.remote_parent_ = remote;
    span.start_us_ = time.us;
    span.name_size_ = static_cast<std::uint8_t>(std::min(name.size(), span.name_.size()));
    wire::copy(span.name_.data(), name.data(), span.name_size_);
}

TraceContext Tracer::fresh_context(const TraceContext& parent) {
    if (recorder_ == nullptr) return parent;
    TraceContext own;
    make_child_context(own, parent, !parent.valid(), recorder_->mine());
    return own;
}

}  // namespace waybill::telemetry
