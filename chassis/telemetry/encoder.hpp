#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/telemetry/recorder.hpp"
#include "chassis/telemetry/sink.hpp"

namespace waybill::telemetry {

/// Turns records of the rings into batches of OTLP messages. One thread.
class Encoder {
 public:
    static constexpr std::size_t batch_bytes_max = std::size_t{256} << 10U;

    /// Adds a ring's record to the batch.
    void add(std::string_view record);
    bool full() const { return bytes_.size() >= batch_bytes_max; }

    /// The batch so far; log records by rising time. Valid until clear().
    std::span<const EncodedSpan> spans();
    std::span<const EncodedLog> logs();
    void clear();

 private:
    /// Where a text stands in `bytes_`, which moves while it grows.
    struct Place {
        std::size_t at = 0;
        std::size_t size = 0;
    };
    void add_span(const SpanRecord& record, const char* texts);
    void add_log(const LogRecord& record, const char* texts);
    std::string_view text(Place place) const {
        return std::string_view(bytes_).substr(place.at, place.size);
    }

    std::string bytes_;
    std::vector<EncodedSpan> spans_;
    std::vector<std::pair<Place, Place>> span_places_;  ///< name, message
    std::vector<EncodedLog> logs_;
    struct LogPlaces {
        Place event, body, message;
    };
    std::vector<LogPlaces> log_places_;
};

}  // namespace waybill::telemetry
