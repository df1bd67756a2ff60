#pragma once
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/messaging/message.hpp"
#include "chassis/sql/failure.hpp"
#include "services/audit/replay.hpp"
#include "services/audit/stored_event.hpp"

/// What the audit needs of the other services, handed in by the composition root.
namespace waybill::audit {

/// Folds a stream's events, ascending from its first, to the resource they make (JSON).
using FoldFn = std::function<Result<std::string>(std::span<const StoredEvent>)>;
/// By stream type: order, product, reservation, notification.
using Folds = std::map<std::string, FoldFn, std::less<>>;

/// A consumer that can be given messages again. Its inbox guards it: only missing effects happen.
class ReplayTarget {
 public:
    virtual ~ReplayTarget() = default;
    /// What the consumer has taken of these, and what it would take; nothing changes. Blocks for
    /// a short read; on the runner's thread.
    virtual sql::Result<ReplayCounts> count(std::span<const messaging::MessagePtr> messages) = 0;
    /// Gives it those that it subscribes to. `done` runs on any thread once each has been taken:
    /// had its effect, or stands among the consumer's waiting and dead letters.
    virtual void deliver(std::vector<messaging::MessagePtr> messages,
                         std::function<void()> done) = 0;
};
using ReplayTargets = std::map<Target, std::unique_ptr<ReplayTarget>>;

}  // namespace waybill::audit
