#include "services/notifications/api.hpp"

#include <fmt/format.h>

#include "chassis/base/json_writer.hpp"
#include "chassis/service/respond.hpp"
#include "services/notifications/preferences.hpp"
#include "services/notifications/shapes.hpp"
#include "services/notifications/stream.hpp"

namespace waybill::notifications {

namespace {
using http::Call;
using http::Response;
using service::Lane;
using service::refuse;

constexpr std::string_view notifications_root = "/v1/notifications";

Viewer viewer_of(const Call& call) {
    Viewer viewer{call.principal.subject, call.principal.roles};
    if (call.principal.has_role("operator") && !viewer.sees(operators))
        viewer.roles.emplace_back("operator");
    return viewer;
}

/// A subject that looks like a role would see what is the role's.
Status check_subject(const Call& call) {
    if (call.principal.subject.starts_with(role_prefix))
        return fail(Problem::forbidden, "a subject may not begin with 'role:'");
    return {};
}

/// Whose notifications are asked for: all that the caller sees, or one of those.
Result<std::vector<std::string>> user_ids_of(const Call& call) {
    if (auto checked = check_subject(call); !checked) return fail(std::move(checked.error()));
    const Viewer viewer = viewer_of(call);
    const auto asked = call.query.get("userId");
    if (!asked) return viewer.user_ids();
    if (!viewer.sees(*asked))
        return fail(Problem::forbidden,
                    "you see your own notifications and those of the roles you hold");
    return std::vector<std::string>{std::string(*asked)};
}

Result<bool> flag_of(const Call& call, std::string_view name) {
    const auto text = call.query.get(name);
    if (!text || *text == "false") return false;
    if (*text == "true") return true;
    return invalid("?" + std::string(name), "must be true or false");
}

Error no_such_notification() {
    return {Problem::not_found, "there is no such notification"};
}

Response shown(std::uint16_t status, const Notification& row) {
    return service::json_response(status, to_json(row), std::to_string(row.version));
}
Response shown(const Preferences& row) {
    return service::json_response(200, to_json(row), std::to_string(row.version));
}

/// The id below which the page begins.
Result<std::optional<Uuid>> before_of(const service::PageRequest& page) {
    if (page.after.empty()) return std::nullopt;
    const auto id = Uuid::parse(page.after);
    if (!id) return invalid("?cursor", "is not a cursor of this list");
    return id;
}
}  // namespace

Task<Response> NotificationsApi::show(Call& call, NotificationId id, std::uint16_t status) {
    auto row = co_await ports_.readers.read(
        [id](sql::Session& session) { return find_notification(session, id); }, call.deadline,
        call.request.trace);
    if (!row) co_return refuse(call, row.error());
    if (!*row) co_return refuse(call, no_such_notification());
    co_return shown(status, **row);
}

Task<Response> NotificationsApi::answer(Call& call,
                                        Result<service::Answer<NotificationsDomain>> answered,
                                        std::uint16_t status) {
    if (!answered) co_return refuse(call, answered.error());
    const std::string id = answered->aggregate_id.to_string();
    Response response =
        answered->replayed
            ? co_await show(call, NotificationId{answered->aggregate_id}, answered->status)
            : shown(status, std::get<Notification>(answered->view.value()));
    if (response.status == 201)
        response.headers.set("Location", fmt::format("{}/{}", notifications_root, id));
    if (answered->replayed) response.headers.set("Idempotency-Replayed", "true");
    co_return response;
}

Task<Response> NotificationsApi::post(Call& call) {
    auto content = content_from_json(call.body);
    if (!content) co_return refuse(call, content.error());
    auto answered = co_await ports_.writer.submit(
        PostNotification{std::move(*content), ports_.external}, Lane::create,
        service::cause_of(call), service::key_of(call, 201), call.deadline);
    co_return co_await answer(call, std::move(answered), 201);
}

Task<Response> NotificationsApi::list(Call& call) {
    auto users = user_ids_of(call);
    if (!users) co_return refuse(call, users.error());
    auto unread = flag_of(call, "unread");
    if (!unread) co_return refuse(call, unread.error());
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    auto before = before_of(*page);
    if (!before) co_return refuse(call, before.error());
    NotificationFilter filter{std::move(*users), *unread, *before, page->limit + 1};
    auto rows = co_await ports_.readers.read(
        [filter](sql::Session& session) { return list_notifications(session, filter); },
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

Task<Response> NotificationsApi::get(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    if (auto checked = check_subject(call); !checked) co_return refuse(call, checked.error());
    auto row = co_await ports_.readers.read(
        [id = NotificationId{*id}](sql::Session& session) {
            return find_notification(session, id);
        },
        call.deadline, call.request.trace);
    if (!row) co_return refuse(call, row.error());
    const bool seen =
        *row && (call.principal.is_operator() || viewer_of(call).sees((*row)->content.user_id));
    if (!seen) co_return refuse(call, no_such_notification());
    co_return shown(200, **row);
}

Task<Response> NotificationsApi::read(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto version = service::expected_version(call);
    if (!version) co_return refuse(call, version.error());
    if (auto checked = check_subject(call); !checked) co_return refuse(call, checked.error());
    auto answered = co_await ports_.writer.submit(
        MarkRead{NotificationId{*id}, viewer_of(call), *version}, Lane::create,
        service::cause_of(call), service::key_of(call, 200), call.deadline);
    co_return co_await answer(call, std::move(answered), 200);
}

Task<Response> NotificationsApi::retry(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto version = service::expected_version(call);
    if (!version) co_return refuse(call, version.error());
    auto answered = co_await ports_.writer.submit(
        RetryNotification{NotificationId{*id}, *version, ports_.external}, Lane::create,
        service::cause_of(call), service::key_of(call, 200), call.deadline);
    co_return co_await answer(call, std::move(answered), 200);
}

Task<Response> NotificationsApi::count(Call& call) {
    auto users = user_ids_of(call);
    if (!users) co_return refuse(call, users.error());
    auto unread = co_await ports_.readers.read(
        [users = std::move(*users)](sql::Session& session) { return count_unread(session, users); },
        call.deadline, call.request.trace);
    if (!unread) co_return refuse(call, unread.error());
    co_return service::json_response(200, fmt::format(R"({{"unread":{}}})", *unread));
}

Task<Response> NotificationsApi::stream(Call& call) {
    if (auto checked = check_subject(call); !checked) co_return refuse(call, checked.error());
    std::optional<NotificationId> after;
    if (const auto last = call.request.headers.get("Last-Event-ID")) {
        after = NotificationId::parse(*last);
        if (!after)
            co_return refuse(call, invalid("Last-Event-ID", "is not an id of this stream").value());
    }
    auto place = ports_.stream_places.take(call.principal.subject);
    if (!place) co_return refuse(call, place.error());
    auto response = service::stream_response(
        NotificationFeed::open({ports_.env, ports_.readers, ports_.watchers}, viewer_of(call),
                               after),
        std::move(*place));
    if (!response) co_return refuse(call, response.error());
    co_return std::move(*response);
}

Task<Response> NotificationsApi::get_preferences(Call& call) {
    auto row = co_await ports_.readers.read(
        [user = call.principal.subject](sql::Session& session) {
            return find_preferences(session, user);
        },
        call.deadline, call.request.trace);
    if (!row) co_return refuse(call, row.error());
    co_return shown(*row);
}

Task<Response> NotificationsApi::put_preferences(Call& call) {
    if (auto checked = check_subject(call); !checked) co_return refuse(call, checked.error());
    auto preferences = preferences_from_json(call.body);
    if (!preferences) co_return refuse(call, preferences.error());
    if (auto sound = check_addresses(*preferences); !sound) co_return refuse(call, sound.error());
    auto version = service::expected_version(call);
    if (!version) co_return refuse(call, version.error());
    preferences->user_id = call.principal.subject;
    auto answered = co_await ports_.writer.submit(PutPreferences{std::move(*preferences), *version},
                                                  Lane::create, service::cause_of(call),
                                                  std::nullopt, call.deadline);
    if (!answered) co_return refuse(call, answered.error());
    co_return shown(std::get<Preferences>(answered->view.value()));
}

}  // namespace waybill::notifications
