#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/http/routes.hpp"

namespace waybill::service {

/// Makes and reads the opaque cursors of lists: the last position, bound to the route, the filter
/// and the subject by an HMAC-SHA-256 whose key all replicas share. A changed or foreign cursor is
/// refused. Immutable; thread-safe.
class Cursors {
 public:
    /// `key`: at least 16 secret bytes.
    explicit Cursors(std::string key);
    std::string make(std::string_view position, std::string_view scope) const;
    /// The position, or a fault at `?cursor`.
    Result<std::string> read(std::string_view cursor, std::string_view scope) const;

 private:
    std::string mac(std::string_view position, std::string_view scope) const;
    std::string key_;
};

/// Which page a call asks for.
struct PageRequest {
    std::int64_t limit = 20;
    std::string after;  ///< position of the last item before it; empty: the first
};

/// `?limit` (1..100) and `?cursor` of a list route.
Result<PageRequest> page_of(const http::Call& call, const Cursors& cursors);
/// The cursor of the page after `position`, for the same route, filter and subject.
std::string next_cursor(const http::Call& call, const Cursors& cursors, std::string_view position);

/// `{"items": […], "nextCursor": …}` of items that are JSON already; `next` empty: the last page.
http::Response list_response(const std::vector<std::string>& items, std::string_view next);

}  // namespace waybill::service
