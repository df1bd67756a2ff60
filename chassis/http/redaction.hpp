#pragma once
#include <string>
#include <string_view>

namespace waybill::http {

/// What traces and logs may say of a request's path: the path as it is while it looks like words
/// and identifiers, else `/REDACTED`. An address, a name with a space or a token that somebody has
/// put into a path (an `@`, an escape, a segment above 64 letters) is not repeated.
std::string_view shown_path(std::string_view path);

/// What traces and logs may say of a query: the parameters' names, and those values that are
/// numbers, truth values, times or UUIDs; every other value is `REDACTED`, and so is a name that
/// is none. A number of a parameter that holds secrets (`code=…`) is hidden too.
std::string shown_query(std::string_view query);

}  // namespace waybill::http
