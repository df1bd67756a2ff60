#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace waybill::http {

/// A request that must be refused by its head, and the status that says why. For tests.
struct MalformedRequest {
    std::string what;
    std::string text;
    std::uint16_t status = 400;
};

/// Request smuggling as it has been published, and plain mistakes.
std::vector<MalformedRequest> malformed_requests();

}  // namespace waybill::http
