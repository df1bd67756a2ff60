#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "app/check/sources.hpp"

namespace waybill::check {

/// How far the events of each service had come at one moment, and which of them were still to be
/// delivered. Everything else must have arrived by the time of any later look.
class Horizon {
 public:
    /// Reads the outboxes. The sessions need no snapshot.
    static sql::Result<Horizon> look(const Sources& sources);

    /// The event may not have arrived yet.
    bool in_flight(Service service, std::int64_t seq) const;
    /// How many outbox rows there were.
    std::uint64_t waiting() const;
    /// Nothing was on its way from `earlier` to this look: no outbox held a row at either, and no
    /// event came between them. Then what later snapshots show is one state of the whole.
    bool quiet_since(const Horizon& earlier) const;

 private:
    struct OfService {
        std::int64_t newest = 0;
        std::vector<std::int64_t> outbox;  ///< ascending
        bool operator==(const OfService&) const = default;
    };
    std::array<OfService, all_services.size()> services_;
    std::uint64_t deliveries_ = 0;  ///< messages that wait for their next attempt
};

}  // namespace waybill::check
