#include "services/notifications/store.hpp"

#include <algorithm>

#include "chassis/sql/select.hpp"
#include "services/notifications/shapes.hpp"

namespace waybill::notifications {

namespace {

bool locks(const Keys& keys, std::uint8_t table) {
    return std::any_of(keys.all().begin(), keys.all().end(),
                       [&](const Key& key) { return key.table == table && key.change; });
}

template <class T>
tl::unexpected<sql::Failure> failed(sql::Result<T>& result) {
    return tl::unexpected(std::move(result.error()));
}

sql::Status load_notifications(sql::Session& session, const Keys& keys, State& state) {
    const auto ids = keys.of(notifications_table);
    if (ids.empty()) return {};
    auto rows = notification_rows().load(session, ids, locks(keys, notifications_table));
    if (!rows) return failed(rows);
    for (auto& row : *rows) state.notifications.loaded(&Notification::id, std::move(row));
    for (const auto id : ids)
        state.notifications.absent(NotificationId{Uuid::from_bytes(id).value_or(Uuid{})});
    return {};
}

sql::Status load_preferences(sql::Session& session, const Keys& keys, State& state) {
    std::vector<std::string_view> users = keys.of(preferences_table);
    for (const auto id : keys.of(preferences_table, by_notification)) {
        const auto* row =
            state.notifications.find(NotificationId{Uuid::from_bytes(id).value_or(Uuid{})});
        if (row != nullptr) users.push_back(row->content.user_id);
    }
    if (users.empty()) return {};
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    auto rows = preferences_rows().load(session, users, locks(keys, preferences_table));
    if (!rows) return failed(rows);
    for (auto& row : *rows) {
        const std::string user_id = row.user_id;
        state.preferences.loaded(user_id, std::move(row));
    }
    for (const auto user : users) state.preferences.absent(std::string(user));
    return {};
}

sql::Status load_templates(sql::Session& session, const Keys& keys, State& state) {
    const bool lock = locks(keys, templates_table);
    if (const auto ids = keys.of(templates_table); !ids.empty()) {
        auto rows = template_rows().load(session, ids, lock);
        if (!rows) return failed(rows);
        for (auto& row : *rows) state.templates.loaded(&Template::id, std::move(row));
        for (const auto id : ids)
            state.templates.absent(TemplateId{Uuid::from_bytes(id).value_or(Uuid{})});
    }
    const auto events = keys.of(templates_table, by_event);
    if (events.empty()) return {};
    auto rows = template_rows().load_by(session, "event", sql::cells_of(events), lock);
    if (!rows) return failed(rows);
    std::map<std::string, std::vector<TemplateId>> ids;
    for (const auto event : events) ids[std::string(event)];
    for (auto& row : *rows) {
        ids[row.event].push_back(row.id);
        state.templates.loaded(&Template::id, std::move(row));
    }
    for (auto& [event, its] : ids) state.templates_of_event.loaded(event, std::move(its));
    return {};
}

template <class K, class T>
sql::Status save_rows(sql::Session& session, const Table<K, T>& table,
                      const sql::TypedTable<T>& rows) {
    if (const auto added = table.inserted(); !added.empty())
        if (auto done = rows.insert(session, added); !done) return done;
    if (const auto changed = table.updated(); !changed.empty())
        return rows.update(session, changed);
    return {};
}

void keep_first(std::vector<Notification>& all, std::int64_t limit) {
    const auto size = std::min(all.size(), static_cast<std::size_t>(limit));
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(size), all.end());
}

sql::Result<std::vector<Notification>> list_of_user(sql::Session& session,
                                                    const std::string& user_id,
                                                    const NotificationFilter& filter) {
    sql::Select<Notification> select(notification_rows());
    select.where("user_id", sql::Is::equal, user_id);
    if (filter.before) select.where("id", sql::Is::less, *filter.before);
    if (filter.unread) select.where_sql("read_at is null and type = 'InApp'");
    return select.order_by("id", sql::Sort::descending).limit(filter.limit).run(session);
}

}  // namespace

