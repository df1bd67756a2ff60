#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "chassis/runtime/env.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/database.hpp"
#include "chassis/telemetry/telemetry.hpp"
#include "services/audit/frame_domain.hpp"
#include "services/audit/ports.hpp"

namespace waybill::audit {

/// Carries out replays, one slice a step, at the rate of each. Where it stands is a row, so it goes
/// on after a restart. A replay is counted first; then, unless that was all, delivered.
class ReplayRunner {
 public:
    /// `wake` has another step made soon; from any thread. All outlive this.
    ReplayRunner(Env& env, service::Writer<AuditDomain>& writer, telemetry::Telemetry& telemetry,
                 ReplayTargets targets, std::function<void()> wake);

    /// One step, on the thread that owns `session`; when the next one is due, if that is known.
    std::optional<MonoTime> step(sql::Session& session);

 private:
    /// A slice that is being delivered, or whose outcome is on its way into the store.
    struct Round {
        Replay replay;
        std::int64_t seq_done = 0;
        bool pass_ended = false;
        std::vector<messaging::MessagePtr> messages;
        ReplayCounts before{};  ///< what the consumer had taken when it was given them
        MonoTime give_up_at{};
    };
    std::optional<MonoTime> begin(sql::Session& session);
    void begin_slice(Replay replay, EventSlice slice);
    void finish_delivery();
    void record(Round round, ReplayCounts counts);
    void tell(Command command);
    void fail(const ReplayId& id, std::string why);
    Duration pace(const Replay& replay, std::size_t messages) const;

    Env& env_;
    service::Writer<AuditDomain>& writer_;
    telemetry::Telemetry& telemetry_;
    ReplayTargets targets_;
    std::function<void()> wake_;
    std::optional<Round> delivering_;
    MonoTime next_at_{};
    std::uint64_t round_number_ = 0;
    std::atomic<std::uint64_t> delivered_{0};  ///< the last round that was taken whole
    std::atomic<bool> recording_{false};       ///< a command of ours is at the writer
};

}  // namespace waybill::audit
