#include "services/audit/store.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "chassis/base/faults.hpp"
#include "chassis/sql/select.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {

/// How many rows of the store one statement looks at when no index helps.
constexpr std::int64_t scan_rows_max = 50'000;
/// How many such statements one page takes.
constexpr int scans_max = 8;

template <class T>
tl::unexpected<sql::Failure> failed(sql::Result<T>& result) {
    return tl::unexpected(std::move(result.error()));
}

using Select = sql::Select<StoredEvent>;

void add_conditions(Select& select, const EventFilter& filter) {
    using enum sql::Is;
    if (filter.type) select.where("type", equal, *filter.type);
    if (filter.actor) select.where("actor_subject", equal, *filter.actor);
    if (filter.correlation_id) select.where("correlation_id", equal, *filter.correlation_id);
    if (filter.stream_type) select.where("stream_type", equal, *filter.stream_type);
    // The second condition is the index's own: without a version an event belongs to no stream.
    if (filter.stream_id)
        select.where("stream_id", equal, *filter.stream_id).where_sql("version > 0");
    if (filter.from) select.where("occurred_at", at_least, *filter.from);
    if (filter.to) select.where("occurred_at", less, *filter.to);
}

bool indexed(const EventFilter& filter) {
    return filter.correlation_id || filter.stream_id;
}

sql::Result<std::vector<StoredEvent>> newest_of(sql::Session& session, const EventFilter& filter,
                                                std::int64_t first, std::int64_t before,
                                                std::int64_t limit) {
    Select select(stored_rows());
    add_conditions(select, filter);
    select.where("seq", sql::Is::at_least, first).where("seq", sql::Is::less, before);
    return select.order_by("seq", sql::Sort::descending).limit(limit).run(session);
}

/// Where the events of the filter can begin: what occurred later was recorded later.
sql::Result<std::int64_t> lowest_seq(sql::Session& session, const EventFilter& filter) {
    if (!filter.from || indexed(filter)) return std::int64_t{1};
    return first_seq_at(session, *filter.from);
}

sql::Result<std::int64_t> one_number(sql::Session& session, std::string_view statement,
                                     std::span<const sql::Cell> parameters = {}) {
    auto rows = session.query(statement, parameters);
    if (!rows) return failed(rows);
    if (rows->empty() || sql::is_null(rows->row(0)[0])) return std::int64_t{0};
    return sql::as_int(rows->row(0)[0]);
}

/// Their numbers go up as things happened; what happened at once, as it arrived: within a stream
/// that is by version.
std::vector<const Recorded*> as_they_happened(std::vector<const Recorded*> rows) {
    std::sort(rows.begin(), rows.end(), [](const Recorded* a, const Recorded* b) {
        return std::tie(a->event->meta.occurred_at, a->arrival) <
               std::tie(b->event->meta.occurred_at, b->arrival);
    });
    return rows;
}

}  // namespace

messaging::MessagePtr message_of(StoredEvent event) {
    return std::make_shared<const messaging::Message>(
        messaging::Message{std::move(event.meta), std::move(event.data)});
}

sql::Status load(sql::Session& session, const Keys& keys, State& state) {
    if (const auto ids = keys.of(events_key); !ids.empty()) {
        auto rows = stored_rows().load_by(session, "event_id", sql::cells_of(ids), false);
        if (!rows) return failed(rows);
        for (auto& row : *rows) {
            const Timestamp recorded_at = row.recorded_at;
            const Uuid id = row.meta.event_id;
            state.events.loaded(id,
                                {std::make_shared<const StoredEvent>(std::move(row)), recorded_at});
        }
        for (const auto id : ids) state.events.absent(Uuid::from_bytes(id).value_or(Uuid{}));
    }
    if (const auto ids = keys.of(replays_key); !ids.empty()) {
        auto rows = replay_rows().load(session, ids, true);
        if (!rows) return failed(rows);
        for (auto& row : *rows) state.replays.loaded(&Replay::id, std::move(row));
        for (const auto id : ids)
            state.replays.absent(ReplayId{Uuid::from_bytes(id).value_or(Uuid{})});
    }
    return {};
}

sql::Status save(sql::Session& session, const State& state) {
    auto events = as_they_happened(state.events.inserted());
    if (events.size() > 1 && faults::planted(faults::Bug::last_audit_event_dropped))
        events.pop_back();
    if (!events.empty())
        if (auto done = recorded_rows().insert(session, events); !done) return done;
    if (const auto added = state.replays.inserted(); !added.empty())
        if (auto done = replay_rows().insert(session, added); !done) return done;
    if (const auto changed = state.replays.updated(); !changed.empty())
        return replay_rows().update(session, changed);
    return {};
}

