#include <charconv>

#include "chassis/service/respond.hpp"
#include "services/audit/api.hpp"
#include "services/audit/journey.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {
using http::Call;
using http::Response;
using service::refuse;

/// Longer streams are not folded, longer journeys are cut.
constexpr std::int64_t folded_events_max = 10'000;
constexpr std::int64_t journey_events_max = 1'000;

Result<std::optional<std::int64_t>> number_of(std::optional<std::string_view> text,
                                              std::string pointer) {
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || number < 1)
        return invalid(std::move(pointer), "must be a positive integer");
    return number;
}

/// Up to where a stream is folded.
struct Until {
    std::optional<std::int64_t> version{};
    std::optional<Timestamp> at{};
};

Result<Until> until_of(const Call& call) {
    auto version = number_of(call.query.get("version"), "?version");
    if (!version) return fail(std::move(version.error()));
    auto at = service::time_of(call, "at");
    if (!at) return fail(std::move(at.error()));
    if (*version && *at) return invalid("?at", "give either version or at");
    return Until{*version, *at};
}

void cut(std::vector<StoredEvent>& events, const Until& until) {
    std::erase_if(events, [&](const StoredEvent& event) {
        return (until.version && event.meta.aggregate_version > *until.version) ||
               (until.at && event.meta.occurred_at > *until.at);
    });
}

struct JourneyEvents {
    std::optional<StoredEvent> created{};
    std::vector<StoredEvent> correlated{};
};
sql::Result<JourneyEvents> read_journey(sql::Session& session, const Uuid& order_id) {
    auto first = read_stream(session, "order", order_id, 0, 1);
    if (!first) return tl::unexpected(std::move(first.error()));
    JourneyEvents events;
    if (first->empty() || first->front().meta.type != "OrderCreated") return events;
    events.created = std::move(first->front());
    auto all = read_correlation(session, events.created->meta.correlation_id, journey_events_max);
    if (!all) return tl::unexpected(std::move(all.error()));
    events.correlated = std::move(*all);
    return events;
}
}  // namespace

Task<Response> StreamsApi::stream(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    std::optional<std::string_view> position;
    if (!page->after.empty()) position = page->after;
    auto after = number_of(position, "?cursor");
    if (!after) co_return refuse(call, after.error());
    auto events = co_await ports_.readers.read(
        [type = call.parameter("type"), id = *id, after = after->value_or(0),
         limit = page->limit + 1](sql::Session& session) {
            return read_stream(session, type, id, after, limit);
        },
        call.deadline, call.request.trace);
    if (!events) co_return refuse(call, events.error());
    const bool more = static_cast<std::int64_t>(events->size()) > page->limit;
    if (more) events->pop_back();
    std::vector<std::string> items;
    for (const auto& event : *events) items.push_back(to_json(event));
    std::string next;
    if (more)
        next = service::next_cursor(call, ports_.cursors,
                                    std::to_string(events->back().meta.aggregate_version));
    co_return service::list_response(items, next);
}

Task<Response> StreamsApi::state(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto until = until_of(call);
    if (!until) co_return refuse(call, until.error());
    const std::string& type = call.parameter("type");
    const auto fold = ports_.folds.find(type);
    if (fold == ports_.folds.end())
        co_return refuse(call, Error(Problem::not_found,
                                     "a stream of this type folds to no resource of its own"));
    auto events = co_await ports_.readers.read(
        [type, id = *id](sql::Session& session) {
            return read_stream(session, type, id, 0, folded_events_max);
        },
        call.deadline, call.request.trace);
    if (!events) co_return refuse(call, events.error());
    cut(*events, *until);
    if (events->empty())
        co_return refuse(call, Error(Problem::not_found, "the stream has no event up to there"));
    auto folded = fold->second(*events);
    if (!folded) co_return refuse(call, folded.error());
    const EventMeta& last = events->back().meta;
    co_return service::json_response(
        200, to_json(StreamState{type, *id, last.aggregate_version, last.occurred_at,
                                 std::move(*folded)}));
}

Task<Response> StreamsApi::journey(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto events = co_await ports_.readers.read(
        [id = *id](sql::Session& session) { return read_journey(session, id); }, call.deadline,
        call.request.trace);
    if (!events) co_return refuse(call, events.error());
    const bool seen = events->created && (call.principal.is_operator() ||
                                          customer_of(*events->created) == call.principal.subject);
    if (!seen) co_return refuse(call, Error(Problem::not_found, "there is no such order"));
    co_return service::json_response(200,
                                     to_json(journey_of(*events->created, events->correlated)));
}

void StreamsApi::add_routes(http::Routes& routes) {
    using http::Priority;
    routes.get("/v1/audit/streams/{type}/{id}",
               {.scope = "audit.read",
                .priority = Priority::list,
                .parameters = {{"limit", "1..100", false, R"({"type":"integer"})"},
                               {"cursor", "nextCursor of the page before"}},
                .answers = {{200, "version ascending", event_list_schema}},
                .doc = "The events of one stream",
                .operation_id = "readAuditStream"},
               [this](Call& call) { return stream(call); });
    routes.get("/v1/audit/streams/{type}/{id}/state",
               {.scope = "audit.read",
                .parameters = {{"version", "as of this version", false, R"({"type":"integer"})"},
                               {"at", "as of this time, RFC 3339"}},
                .answers = {{200, "the resource as it was", stream_state_schema}},
                .doc = "What a stream (order, product, reservation, notification) folds to",
                .operation_id = "foldAuditStream"},
               [this](Call& call) { return state(call); });
    routes.get("/v1/orders/{id}/journey",
               {.scope = "orders.read",
                .owner = true,
                .answers = {{200, "everything that happened to the order", journey_schema}},
                .doc = "Saga steps, stock movements, notifications and traces of one order",
                .operation_id = "getOrderJourney"},
               [this](Call& call) { return journey(call); });
}

}  // namespace waybill::audit
