#pragma once
#include <memory>

#include "chassis/base/trace_context.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/sql/session.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::sql {

/// A session that reports what it does: `db.client.operation.duration` of every statement, and a
/// client span for each while a trace is set. One bulk statement is one operation.
class TracedSession : public Session {
 public:
    /// `system` is Traits::system, static.
    static std::unique_ptr<TracedSession> wrap(std::unique_ptr<Session> session, Env& env,
                                               telemetry::Telemetry& telemetry,
                                               std::string_view system);
    /// The parent of the spans of later statements; an invalid one: no spans.
    virtual void trace(const TraceContext& parent) = 0;
    /// A statement found the connection gone: only another session helps.
    virtual bool lost() const = 0;
};

}  // namespace waybill::sql
