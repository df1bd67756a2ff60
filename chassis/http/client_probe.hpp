#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/telemetry/metrics.hpp"

namespace waybill::http {

struct ClientOptions;

/// What one loop's pool reports of its upstream: connections and requests under way. Durations of
/// requests are reported by whoever decides on attempts. Cheap; counts nowhere without a meter.
class ClientProbe {
 public:
    explicit ClientProbe(const ClientOptions& options);

    void connected() const { open_.add(1); }
    /// After a connection that lived so long.
    void closed(Duration life) const;

    /// One request, from the call to its answer's head.
    class Asked {
     public:
        Asked(const ClientProbe& probe, std::string_view method);
        Asked(const Asked&) = delete;
        Asked& operator=(const Asked&) = delete;
        ~Asked() { active_.add(-1); }

     private:
        const telemetry::UpDownCounter& active_;
    };

 private:
    std::array<telemetry::UpDownCounter, 7> active_;
    telemetry::UpDownCounter open_;
    telemetry::Histogram life_;
};

}  // namespace waybill::http
