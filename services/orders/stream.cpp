#include "services/orders/stream.hpp"

#include <algorithm>
#include <array>

#include "chassis/base/json_writer.hpp"
#include "chassis/http/event_stream.hpp"
#include "chassis/messaging/tables.hpp"

namespace waybill::orders {
namespace {

constexpr Duration keep_alive = std::chrono::seconds(15);
constexpr std::string_view greeting = "retry: 2000\n\n";
constexpr std::string_view silence = ": still here\n\n";

using Messages = std::vector<messaging::MessagePtr>;

/// The order's events above a version, ascending. An order has at most five.
sql::Result<Messages> events_after(sql::Session& session, OrderId order, std::int64_t version) {
    const std::array<sql::Cell, 2> parameters{sql::id_cell(order.value), version};
    auto rows = session.query(
        "select seq, event_id, aggregate_type, aggregate_id, aggregate_version, type, "
        "schema_version, occurred_at, correlation_id, causation_id, actor_subject, actor_client, "
        "traceparent, tracestate, baggage, data from events where aggregate_id = ? and "
        "aggregate_type = 'order' and aggregate_version > ? order by aggregate_version limit 100",
        parameters);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    Messages messages;
    for (std::size_t i = 0; i < rows->size(); ++i)
        messages.push_back(messaging::read_event_row(rows->row(i)).message);
    return messages;
}

std::string data_of(const messaging::Message& message) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .plain_key("eventId")
        .uuid(message.meta.event_id)
        .plain_key("type")
        .string(message.meta.type)
        .plain_key("version")
        .number(message.meta.aggregate_version)
        .plain_key("occurredAt")
        .time(message.meta.occurred_at)
        .plain_key("data")
        .raw(message.data)
        .end_object();
    return text;
}

}  // namespace

std::unique_ptr<OrderFeed> OrderFeed::open(Ports ports, OrderId order, std::int64_t after) {
    std::string own = "feed:" + Uuid::v7(ports.env.now(), ports.env.random()).to_string();
    std::vector<std::string> topics{std::string(order.value.raw()), own};
    auto watch = ports.watchers.watch(std::move(topics));
    if (!watch) return nullptr;
    return std::unique_ptr<OrderFeed>(
        new OrderFeed(ports, order, std::move(own), std::move(watch), after));
}

OrderFeed::OrderFeed(Ports ports, OrderId order, std::string own_topic,
                     std::unique_ptr<service::Watch> watch, std::int64_t after)
    : ports_(ports),
      order_(order),
      own_topic_(std::move(own_topic)),
      watch_(std::move(watch)),
      version_(after) {}

void OrderFeed::cancel() {
    cancelled_ = true;
    ports_.watchers.notify(own_topic_);
}

Task<Result<std::string>> OrderFeed::look(Deadline deadline) {
    auto messages = co_await ports_.readers.read(
        [order = order_, version = version_](sql::Session& session) {
            return events_after(session, order, version);
        },
        deadline);
    if (!messages) co_return fail(std::move(messages.error()));
    std::string text;
    for (const auto& message : *messages) {
        version_ = message->meta.aggregate_version;
        const std::string id = std::to_string(version_);
        const std::string data = data_of(*message);
        http::append_event(text, {.id = id, .name = message->meta.type, .data = data});
    }
    co_return text;
}

Task<Result<std::string_view>> OrderFeed::next(Deadline deadline) {
    if (!started_) {
        auto news = co_await look(deadline);
        if (!news) co_return fail(std::move(news.error()));
        started_ = true;
        text_ = std::string(greeting) + *news;
        co_return std::string_view(text_);
    }
    const Deadline quiet = std::min(deadline, Deadline::after(ports_.env.monotonic(), keep_alive));
    while (co_await watch_->changed(quiet)) {
        if (cancelled_) co_return std::string_view();
        auto news = co_await look(deadline);
        if (!news) co_return fail(std::move(news.error()));
        text_ = std::move(*news);
        if (!text_.empty()) co_return std::string_view(text_);
    }
    if (cancelled_ || ports_.watchers.closed()) co_return std::string_view();
    co_return silence;
}

}  // namespace waybill::orders
