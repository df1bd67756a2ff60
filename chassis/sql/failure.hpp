#pragma once
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "chassis/base/error.hpp"

namespace waybill::sql {

enum class FailureKind : std::uint8_t {
    transient,   ///< serialization, deadlock, lock time-out: the same again may succeed
    duplicate,   ///< a unique key is taken
    constraint,  ///< a CHECK, NOT NULL or foreign key refused: a bug in what was written
    disk_full,
    connection_lost,  ///< before COMMIT was sent: nothing happened
    commit_unknown,   ///< lost during COMMIT: it happened or it did not
    timeout,
    fatal,    ///< an I/O error or a damaged file: the process must not go on
    invalid,  ///< a statement the database does not accept: a bug
};

/// Why the database refused.
struct Failure {
    FailureKind kind = FailureKind::fatal;
    std::string message;    ///< the driver's own words, for logs
    std::string statement;  ///< its summary: `insert orders`
};

template <class T>
using Result = tl::expected<T, Failure>;
using Status = Result<void>;

/// How a failure shows to people: 503 with Retry-After, or 500. Never the driver's words.
Error to_error(const Failure&);

}  // namespace waybill::sql
