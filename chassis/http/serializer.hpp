#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"
#include "chassis/http/message.hpp"
#include "chassis/http/request_parser.hpp"

namespace waybill::http {

/// The standard reason phrase; empty for an unknown status.
std::string_view reason_phrase(std::uint16_t status);

/// The `Date` header's value (IMF-fixdate), made anew once a second. One loop.
class DateCache {
 public:
    std::string_view text(Timestamp now);

 private:
    std::int64_t second_ = -1;
    std::string text_;
};

/// How a message goes out.
struct Delivery {
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;  ///< for Framing::length
    bool close = false;                ///< says `Connection: close`
    bool keep_content_length = false;  ///< an answer to HEAD, or 304: the handler's own stands
};

/// Appends status line and fields. Framing and connection fields of the handler are left out: they
/// are the server's. Nobody may keep an answer or guess its type unless the handler says otherwise:
/// `Cache-Control: no-store` and `X-Content-Type-Options: nosniff` are added where the handler has
/// set none. False when a field cannot go over the wire (a name that is no token, a line
/// break in a value): nothing is appended then.
bool append_response_head(std::string& out, const Response& response, const Delivery& delivery,
                          std::string_view date);

/// Appends request line and fields, `host` when the request has no `Host`. False as above, also for
/// a method, path or query that cannot stand in a request line.
bool append_request_head(std::string& out, const Request& request, const Delivery& delivery,
                         std::string_view host);

}  // namespace waybill::http
