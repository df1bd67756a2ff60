#pragma once
#include <cstdint>

#include "chassis/telemetry/call_sites.hpp"
#include "chassis/telemetry/log.hpp"
#include "chassis/telemetry/recorder.hpp"

namespace waybill::telemetry {

/// Encodes records into the calling thread's ring. Fields that do not fit into
/// `attributes_bytes_max` are counted as dropped, a longer body is cut.
class RingLogger final : public Logger {
 public:
    static constexpr std::size_t attributes_bytes_max = 4096;
    static constexpr std::size_t body_bytes_max = 1024;
    static constexpr std::size_t record_bytes_max =
        sizeof(LogRecord) + 2 * body_bytes_max + attributes_bytes_max;

    /// Less severe records than `least` are left out.
    RingLogger(Recorder& recorder, std::uint16_t service, CallSites& sites, Severity least)
        : recorder_(recorder), service_(service), sites_(sites), least_(least) {}

    void write(Severity severity, std::string_view body, LogFields fields,
               const TraceContext& trace, std::string_view event_name,
               const std::source_location& where) override;

 private:
    Recorder& recorder_;
    std::uint16_t service_;
    CallSites& sites_;
    Severity least_;
};

}  // namespace waybill::telemetry
