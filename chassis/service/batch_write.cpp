#include "chassis/base/faults.hpp"
#include "chassis/messaging/tables.hpp"
#include "chassis/service/batch.hpp"

namespace waybill::service {

sql::Status Batch::write(sql::Session& session) {
    if (domain_touched_) {
        auto timers = context_.domain.save(session);
        if (!timers) return tl::unexpected(std::move(timers.error()));
        timers_changed_ = !timers->empty();
        if (auto saved = save_timers(session, *timers); !saved) return saved;
    }
    if (auto events = write_events(session); !events) return events;
    if (auto inbox = write_inbox(session); !inbox) return inbox;
    return write_keys(session);
}

sql::Status Batch::write_events(sql::Session& session) {
    if (published_.empty()) return {};
    std::vector<sql::Cell> events;
    std::vector<sql::Cell> outbox;
    events.reserve(published_.size() * messaging::events_table.columns.size());
    outbox.reserve(published_.size() * messaging::outbox_table.columns.size());
    for (const auto& entry : published_) {
        messaging::append_event_row(events, entry.id, *entry.message);
        messaging::append_outbox_row(outbox, entry.id, *entry.message);
    }
    if (auto written = session.insert(messaging::events_table, events); !written) return written;
    faults::crash_point("after_events");
    return session.insert(messaging::outbox_table, outbox);
}

sql::Status Batch::write_inbox(sql::Session& session) {
    if (inbox_.empty() || faults::planted(faults::Bug::no_inbox)) return {};
    const std::int64_t now = context_.env.now().us;
    std::vector<sql::Cell> rows;
    rows.reserve(inbox_.size() * messaging::inbox_table.columns.size());
    for (const auto& entry : inbox_)
        rows.insert(rows.end(), {entry.message_id.raw(), std::string_view(context_.rules.consumer),
                                 std::string_view(entry.body_hash), now});
    if (auto written = session.insert(messaging::inbox_table, rows); !written) return written;
    faults::crash_point("after_inbox");
    return {};
}

sql::Status Batch::write_keys(sql::Session& session) {
    if (kept_keys_.empty()) return {};
    const std::int64_t now = context_.env.now().us;
    std::vector<sql::Cell> rows;
    rows.reserve(kept_keys_.size() * idempotency_table.columns.size());
    for (const auto& kept : kept_keys_)
        rows.insert(rows.end(),
                    {std::string_view(kept.lookup), std::string_view(kept.key->subject),
                     std::string_view(kept.key->key), kept.key->item,
                     std::string_view(kept.row.request_hash), std::int64_t{kept.row.status},
                     kept.row.aggregate_id.raw(), kept.row.version, now});
    return session.insert(idempotency_table, rows);
}

}  // namespace waybill::service
