#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "app/check/history.hpp"
#include "app/check/horizon.hpp"
#include "app/check/report.hpp"
#include "app/check/sources.hpp"
#include "chassis/base/time.hpp"
#include "chassis/sql/session.hpp"

namespace waybill::check {

/// What is being read, and how many rows of it have been.
using Progress = std::function<void(std::string_view what, std::uint64_t rows)>;

struct Options {
    /// Nothing: the system is at rest, and everything is judged. Else what may be on its way is
    /// allowed for, and what holds at rest alone is not judged. Outlives the call.
    const Horizon* horizon = nullptr;
    Timestamp now{};                ///< by the services' clock: inboxes forget after seven days
    std::size_t page_rows = 2000;   ///< rows in memory of each table that is read
    std::size_t breaches_max = 20;  ///< shown of an invariant; all are counted
    Progress progress = {};
    /// What clients were answered, to judge I2 and I3 by; nothing: the databases alone.
    Attempts history = {};
};

/// Judges I1 to I9a and I18. Reads every table once or twice in the order of its keys, so memory
/// does not grow with the number of orders. Fails when a database cannot be read.
sql::Result<Report> judge(const Sources& sources, const Options& options);

}  // namespace waybill::check
