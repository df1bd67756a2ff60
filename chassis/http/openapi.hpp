#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/routes.hpp"

namespace waybill::http {

/// What the document says of itself.
struct OpenApiInfo {
    std::string_view title = "Waybill";
    std::string_view version;
};

/// The OpenAPI 3.1 document (JSON) of route tables, one or many merged: paths, parameters, bodies,
/// answers, scopes and the problem that every route may answer with. The same route or schema name
/// in two tables must be the same thing, which is CHECKed for schemas.
std::string openapi(const OpenApiInfo& info, const std::vector<const Routes*>& tables);

}  // namespace waybill::http
