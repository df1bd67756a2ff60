#pragma once
#include <string>
#include <string_view>

namespace waybill::http {

/// Writes the one form of the absolute path `raw` (without a query) that is routed and forwarded to
/// `out`, or returns false when it must be refused.
///
/// Escapes of unreserved characters are decoded, others kept in upper case; dot segments are
/// removed (RFC 3986 5.2.4 and 6.2.2), and escapes above the root refused. Refused as well: an
/// empty segment
/// (`//`), what is no path character, a broken escape, an escaped slash, backslash, percent sign
/// (double encoding) or control character, octets that are not UTF-8, and dot segments with a path
/// parameter (`..;`). A trailing slash is kept. Normalising the result again changes nothing.
bool normalise_path(std::string_view raw, std::string& out);

}  // namespace waybill::http
