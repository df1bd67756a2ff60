#pragma once
#include <cstddef>

namespace waybill::telemetry::testing {

/// ThreadSanitizer brings an operator new of its own, which cannot be replaced.
inline constexpr bool counts_allocations =
#ifdef WAYBILL_THREAD_SANITIZER
    false;
#else
    true;
#endif

/// Calls of operator new on this thread, in programs that link allocation_count_test.cpp.
std::size_t allocations();

}  // namespace waybill::telemetry::testing
