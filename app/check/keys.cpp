#include <fmt/format.h>

#include "app/check/judging.hpp"
#include "chassis/service/tables.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view keys_statement =
    "select lookup, subject, idempotency_key, item, status, aggregate_id, aggregate_version "
    "from idempotency where lookup > ? order by lookup limit ?";
/// With what the key's order is now.
constexpr std::string_view order_keys_statement =
    "select i.lookup, i.subject, i.idempotency_key, i.item, i.status, i.aggregate_id, "
    "i.aggregate_version, o.version from idempotency i left join orders o on o.id = "
    "i.aggregate_id where i.lookup > ? order by i.lookup limit ?";

void judge_key(Judging& judging, Service service, const Row& row) {
    const auto broken = [&](std::string text) {
        judging.findings.breach(
            Invariant::idempotency,
            fmt::format("key {} of {} at {}", row.text(2), row.text(1), name_of(service)),
            std::move(text));
    };
    // A row that stands where its key is looked up is the only one of its key.
    const std::string lookup = service::lookup_of({.subject = std::string(row.text(1)),
                                                   .key = std::string(row.text(2)),
                                                   .item = row.number(3),
                                                   .request_hash = {}});
    if (lookup != row.text(0))
        broken("stands where it is not looked up: a repeat has a new effect");
    if (row.number(4) < 200 || row.number(4) > 299)
        broken(fmt::format("keeps the answer {}: only successes are kept", row.number(4)));
    if (service != Service::orders) return;
    if (row.null(7))
        broken(fmt::format("was answered {} for order {}, which is not there", row.number(4),
                           row.id(5).to_string()));
    else if (row.number(7) < row.number(6))
        broken(fmt::format("was answered with version {} of order {}, which is at {}",
                           row.number(6), row.id(5).to_string(), row.number(7)));
}

}  // namespace

sql::Status judge_keys(Judging& judging) {
    for (const Service service : all_services) {
        sql::Session* session = judging.sources.of(service);
        if (session == nullptr) continue;
        Stream rows(*session, service == Service::orders ? order_keys_statement : keys_statement,
                    {id_key(0)}, judging.options.page_rows);
        auto read = for_each(rows, [&](const Row& row) { judge_key(judging, service, row); });
        if (!read) return read;
        judging.findings.examined(Invariant::idempotency, rows.count(), "keys");
    }
    return {};
}

}  // namespace waybill::check
