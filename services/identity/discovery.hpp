#pragma once
#include <string>
#include <string_view>

namespace waybill::identity {

/// The provider's description of itself (OpenID Connect Discovery 1.0 section 3).
std::string discovery_document(std::string_view issuer);

}  // namespace waybill::identity
