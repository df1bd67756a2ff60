#pragma once
#include <string>
#include <string_view>

#include "chassis/base/trace_context.hpp"

namespace waybill::telemetry {

/// What travels with a request or message beside the trace context (W3C Trace Context level 2,
/// W3C Baggage).
struct Propagated {
    TraceContext trace;      ///< not valid when the carrier had none
    std::string tracestate;  ///< only with a valid trace
    std::string baggage;
};

/// Reads the three fields of a carrier (HTTP headers, AMQP headers); empty when absent.
Propagated extract(std::string_view traceparent, std::string_view tracestate,
                   std::string_view baggage);

/// A tracestate that may be sent on: at most 32 members and 512 bytes, members over 128 bytes go
/// first, then from the end. Empty when malformed or with a key twice.
std::string bounded_tracestate(std::string_view tracestate);

/// A baggage that may be sent on: well-formed members in order, at most 64 and 8,192 bytes.
std::string bounded_baggage(std::string_view baggage);

}  // namespace waybill::telemetry
