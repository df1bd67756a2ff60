#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "app/check/judging.hpp"
#include "chassis/messaging/tables.hpp"
#include "services/inventory/consumers.hpp"
#include "services/notifications/consumers.hpp"
#include "services/orders/consumers.hpp"

namespace waybill::check {
namespace {

/// A day less than inboxes keep their rows, so that none is missed for its age.
constexpr Duration judged_age = std::chrono::hours(24 * 6);

/// An event as a page of `events` gives it.
struct SentEvent {
    std::int64_t seq = 0;
    Uuid event_id{};
    Uuid causation_id{};
    std::string type;
};

/// What these events' own service only ever does because a message told it to.
constexpr std::array<std::string_view, 5> told_events{"OrderReserved", "InventoryReserved",
                                                      "InventoryReservationFailed",
                                                      "InventoryReleased", "InventoryShipped"};

std::vector<std::string> taken_by(Service consumer) {
    switch (consumer) {
        case Service::orders:
            return orders::consumed_events();
        case Service::inventory:
            return inventory::consumed_events();
        case Service::notifications:
            return notifications::consumed_events();
        case Service::audit:
            return {};  // it dedupes by its own store, for ever
    }
    return {};
}

bool listed(const std::vector<std::string>& types, std::string_view type) {
    return std::ranges::find(types, type) != types.end();
}

class InboxPass {
 public:
    explicit InboxPass(Judging& judging) : judging_(judging) {
        for (const Service consumer : all_services)
            if (judging.sources.of(consumer) != nullptr && consumer != Service::audit)
                consumers_.emplace(consumer, taken_by(consumer));
    }

    sql::Status run() {
        for (const Service sender : all_services)
            if (judging_.sources.of(sender) != nullptr)
                if (auto done = judge_sender(sender); !done) return done;
        judging_.findings.examined(Invariant::once, messages_, "messages taken");
        return {};
    }

 private:
    sql::Status judge_sender(Service sender) {
        const std::int64_t oldest = (judging_.options.now - judged_age).us;
        std::vector<SentEvent> page;
        std::int64_t last = 0;
        do {
            const std::array<sql::Cell, 3> parameters{
                last, oldest, static_cast<std::int64_t>(judging_.options.page_rows)};
            auto rows = judging_.sources.of(sender)->query(
                "select seq, event_id, causation_id, type from events where seq > ? and "
                "occurred_at >= ? order by seq limit ?",
                parameters);
            if (!rows) return tl::unexpected(std::move(rows.error()));
            page.clear();
            for (std::size_t i = 0; i < rows->size(); ++i) {
                const Row row(rows->row(i));
                page.push_back({row.number(0), row.id(1), row.id(2), std::string(row.text(3))});
            }
            if (auto done = judge_page(sender, page); !done) return done;
            if (!page.empty()) last = page.back().seq;
            read_ += page.size();
            if (judging_.options.progress) judging_.options.progress("messages", read_);
        } while (page.size() == judging_.options.page_rows);
        return {};
    }

    sql::Status judge_page(Service sender, const std::vector<SentEvent>& page) {
        for (const auto& [consumer, types] : consumers_) {
            if (auto done = judge_taking(sender, consumer, types, page); !done) return done;
        }
        return judge_causes(sender, page);
    }

    /// What was published and is not on its way has been taken, or is held aside.
    sql::Status judge_taking(Service sender, Service consumer,
                             const std::vector<std::string>& types,
                             const std::vector<SentEvent>& page) {
        std::vector<const SentEvent*> wanted;
        for (const SentEvent& event : page)
            if (listed(types, event.type) && !judging_.in_flight(sender, event.seq))
                wanted.push_back(&event);
        std::vector<Uuid> ids;
        for (const SentEvent* event : wanted) ids.push_back(event->event_id);
        auto times = taken_times(consumer, ids);
        if (!times) return tl::unexpected(std::move(times.error()));
        messages_ += wanted.size();
        for (const SentEvent* event : wanted) {
            const auto found = times->find(event->event_id);
            const std::int64_t count = found == times->end() ? 0 : found->second;
            if (count == 1 || (count == 0 && judging_.letters.hold(consumer, event->event_id)))
                continue;
            judging_.findings.breach(
                Invariant::once, object_of(event->type, event->event_id),
                count == 0
                    ? fmt::format("{} never took it, and it is not on its way", name_of(consumer))
                    : fmt::format("{} took it {} times", name_of(consumer), count),
                {event->event_id});
        }
        return {};
    }

    /// What a message caused stands with the message's inbox row.
    sql::Status judge_causes(Service service, const std::vector<SentEvent>& page) {
        if (!consumers_.contains(service)) return {};
        std::vector<Uuid> ids;
        for (const SentEvent& event : page)
            if (std::ranges::find(told_events, event.type) != told_events.end())
                ids.push_back(event.causation_id);
        auto times = taken_times(service, ids);
        if (!times) return tl::unexpected(std::move(times.error()));
        for (const SentEvent& event : page)
            if (std::ranges::find(told_events, event.type) != told_events.end() &&
                !times->contains(event.causation_id) &&
                event.causation_id.time() >= judging_.options.now - judged_age)
                judging_.findings.breach(
                    Invariant::once, object_of(event.type, event.event_id),
                    fmt::format("{} has no inbox row of the message {} that caused it",
                                name_of(service), event.causation_id.to_string()),
                    {event.event_id});
        return {};
    }

    /// How often the consumer has taken each of these messages; those it never took are left out.
    sql::Result<std::map<Uuid, std::int64_t>> taken_times(Service consumer, std::vector<Uuid> ids) {
        std::ranges::sort(ids);
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        std::vector<sql::Cell> cells;
        for (const Uuid& id : ids) cells.emplace_back(id.raw());
        std::map<Uuid, std::int64_t> times;
        if (cells.empty()) return times;
        auto rows = judging_.sources.of(consumer)->select_in(messaging::inbox_table, "message_id",
                                                             cells, false);
        if (!rows) return tl::unexpected(std::move(rows.error()));
        for (std::size_t i = 0; i < rows->size(); ++i) {
            const Row row(rows->row(i));
            if (row.text(1) == name_of(consumer)) ++times[row.id(0)];
        }
        return times;
    }

    Judging& judging_;
    std::map<Service, std::vector<std::string>> consumers_;
    std::uint64_t messages_ = 0;
    std::uint64_t read_ = 0;
};

}  // namespace

sql::Status judge_inboxes(Judging& judging) {
    return InboxPass(judging).run();
}

}  // namespace waybill::check
