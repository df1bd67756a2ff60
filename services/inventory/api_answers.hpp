#pragma once
#include <charconv>
#include <string>
#include <vector>

#include "chassis/service/cursor.hpp"
#include "chassis/service/respond.hpp"
#include "services/inventory/shapes.hpp"

/// What the handlers of this service share.
namespace waybill::inventory {

inline Error no_such_product() {
    return {Problem::not_found, "There is no such product."};
}

inline Audience audience_of(const http::Call& call) {
    return call.principal.is_operator() ? Audience::operators : Audience::everybody;
}

/// A product as this caller may see it. Its tag changes with the definition and with the stock.
inline http::Response shown(const http::Call& call, std::uint16_t status, const Product& product) {
    return service::json_response(
        status, to_json(product, audience_of(call)),
        std::to_string(product.version) + "." + std::to_string(product.stock_revision));
}

/// The last id of the page before.
inline std::optional<Uuid> after_of(const service::PageRequest& page) {
    return Uuid::from_bytes(page.after);
}
/// The last number of the page before.
inline std::optional<std::int64_t> number_before(const service::PageRequest& page) {
    std::int64_t number = 0;
    const char* end = page.after.data() + page.after.size();
    const auto read = std::from_chars(page.after.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

inline std::string position_of(const Uuid& id) {
    return std::string(id.raw());
}
inline std::string position_of(std::int64_t number) {
    return std::to_string(number);
}

/// A page of `rows`, of which one more than asked for was read; `show` makes an item's JSON, and
/// `key_of` gives what the list is ordered by.
template <class T, class Show, class KeyOf>
http::Response page_response(const http::Call& call, const service::Cursors& cursors,
                             std::vector<T> rows, std::int64_t limit, Show show, KeyOf key_of) {
    std::string next;
    if (static_cast<std::int64_t>(rows.size()) > limit) {
        rows.pop_back();
        next = service::next_cursor(call, cursors, position_of(key_of(rows.back())));
    }
    std::vector<std::string> items;
    items.reserve(rows.size());
    for (const T& row : rows) items.push_back(show(row));
    return service::list_response(items, next);
}

}  // namespace waybill::inventory
