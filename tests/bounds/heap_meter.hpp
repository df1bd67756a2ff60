#pragma once
#include <cstddef>

namespace waybill::bounds {

/// Bytes that operator new has given out on this thread and that have not come back. Counts the
/// whole program that links it.
std::size_t heap_bytes();
/// The most of them since restart_peak().
std::size_t heap_peak();
void restart_peak();

}  // namespace waybill::bounds
