#include "services/orders/order_query.hpp"

#include <charconv>

#include "chassis/service/respond.hpp"

namespace waybill::orders {
namespace {

/// Takes a value, or notes its faults.
template <class T, class Target>
void take(Result<T> result, Target& target, std::vector<Fault>& faults) {
    if (result)
        target = std::move(*result);
    else
        faults.insert(faults.end(), result.error().faults.begin(), result.error().faults.end());
}

Result<std::optional<Status>> status_of(const http::Call& call) {
    const auto text = call.query.get("status");
    if (!text) return std::nullopt;
    if (auto status = from_word<Status>(*text)) return status;
    return invalid("?status", "must be Pending, Reserved, Confirmed, Shipped or Cancelled");
}

Result<std::optional<std::string>> text_of(const http::Call& call, std::string_view name,
                                           std::size_t bytes_max) {
    const auto text = call.query.get(name);
    if (!text) return std::nullopt;
    if (text->empty() || text->size() > bytes_max)
        return invalid("?" + std::string(name), "is empty or too long");
    return std::string(*text);
}

}  // namespace

Result<OrderFilter> filter_of(const http::Call& call, const service::PageRequest& page) {
    OrderFilter filter;
    std::vector<Fault> faults;
    take(status_of(call), filter.status, faults);
    take(text_of(call, "customerId", 255 * 4), filter.customer_id, faults);
    take(text_of(call, "sku", 200 * 4), filter.sku, faults);
    take(service::time_of(call, "createdFrom"), filter.created_from, faults);
    take(service::time_of(call, "createdTo"), filter.created_to, faults);
    if (auto id = Uuid::from_bytes(page.after)) filter.after = OrderId{*id};
    if (faults.empty()) return filter;
    Error error(Problem::validation_failed, "The query is not valid.");
    error.faults = std::move(faults);
    return fail(std::move(error));
}

Result<std::int64_t> last_version_seen(const http::Call& call) {
    const auto text = call.request.headers.get("Last-Event-ID");
    if (!text) return 0;
    std::int64_t version = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), version);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || version < 0)
        return invalid("Last-Event-ID", "is not an id of this stream");
    return version;
}

}  // namespace waybill::orders
