#include "services/notifications/stream.hpp"

#include <algorithm>

#include "chassis/http/event_stream.hpp"
#include "services/notifications/shapes.hpp"
#include "services/notifications/store.hpp"

namespace waybill::notifications {

namespace {
constexpr Duration keep_alive = std::chrono::seconds(15);
constexpr Duration late_max = std::chrono::minutes(2);
constexpr std::int64_t rows_max = 200;
constexpr std::string_view greeting = "retry: 2000\n\n";
constexpr std::string_view silence = ": still here\n\n";

/// Below every id of that time.
NotificationId first_of(Timestamp time) {
    return {Uuid::v7(time, 0)};
}
}  // namespace

std::string topic_of(std::string_view user_id) {
    return "user:" + std::string(user_id);
}

std::unique_ptr<NotificationFeed> NotificationFeed::open(Ports ports, Viewer viewer,
                                                         std::optional<NotificationId> after) {
    std::vector<std::string> topics;
    for (const auto& id : viewer.user_ids()) topics.push_back(topic_of(id));
    std::string own = "feed:" + Uuid::v7(ports.env.now(), ports.env.random()).to_string();
    topics.push_back(own);
    auto watch = ports.watchers.watch(std::move(topics));
    if (!watch) return nullptr;
    return std::unique_ptr<NotificationFeed>(
        new NotificationFeed(ports, std::move(viewer), std::move(own), std::move(watch),
                             after.value_or(first_of(ports.env.now()))));
}

NotificationFeed::NotificationFeed(Ports ports, Viewer viewer, std::string own_topic,
                                   std::unique_ptr<service::Watch> watch, NotificationId after)
    : ports_(ports),
      viewer_(std::move(viewer)),
      own_topic_(std::move(own_topic)),
      watch_(std::move(watch)),
      newest_(after) {}

void NotificationFeed::cancel() {
    cancelled_ = true;
    ports_.watchers.notify(own_topic_);
}

void NotificationFeed::tell(const Notification& notification) {
    if (!told_.insert(notification.id).second) return;
    newest_ = std::max(newest_, notification.id);
    const std::string id = notification.id.to_string();
    const std::string data = to_json(notification);
    http::append_event(text_, {.id = id, .name = "notification", .data = data});
}

Task<Result<std::string>> NotificationFeed::look(Deadline deadline) {
    text_.clear();
    const NotificationId oldest = std::min(first_of(newest_.value.time() - late_max), newest_);
    const bool first = !started_;
    const NotificationId seen = newest_;
    std::erase_if(told_, [&](const NotificationId& id) { return id < oldest; });
    NotificationId from = oldest;
    for (;;) {
        auto rows = co_await ports_.readers.read(
            [users = viewer_.user_ids(), from](sql::Session& session) {
                return list_after(session, users, from, rows_max);
            },
            deadline);
        if (!rows) co_return tl::unexpected(std::move(rows.error()));
        for (const auto& row : *rows) {
            // What the client has seen before this stream began.
            if (first && row.id <= seen)
                told_.insert(row.id);
            else
                tell(row);
        }
        if (static_cast<std::int64_t>(rows->size()) < rows_max) break;
        from = rows->back().id;
    }
    started_ = true;
    co_return std::move(text_);
}

Task<Result<std::string_view>> NotificationFeed::next(Deadline deadline) {
    if (!started_ && text_.empty()) {
        auto news = co_await look(deadline);
        if (!news) co_return tl::unexpected(std::move(news.error()));
        text_ = std::string(greeting) + *news;
        co_return std::string_view(text_);
    }
    const Deadline quiet = std::min(deadline, Deadline::after(ports_.env.monotonic(), keep_alive));
    while (co_await watch_->changed(quiet)) {
        if (cancelled_) co_return std::string_view();
        auto news = co_await look(deadline);
        if (!news) co_return tl::unexpected(std::move(news.error()));
        text_ = std::move(*news);
        if (!text_.empty()) co_return std::string_view(text_);
    }
    if (cancelled_ || ports_.watchers.closed()) co_return std::string_view();
    co_return silence;
}

}  // namespace waybill::notifications