sql::Status load(sql::Session& session, const Keys& keys, State& state) {
    if (auto loaded = load_notifications(session, keys, state); !loaded) return loaded;
    if (auto loaded = load_preferences(session, keys, state); !loaded) return loaded;
    return load_templates(session, keys, state);
}

sql::Status save(sql::Session& session, const State& state) {
    if (auto saved = save_rows(session, state.notifications, notification_rows()); !saved)
        return saved;
    if (auto saved = save_rows(session, state.preferences, preferences_rows()); !saved)
        return saved;
    // Removed first: a template may be made again for the same event, type and locale.
    const auto removed = state.templates.removed();
    std::vector<sql::Cell> gone;
    for (const auto& id : removed) gone.emplace_back(id.value.raw());
    if (!gone.empty())
        if (auto done = template_rows().remove(session, gone); !done) return done;
    return save_rows(session, state.templates, template_rows());
}

sql::Result<std::optional<Notification>> find_notification(sql::Session& session,
                                                           const NotificationId& id) {
    const std::string_view key = id.value.raw();
    auto rows = notification_rows().load(session, std::span(&key, 1), false);
    if (!rows) return failed(rows);
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

sql::Result<Preferences> find_preferences(sql::Session& session, const std::string& user_id) {
    const std::string_view key = user_id;
    auto rows = preferences_rows().load(session, std::span(&key, 1), false);
    if (!rows) return failed(rows);
    if (rows->empty()) return Preferences{.user_id = user_id};
    return std::move(rows->front());
}

sql::Result<std::optional<Template>> find_template(sql::Session& session, const TemplateId& id) {
    const std::string_view key = id.value.raw();
    auto rows = template_rows().load(session, std::span(&key, 1), false);
    if (!rows) return failed(rows);
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

sql::Result<std::vector<Notification>> list_notifications(sql::Session& session,
                                                          const NotificationFilter& filter) {
    std::vector<Notification> all;
    for (const auto& user_id : filter.user_ids) {
        auto rows = list_of_user(session, user_id, filter);
        if (!rows) return failed(rows);
        std::move(rows->begin(), rows->end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    keep_first(all, filter.limit);
    return all;
}

sql::Result<std::vector<Notification>> list_after(sql::Session& session,
                                                  const std::vector<std::string>& user_ids,
                                                  const NotificationId& after, std::int64_t limit) {
    std::vector<Notification> all;
    for (const auto& user_id : user_ids) {
        auto rows = sql::Select<Notification>(notification_rows())
                        .where("user_id", sql::Is::equal, user_id)
                        .where("id", sql::Is::greater, after)
                        .order_by("id")
                        .limit(limit)
                        .run(session);
        if (!rows) return failed(rows);
        std::move(rows->begin(), rows->end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    keep_first(all, limit);
    return all;
}

sql::Result<std::int64_t> count_unread(sql::Session& session,
                                       const std::vector<std::string>& user_ids) {
    std::int64_t count = 0;
    for (const auto& user_id : user_ids) {
        const sql::Cell user = std::string_view(user_id);
        auto rows = session.query(
            "select count(*) from notifications "
            "where user_id = ? and read_at is null and type = 'InApp'",
            std::span(&user, 1));
        if (!rows) return failed(rows);
        count += sql::as_int(rows->row(0)[0]);
    }
    return count;
}

sql::Result<std::vector<Template>> list_templates(sql::Session& session,
                                                  const TemplateFilter& filter) {
    sql::Select<Template> select(template_rows());
    if (filter.event) select.where("event", sql::Is::equal, *filter.event);
    if (filter.type) select.where("type", sql::Is::equal, *filter.type);
    if (filter.before) select.where("id", sql::Is::less, *filter.before);
    return select.order_by("id", sql::Sort::descending).limit(filter.limit).run(session);
}

}  // namespace waybill::notifications
