#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "chassis/http/server.hpp"
#include "chassis/telemetry/metrics.hpp"

namespace waybill::http {

/// What one loop of a server reports. Written on its loop, read from any thread.
class ServerProbe {
 public:
    explicit ServerProbe(telemetry::Meter& meter);

    void connection_opened() { bump(accepted_); }
    void connection_closed() { bump(closed_); }
    void connection_turned_away() { bump(turned_away_); }
    void request_refused() { bump(refused_); }
    void request_abandoned() { abandoned_.add(); }
    /// Returns what request_ended() takes.
    std::size_t request_started(std::string_view method) {
        bump(requests_);
        const std::size_t kind = slot(method);
        active_[kind].add(1);
        return kind;
    }
    void request_ended(std::size_t kind) { active_[kind].add(-1); }

    void add_to(ServerCounts& sum) const;

 private:
    using Count = std::atomic<std::uint64_t>;
    /// One writer: no locked instruction is needed.
    static void bump(Count& count) {
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    static std::size_t slot(std::string_view method);

    Count accepted_{0}, closed_{0}, turned_away_{0}, requests_{0}, refused_{0};
    std::array<telemetry::UpDownCounter, 7> active_;
    telemetry::Counter abandoned_;
};

}  // namespace waybill::http
