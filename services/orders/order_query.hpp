#pragma once
#include <cstdint>

#include "chassis/http/routes.hpp"
#include "chassis/service/cursor.hpp"
#include "services/orders/store.hpp"

namespace waybill::orders {

/// The filter of a list's query, or every fault of it.
Result<OrderFilter> filter_of(const http::Call& call, const service::PageRequest& page);

/// The version in `Last-Event-ID`; 0 without it.
Result<std::int64_t> last_version_seen(const http::Call& call);

}  // namespace waybill::orders
