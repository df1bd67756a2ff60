#pragma once
#include <memory>

#include "chassis/service/service.hpp"
#include "services/audit/ports.hpp"

namespace waybill::audit {

/// The audit service and its work in the background: replays and the watch for gaps. Destroyed
/// after the services behind its replay targets have stopped.
class Audit {
 public:
    /// `folds` may miss some; a target that is missing runs in another process, and replays into
    /// it are refused.
    Audit(const service::Host& host, Folds folds);
    ~Audit();

    /// As every service: open() and start() it.
    service::Service& service();
    /// Starts the background work, after the service.
    void start(ReplayTargets targets);
    /// Ends it, before any consumer is stopped.
    void stop();

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::audit
