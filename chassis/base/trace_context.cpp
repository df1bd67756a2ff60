#include "chassis/base/trace_context.hpp"

#include "chassis/base/hex.hpp"

namespace waybill {

std::string TraceContext::traceparent() const {
    if (!valid()) return {};
    std::string out = "00-";
    out.reserve(55);
    hex::append(out, trace_id);
    out.push_back('-');
    hex::append(out, span_id);
    out.push_back('-');
    hex::append(out, {&flags, 1});
    return out;
}

std::string TraceContext::trace_id_hex() const {
    std::string out;
    hex::append(out, trace_id);
    return out;
}

std::string TraceContext::span_id_hex() const {
    std::string out;
    hex::append(out, span_id);
    return out;
}

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent) {
    constexpr std::size_t size = 55;
    if (traceparent.size() < size || traceparent[2] != '-' || traceparent[35] != '-' ||
        traceparent[52] != '-')
        return std::nullopt;
    for (const char c : traceparent.substr(0, size))
        if (c >= 'A' && c <= 'F') return std::nullopt;

    std::array<std::uint8_t, 1> version{};
    std::array<std::uint8_t, 1> flag_byte{};
    TraceContext context;
    if (!hex::read(traceparent.substr(0, 2), version) ||
        !hex::read(traceparent.substr(3, 32), context.trace_id) ||
        !hex::read(traceparent.substr(36, 16), context.span_id) ||
        !hex::read(traceparent.substr(53, 2), flag_byte))
        return std::nullopt;
    context.flags = flag_byte[0];

    if (version[0] == 0xff || !context.valid()) return std::nullopt;
    if (traceparent.size() > size && (version[0] == 0 || traceparent[size] != '-'))
        return std::nullopt;
    return context;
}

}  // namespace waybill