sql::Result<EventPage> list_events(sql::Session& session, const EventFilter& filter,
                                   std::int64_t before, std::int64_t limit) {
    auto lowest = lowest_seq(session, filter);
    if (!lowest) return failed(lowest);
    auto newest = newest_seq(session);
    if (!newest) return failed(newest);
    std::int64_t top = before > 0 ? std::min(before, *newest + 1) : *newest + 1;
    EventPage page;
    for (int scan = 0; scan < scans_max && top > *lowest; ++scan) {
        const std::int64_t first =
            indexed(filter) ? *lowest : std::max(*lowest, top - scan_rows_max);
        const auto wanted = limit + 1 - static_cast<std::int64_t>(page.events.size());
        auto rows = newest_of(session, filter, first, top, wanted);
        if (!rows) return failed(rows);
        std::move(rows->begin(), rows->end(), std::back_inserter(page.events));
        top = first;
        if (static_cast<std::int64_t>(page.events.size()) > limit) {
            page.events.pop_back();
            page.next_before = page.events.back().seq;
            return page;
        }
    }
    if (top > *lowest) page.next_before = top;
    return page;
}

sql::Result<EventSlice> scan_events(sql::Session& session, const EventFilter& filter,
                                    std::int64_t after, std::int64_t seq_max, std::int64_t limit) {
    auto lowest = lowest_seq(session, filter);
    if (!lowest) return failed(lowest);
    const std::int64_t begin = std::max(after, *lowest - 1);
    const std::int64_t end = indexed(filter) ? seq_max : std::min(seq_max, begin + scan_rows_max);
    Select select(stored_rows());
    add_conditions(select, filter);
    select.where("seq", sql::Is::greater, begin).where("seq", sql::Is::at_most, end);
    auto rows = select.order_by("seq").limit(limit).run(session);
    if (!rows) return failed(rows);
    EventSlice slice{std::move(*rows), std::max(end, after)};
    if (static_cast<std::int64_t>(slice.events.size()) == limit)
        slice.seq_done = slice.events.back().seq;
    return slice;
}

sql::Result<std::int64_t> newest_seq(sql::Session& session) {
    return one_number(session, "select max(seq) from event_store");
}

sql::Result<std::int64_t> first_seq_at(sql::Session& session, Timestamp at) {
    auto newest = newest_seq(session);
    if (!newest) return failed(newest);
    std::int64_t low = 1;
    std::int64_t high = *newest + 1;
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        const sql::Cell parameter = middle;
        auto recorded = one_number(
            session, "select recorded_at from event_store where seq >= ? order by seq limit 1",
            std::span(&parameter, 1));
        if (!recorded) return failed(recorded);
        if (*recorded < at.us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

sql::Result<std::vector<StoredEvent>> read_stream(sql::Session& session, const std::string& type,
                                                  const Uuid& id, std::int64_t after,
                                                  std::int64_t limit) {
    // The condition `version > 0` is the one of the index.
    return Select(stored_rows())
        .where("stream_id", sql::Is::equal, id)
        .where("stream_type", sql::Is::equal, type)
        .where("version", sql::Is::greater, after)
        .where_sql("version > 0")
        .order_by("version")
        .limit(limit)
        .run(session);
}

sql::Result<std::vector<StoredEvent>> read_correlation(sql::Session& session,
                                                       const Uuid& correlation_id,
                                                       std::int64_t limit) {
    return Select(stored_rows())
        .where("correlation_id", sql::Is::equal, correlation_id)
        .order_by("seq")
        .limit(limit)
        .run(session);
}

sql::Result<std::optional<Replay>> find_replay(sql::Session& session, const ReplayId& id) {
    const std::string_view key = id.value.raw();
    auto rows = replay_rows().load(session, std::span(&key, 1), false);
    if (!rows) return failed(rows);
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

sql::Result<std::vector<Replay>> running_replays(sql::Session& session) {
    return sql::Select<Replay>(replay_rows())
        .where_sql("status in ('Counting', 'Delivering')")
        .order_by("id")
        .limit(100)
        .run(session);
}

EventFilter filter_of(const Selection& selection) {
    return {.stream_type = selection.stream_type,
            .stream_id = selection.stream_id,
            .from = selection.from,
            .to = selection.to};
}

sql::Result<SelectionFacts> look_at(sql::Session& session, const Selection& selection) {
    auto newest = newest_seq(session);
    if (!newest) return failed(newest);
    SelectionFacts facts{.seq_max = *newest, .nothing = *newest == 0, .oldest = {}};
    // Of a span the age is known, and a look for its first event could be a long one.
    if (!selection.stream_id) return facts;
    auto first = read_stream(session, selection.stream_type.value(), *selection.stream_id, 0, 1);
    if (!first) return failed(first);
    facts.nothing = first->empty();
    if (!first->empty()) facts.oldest = first->front().meta.occurred_at;
    return facts;
}

sql::Result<std::vector<Gap>> find_gaps(sql::Session& session, std::int64_t first,
                                        std::int64_t last) {
    const std::array<sql::Cell, 2> parameters{first, last};
    auto rows = session.query(
        "select e.stream_type, e.stream_id, e.version from event_store e "
        "where e.seq between ? and ? and e.version > 1 and not exists ("
        "select 1 from event_store p where p.stream_id = e.stream_id "
        "and p.stream_type = e.stream_type and p.version = e.version - 1 and p.version > 0) "
        "order by e.seq limit 1000",
        parameters);
    if (!rows) return failed(rows);
    std::vector<Gap> gaps;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        gaps.push_back({std::string(sql::as_text(row[0])),
                        Uuid::from_bytes(sql::as_text(row[1])).value_or(Uuid{}),
                        sql::as_int(row[2])});
    }
    return gaps;
}

}  // namespace waybill::audit
