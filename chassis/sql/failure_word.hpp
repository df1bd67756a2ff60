#pragma once
#include "chassis/base/names.hpp"
#include "chassis/sql/failure.hpp"

namespace waybill::sql {

/// The words of `error.type`.
constexpr auto names(Type<FailureKind>) {
    return words<FailureKind>({{FailureKind::transient, "transient"},
                               {FailureKind::duplicate, "duplicate"},
                               {FailureKind::constraint, "constraint"},
                               {FailureKind::disk_full, "disk_full"},
                               {FailureKind::connection_lost, "connection_lost"},
                               {FailureKind::commit_unknown, "commit_unknown"},
                               {FailureKind::timeout, "timeout"},
                               {FailureKind::fatal, "fatal"},
                               {FailureKind::invalid, "invalid"}});
}

}  // namespace waybill::sql
