#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

/// Where in a trace something happens (W3C Trace Context level 2). A value; passed explicitly.
struct TraceContext {
    std::array<std::uint8_t, 16> trace_id{};
    std::array<std::uint8_t, 8> span_id{};
    std::uint8_t flags = 0;

    bool valid() const {
        return trace_id != decltype(trace_id){} && span_id != decltype(span_id){};
    }
    /// `00-<32 hex>-<16 hex>-<2 hex>`; empty when not valid.
    std::string traceparent() const;
    std::string trace_id_hex() const;
    std::string span_id_hex() const;
    /// Unknown higher versions are read leniently; all-zero ids and upper case are refused.
    static std::optional<TraceContext> parse(std::string_view traceparent);

    friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

}  // namespace waybill
