#include <fmt/format.h>

#include "app/check/judging.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view outbox_statement =
    "select o.id, o.message_id, o.aggregate_type, o.aggregate_id, o.aggregate_version, "
    "e.event_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.type "
    "from outbox o left join events e on e.seq = o.id where o.id > ? order by o.id limit ?";

void judge_outbox_row(Judging& judging, Service service, const Row& row) {
    const auto broken = [&](std::string text) {
        judging.findings.breach(Invariant::outbox,
                                fmt::format("outbox row {} of {}", row.number(0), name_of(service)),
                                std::move(text), {row.id(1)});
    };
    if (row.null(5)) return broken("there is no event behind it");
    if (row.id(1) != row.id(5))
        return broken("its message id is not that of its event " + row.id(5).to_string());
    if (row.text(2) != row.text(6) || row.id(3) != row.id(7) || row.number(4) != row.number(8))
        return broken("it tells of another aggregate than its event");
    if (judging.resting())
        broken(fmt::format("{} was not delivered, and the system is at rest", row.text(9)));
}

}  // namespace

sql::Status judge_outboxes(Judging& judging) {
    std::uint64_t waiting = 0;
    for (const Service service : all_services) {
        sql::Session* session = judging.sources.of(service);
        if (session == nullptr) continue;
        Stream rows(*session, outbox_statement, {number_key(0)}, judging.options.page_rows);
        auto read =
            for_each(rows, [&](const Row& row) { judge_outbox_row(judging, service, row); });
        if (!read) return read;
        waiting += rows.count();
    }
    judging.findings.examined(Invariant::outbox, waiting, "rows");
    return {};
}

}  // namespace waybill::check
