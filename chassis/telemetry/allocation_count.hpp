#pragma once
#include <cstddef>

namespace waybill::telemetry::testing {

/// Calls of operator new on this thread, in programs that link allocation_count_test.cpp.
std::size_t allocations();

}  // namespace waybill::telemetry::testing
