#include "services/audit/api.hpp"

#include <charconv>

#include "chassis/service/respond.hpp"
#include "services/audit/export.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {
using http::Call;
using http::Response;
using service::refuse;

std::optional<std::string> text_of(const Call& call, std::string_view name) {
    const auto value = call.query.get(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

/// The span of time that both lists may be narrowed to.
Status read_span(const Call& call, EventFilter& filter) {
    auto from = service::time_of(call, "from");
    if (!from) return fail(std::move(from.error()));
    auto to = service::time_of(call, "to");
    if (!to) return fail(std::move(to.error()));
    filter.from = *from;
    filter.to = *to;
    return {};
}

Result<EventFilter> event_filter(const Call& call) {
    EventFilter filter{.type = text_of(call, "type"), .actor = text_of(call, "actor")};
    if (auto read = read_span(call, filter); !read) return fail(std::move(read.error()));
    auto correlation = service::uuid_of(call, "correlationId");
    if (!correlation) return fail(std::move(correlation.error()));
    filter.correlation_id = *correlation;
    return filter;
}

Result<EventFilter> document_filter(const Call& call) {
    EventFilter filter{.type = text_of(call, "action"),
                       .actor = text_of(call, "actor"),
                       .stream_type = text_of(call, "entity")};
    if (auto read = read_span(call, filter); !read) return fail(std::move(read.error()));
    auto id = service::uuid_of(call, "entityId");
    if (!id) return fail(std::move(id.error()));
    filter.stream_id = *id;
    return filter;
}

Result<std::int64_t> before_of(const service::PageRequest& page) {
    std::int64_t before = 0;
    const char* end = page.after.data() + page.after.size();
    const auto read = std::from_chars(page.after.data(), end, before);
    if (!page.after.empty() && (read.ec != std::errc() || read.ptr != end))
        return invalid("?cursor", "is not a cursor of this list");
    return before;
}
}  // namespace

Task<Response> EventsApi::list(Call& call, EventFilter filter,
                               std::string (*shown)(const StoredEvent&)) {
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto before = before_of(*page);
    if (!before) co_return refuse(call, before.error());
    auto found = co_await ports_.readers.read(
        [filter = std::move(filter), before = *before, limit = page->limit](sql::Session& session) {
            return list_events(session, filter, before, limit);
        },
        call.deadline, call.request.trace);
    if (!found) co_return refuse(call, found.error());
    std::vector<std::string> items;
    for (const auto& event : found->events) items.push_back(shown(event));
    std::string next;
    if (found->next_before)
        next = service::next_cursor(call, ports_.cursors, std::to_string(*found->next_before));
    co_return service::list_response(items, next);
}

Task<Response> EventsApi::events(Call& call) {
    auto filter = event_filter(call);
    if (!filter) co_return refuse(call, filter.error());
    co_return co_await list(call, std::move(*filter), to_json);
}

Task<Response> EventsApi::documents(Call& call) {
    auto filter = document_filter(call);
    if (!filter) co_return refuse(call, filter.error());
    co_return co_await list(call, std::move(*filter), document_json);
}

Task<Response> EventsApi::export_documents(Call& call) {
    auto filter = document_filter(call);
    if (!filter) co_return refuse(call, filter.error());
    Response response;
    response.headers.add("Content-Type", "application/x-ndjson");
    response.headers.add("Content-Disposition", "attachment; filename=\"audit.ndjson\"");
    response.body =
        http::Body(std::make_unique<DocumentExport>(ports_.readers, std::move(*filter)));
    co_return response;
}

void EventsApi::add_routes(http::Routes& routes) {
    using http::Parameter;
    using http::Priority;
    const Parameter from{"from", "occurred at or after, RFC 3339"};
    const Parameter to{"to", "occurred before, RFC 3339"};
    const Parameter actor{"actor", "subject of who did it"};
    const Parameter limit{"limit", "1..100", false, R"({"type":"integer"})"};
    const Parameter cursor{"cursor", "nextCursor of the page before"};
    const std::vector<Parameter> of_documents{{"entity", "stream type, such as order"},
                                              {"entityId", "stream id"},
                                              {"action", "event type"},
                                              actor,
                                              from,
                                              to};
    routes.get("/v1/audit/events",
               {.scope = "audit.read",
                .priority = Priority::list,
                .parameters = {{"type", "event type"},
                               actor,
                               {"correlationId", "all of one correlation"},
                               from,
                               to,
                               limit,
                               cursor},
                .answers = {{200, "newest first", event_list_schema}},
                .doc = "Every event of the platform",
                .operation_id = "listAuditEvents"},
               [this](Call& call) { return events(call); });
    auto paged = of_documents;
    paged.insert(paged.end(), {limit, cursor});
    routes.get("/v1/audit/documents",
               {.scope = "audit.read",
                .priority = Priority::list,
                .parameters = paged,
                .answers = {{200, "newest first", document_list_schema}},
                .doc = "The same events as readable documents",
                .operation_id = "listAuditDocuments"},
               [this](Call& call) { return documents(call); });
    routes.get("/v1/audit/documents/export",
               {.scope = "audit.read",
                .priority = Priority::list,
                .parameters = of_documents,
                .answers = {{200, "one document a line, oldest first", document_schema,
                             "application/x-ndjson"}},
                .doc = "All matching documents as NDJSON",
                .operation_id = "exportAuditDocuments"},
               [this](Call& call) { return export_documents(call); });
}

}  // namespace waybill::audit
