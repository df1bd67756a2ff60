#include "chassis/sql/failure.hpp"

namespace waybill::sql {
namespace {

Error unavailable(std::string why) {
    Error error(Problem::unavailable, std::move(why));
    error.retry_after = std::chrono::seconds(1);
    return error;
}

}  // namespace

Error to_error(const Failure& failure) {
    switch (failure.kind) {
        case FailureKind::transient:
            return unavailable("The database is busy. Try again.");
        case FailureKind::disk_full:
            return unavailable("The disk is full: the database has no room left.");
        case FailureKind::connection_lost:
        case FailureKind::commit_unknown:
            return unavailable("The database cannot be reached.");
        case FailureKind::timeout:
            return unavailable("The database did not answer in time.");
        case FailureKind::fatal:
            return unavailable("The database cannot be used.");
        case FailureKind::duplicate:
        case FailureKind::constraint:
        case FailureKind::invalid:
            break;
    }
    return {Problem::internal_error, "Something went wrong on our side."};
}

}  // namespace waybill::sql
