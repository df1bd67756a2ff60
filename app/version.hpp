#pragma once

namespace waybill::app {

/// The product's version (semantic versioning).
inline constexpr const char* version = "0.1.0";

}  // namespace waybill::app
