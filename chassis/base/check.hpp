#pragma once

namespace waybill {

/// Prints the broken expectation with its place and aborts. Never returns.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace waybill

/// For programmer errors only, on in every build; input is never CHECKed.
#define CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::waybill::check_failed(#condition, __FILE__, __LINE__))
