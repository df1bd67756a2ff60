#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <optional>
#include <vector>

#include "app/check/judging.hpp"

namespace waybill::check {
namespace {

constexpr std::string_view published_statement =
    "select aggregate_id, aggregate_type, aggregate_version, seq, event_id, type, data "
    "from events where aggregate_id >= ? and (aggregate_id > ? or aggregate_type > ? or "
    "(aggregate_type = ? and aggregate_version > ?)) "
    "order by aggregate_id, aggregate_type, aggregate_version limit ?";
/// What has no version was published by others.
constexpr std::string_view recorded_statement =
    "select stream_id, stream_type, version, seq, event_id, type, data "
    "from event_store where version > 0 and stream_id >= ? and (stream_id > ? or "
    "stream_type > ? or (stream_type = ? and version > ?)) "
    "order by stream_id, stream_type, version limit ?";

/// A place in the history of an aggregate.
struct Place {
    Uuid id{};
    std::string_view type;
    std::int64_t version = 0;
    auto operator<=>(const Place&) const = default;
};
Place place_of(const Row& row) {
    return {row.id(0), row.text(1), row.number(2)};
}

std::vector<StreamKey> place_keys() {
    return {id_key(0), id_key(0), text_key(1), text_key(1), number_key(2)};
}

/// How far one aggregate has been followed.
struct Followed {
    Uuid id{};
    std::string type;
    std::int64_t published = 0;
    std::int64_t recorded = 0;
    bool excused = false;  ///< some event of it is on its way, or held aside
};

/// The events of all services and those of the audit, side by side in the order of aggregates.
class AuditPass {
 public:
    explicit AuditPass(Judging& judging)
        : judging_(judging),
          recorded_(*judging.sources.audit, recorded_statement, place_keys(),
                    judging.options.page_rows) {
        for (const Service service : all_services)
            published_.push_back({service, Stream(*judging.sources.of(service), published_statement,
                                                  place_keys(), judging.options.page_rows)});
    }

    sql::Status run() {
        if (auto begun = step(recorded_); !begun) return begun;
        for (auto& one : published_)
            if (auto begun = step(one.events); !begun) return begun;
        for (auto place = first(); place; place = first())
            if (auto done = judge(*place); !done) return done;
        std::uint64_t events = 0;
        for (const auto& one : published_) events += one.events.count();
        judging_.findings.examined(Invariant::audit, events, "events");
        judging_.findings.examined(Invariant::order, aggregates_, "aggregates");
        return {};
    }

 private:
    struct Published {
        Service service;
        Stream events;
    };

    std::optional<Place> first() const {
        std::optional<Place> place;
        const auto consider = [&](const Stream& stream) {
            if (!stream.ended() && (!place || place_of(stream.row()) < *place))
                place = place_of(stream.row());
        };
        consider(recorded_);
        for (const auto& one : published_) consider(one.events);
        return place;
    }

    sql::Status judge(const Place& place) {
        judging_.progress("events of the audit", recorded_);
        follow(place);
        const bool recorded = !recorded_.ended() && place_of(recorded_.row()) == place;
        std::vector<Published*> here;
        for (auto& one : published_)
            if (!one.events.ended() && place_of(one.events.row()) == place) here.push_back(&one);
        if (here.size() > 1)
            broken(Invariant::audit, place, "two services published this version",
                   {here[0]->events.row().id(4), here[1]->events.row().id(4)});
        if (here.empty())
            broken(Invariant::audit, place, "the audit holds it, and no service published it",
                   {recorded_.row().id(4)});
        else
            judge_published(place, *here.front(), recorded);
        if (recorded) judge_recorded(place);
        // `place` looks at the rows in hand: from here on it is gone.
        if (recorded)
            if (auto next = step(recorded_); !next) return next;
        for (Published* one : here)
            if (auto next = step(one->events); !next) return next;
        return {};
    }

    void follow(const Place& place) {
        if (aggregates_ > 0 && followed_.id == place.id && followed_.type == place.type) return;
        ++aggregates_;
        followed_ = {place.id, std::string(place.type), 0, 0, false};
    }

    void judge_published(const Place& place, const Published& from, bool recorded) {
        const Row event = from.events.row();
        if (place.version != followed_.published + 1)
            broken(Invariant::audit, place,
                   fmt::format("{} has no event of version {}", name_of(from.service),
                               followed_.published + 1),
                   {event.id(4)});
        followed_.published = place.version;
        if (!recorded) return judge_missing(place, from.service, event);
        const Row copy = recorded_.row();
        if (copy.id(4) != event.id(4))
            broken(Invariant::audit, place, "the audit holds another event of this version",
                   {event.id(4), copy.id(4)});
        else if (copy.text(5) != event.text(5) || copy.text(6) != event.text(6))
            broken(Invariant::audit, place, "the audit holds it with other words", {event.id(4)});
    }

    void judge_missing(const Place& place, Service service, const Row& event) {
        if (judging_.in_flight(service, event.number(3)) ||
            judging_.letters.hold(Service::audit, event.id(4)) || behind_a_letter(place)) {
            followed_.excused = true;
            return;
        }
        broken(Invariant::audit, place,
               fmt::format("{} is not in the audit, and not on its way", event.text(5)),
               {event.id(4)});
        if (event.text(5) == "OrderCreated")
            broken(Invariant::no_loss, place, "its OrderCreated is not in the audit",
                   {event.id(4)});
    }
    /// The audit holds back what follows a message that it holds aside.
    bool behind_a_letter(const Place& place) const {
        return followed_.excused && judging_.letters.concern(place.id);
    }

    void judge_recorded(const Place& place) {
        if (place.version != followed_.recorded + 1 && !followed_.excused)
            broken(Invariant::order, place,
                   fmt::format("the audit applied version {} without {}", place.version,
                               followed_.recorded + 1),
                   {recorded_.row().id(4)});
        followed_.recorded = place.version;
        const bool again = place.version > 1 && recorded_.row().text(5) == "OrderCreated";
        if (again)
            broken(Invariant::no_loss, place, "the audit holds a further OrderCreated",
                   {recorded_.row().id(4)});
    }

    void broken(Invariant invariant, const Place& place, std::string text,
                std::vector<Uuid> events) {
        judging_.findings.breach(
            invariant,
            fmt::format("{} {} version {}", place.type, place.id.to_string(), place.version),
            std::move(text), std::move(events));
    }

    Judging& judging_;
    Stream recorded_;
    std::vector<Published> published_;
    Followed followed_;
    std::uint64_t aggregates_ = 0;
};

}  // namespace

sql::Status judge_audit(Judging& judging) {
    if (judging.sources.whole()) return AuditPass(judging).run();
    for (const Invariant one : {Invariant::order, Invariant::audit})
        judging.findings.leave_out(one, "not all four databases are at hand");
    return {};
}

}  // namespace waybill::check
