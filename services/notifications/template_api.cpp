#include <fmt/format.h>

#include "chassis/service/respond.hpp"
#include "services/notifications/api.hpp"
#include "services/notifications/preferences.hpp"
#include "services/notifications/shapes.hpp"

namespace waybill::notifications {

namespace {
using http::Call;
using http::Response;
using service::Lane;
using service::refuse;

constexpr std::string_view templates_path = "/v1/notifications/templates";

Response shown(std::uint16_t status, const Template& row) {
    return service::json_response(status, to_json(row), std::to_string(row.version));
}

Result<TemplateContent> content_of(const Call& call) {
    auto content = template_from_json(call.body);
    if (!content) return content;
    if (!is_locale(content->locale)) return invalid("/locale", locale_rule);
    return content;
}

Result<TemplateFilter> filter_of(const Call& call, const service::PageRequest& page) {
    TemplateFilter filter{.limit = page.limit + 1};
    if (const auto event = call.query.get("event")) filter.event = std::string(*event);
    if (const auto type = call.query.get("type")) {
        filter.type = from_word<NotificationType>(*type);
        if (!filter.type) return invalid("?type", "must be InApp, Email, SMS or Push");
    }
    if (!page.after.empty()) {
        filter.before = Uuid::parse(page.after);
        if (!filter.before) return invalid("?cursor", "is not a cursor of this list");
    }
    return filter;
}

Fields samples_with(const EventFields& event, const std::map<std::string, std::string>& given) {
    Fields fields(given.begin(), given.end());
    for (const auto& [name, sample] : event.samples)
        if (!given.contains(std::string(name))) fields.emplace_back(name, sample);
    return fields;
}
}  // namespace

Task<Result<Template>> TemplatesApi::find(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return fail(std::move(id.error()));
    auto row = co_await ports_.readers.read(
        [id = TemplateId{*id}](sql::Session& session) { return find_template(session, id); },
        call.deadline, call.request.trace);
    if (!row) co_return fail(std::move(row.error()));
    if (!*row) co_return fail(Problem::not_found, "there is no such template");
    co_return std::move(**row);
}

Task<Response> TemplatesApi::list(Call& call) {
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto filter = filter_of(call, *page);
    if (!filter) co_return refuse(call, filter.error());
    auto rows = co_await ports_.readers.read(
        [filter = *filter](sql::Session& session) { return list_templates(session, filter); },
        call.deadline, call.request.trace);
    if (!rows) co_return refuse(call, rows.error());
    const bool more = static_cast<std::int64_t>(rows->size()) > page->limit;
    if (more) rows->pop_back();
    std::vector<std::string> items;
    for (const auto& row : *rows) items.push_back(to_json(row));
    std::string next;
    if (more) next = service::next_cursor(call, ports_.cursors, rows->back().id.to_string());
    co_return service::list_response(items, next);
}

Task<Response> TemplatesApi::get(Call& call) {
    auto row = co_await find(call);
    co_return row ? shown(200, *row) : refuse(call, row.error());
}

Task<Response> TemplatesApi::create(Call& call) {
    auto content = content_of(call);
    if (!content) co_return refuse(call, content.error());
    auto answered = co_await ports_.writer.submit(CreateTemplate{std::move(*content)}, Lane::create,
                                                  service::cause_of(call),
                                                  service::key_of(call, 201), call.deadline);
    if (!answered) co_return refuse(call, answered.error());
    Response response;
    if (answered->replayed) {
        const TemplateId id{answered->aggregate_id};
        auto row = co_await ports_.readers.read(
            [id](sql::Session& session) { return find_template(session, id); }, call.deadline,
            call.request.trace);
        if (!row) co_return refuse(call, row.error());
        if (!*row) co_return refuse(call, Error(Problem::not_found, "it has been deleted since"));
        response = shown(answered->status, **row);
        response.headers.set("Idempotency-Replayed", "true");
    } else {
        response = shown(201, std::get<Template>(answered->view.value()));
    }
    response.headers.set("Location",
                         fmt::format("{}/{}", templates_path, answered->aggregate_id.to_string()));
    co_return response;
}

Task<Response> TemplatesApi::update(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto content = content_of(call);
    if (!content) co_return refuse(call, content.error());
    auto version = service::expected_version(call);
    if (!version) co_return refuse(call, version.error());
    auto answered = co_await ports_.writer.submit(
        UpdateTemplate{TemplateId{*id}, std::move(*content), *version}, Lane::create,
        service::cause_of(call), std::nullopt, call.deadline);
    if (!answered) co_return refuse(call, answered.error());
    co_return shown(200, std::get<Template>(answered->view.value()));
}

Task<Response> TemplatesApi::remove(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto version = service::expected_version(call);
    if (!version) co_return refuse(call, version.error());
    auto answered =
        co_await ports_.writer.submit(DeleteTemplate{TemplateId{*id}, *version}, Lane::create,
                                      service::cause_of(call), std::nullopt, call.deadline);
    if (!answered) co_return refuse(call, answered.error());
    Response gone;
    gone.status = 204;
    co_return gone;
}

Task<Response> TemplatesApi::preview(Call& call) {
    auto row = co_await find(call);
    if (!row) co_return refuse(call, row.error());
    std::map<std::string, std::string> given;
    if (!call.body.empty()) {
        auto body = preview_from_json(call.body);
        if (!body) co_return refuse(call, body.error());
        given = std::move(*body);
    }
    const EventFields* event = find_event(row->event);
    const Fields fields =
        event != nullptr ? samples_with(*event, given) : Fields(given.begin(), given.end());
    co_return service::json_response(
        200, to_json(Rendered{render(row->subject, fields), render(row->body, fields)}));
}

void TemplatesApi::add_routes(http::Routes& routes) {
    using http::Priority;
    routes.get(std::string(templates_path),
               {.scope = "notifications.read",
                .role = "operator",
                .priority = Priority::list,
                .parameters = {{"event", "of this event alone"},
                               {"type", "InApp, Email, SMS or Push"},
                               {"limit", "1..100", false, R"({"type":"integer"})"},
                               {"cursor", "nextCursor of the page before"}},
                .answers = {{200, "newest first", template_list_schema}},
                .doc = "The templates of notifications",
                .operation_id = "listNotificationTemplates"},
               [this](Call& call) { return list(call); });
    routes.get(fmt::format("{}/{{id}}", templates_path),
               {.scope = "notifications.read",
                .role = "operator",
                .answers = {{200, "the template", template_schema}},
                .doc = "One template",
                .operation_id = "getNotificationTemplate"},
               [this](Call& call) { return get(call); });
    routes.post(fmt::format("{}/{{id}}/preview", templates_path),
                {.scope = "notifications.read",
                 .role = "operator",
                 .body_optional = true,
                 .body = preview_schema,
                 .answers = {{200, "the texts, filled in", rendered_schema}},
                 .doc = "Fill a template in with given or sample fields",
                 .operation_id = "previewNotificationTemplate"},
                [this](Call& call) { return preview(call); });
    add_change_routes(routes);
}

void TemplatesApi::add_change_routes(http::Routes& routes) {
    using http::Priority;
    routes.post(std::string(templates_path),
                {.scope = "notifications.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .priority = Priority::create,
                 .body = template_content_schema,
                 .answers = {{201, "made", template_schema}},
                 .doc = "Make a template for an event, type and locale that has none",
                 .operation_id = "createNotificationTemplate"},
                [this](Call& call) { return create(call); });
    routes.put(fmt::format("{}/{{id}}", templates_path),
               {.scope = "notifications.write",
                .role = "operator",
                .if_match_required = true,
                .priority = Priority::create,
                .body = template_content_schema,
                .answers = {{200, "the template", template_schema}},
                .doc = "Replace a template's texts; its event, type and locale stay",
                .operation_id = "putNotificationTemplate"},
               [this](Call& call) { return update(call); });
    routes.del(fmt::format("{}/{{id}}", templates_path),
               {.scope = "notifications.write",
                .role = "operator",
                .if_match_required = true,
                .priority = Priority::create,
                .answers = {{204, "gone", {}}},
                .doc = "Delete a template: its event is no longer told that way",
                .operation_id = "deleteNotificationTemplate"},
               [this](Call& call) { return remove(call); });
}

}  // namespace waybill::notifications
