#pragma once
#include <cstdint>
#include <optional>

#include "chassis/runtime/env.hpp"
#include "chassis/sql/session.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::audit {

/// Alarms (an error in the log) when a stream's version was recorded and the one before it is
/// still missing 60 s later. Each event is looked at once; a restart looks at the last 10 minutes
/// again.
class GapWatch {
 public:
    GapWatch(Env& env, telemetry::Telemetry& telemetry) : env_(env), telemetry_(telemetry) {}
    /// Looks at what is old enough by now; returns when to look again.
    MonoTime step(sql::Session& session);
    /// How many gaps were found since the start.
    std::int64_t found() const { return found_; }

 private:
    sql::Result<bool> look(sql::Session& session);

    Env& env_;
    telemetry::Telemetry& telemetry_;
    std::optional<std::int64_t> seq_done_;
    std::int64_t found_ = 0;
    MonoTime next_at_{};
};

}  // namespace waybill::audit
