#include <fmt/format.h>

#include <array>

#include "chassis/service/tables.hpp"
#include "services/notifications/shapes.hpp"

namespace waybill::notifications {

namespace {

constexpr std::string_view own_tables = R"sql(
create table notifications (
    id blob not null primary key,
    user_id text not null,
    type text not null check (type in ('InApp', 'Email', 'SMS', 'Push')),
    status text not null
        check (status in ('Queued', 'Sending', 'Sent', 'Failed', 'Dead', 'Skipped')),
    subject text not null,
    body text not null,
    event text,
    order_id blob,
    attempts integer not null check (attempts >= 0),
    reason text,
    next_attempt_at integer,
    lease_until integer,
    created_at integer not null,
    sent_at integer,
    read_at integer,
    version integer not null check (version >= 1),
    event_version integer not null check (event_version >= 0)) strict, without rowid;
create index notifications_by_user on notifications (user_id, id, type, read_at);
create table preferences (
    user_id text not null primary key,
    in_app integer not null,
    email integer not null,
    sms integer not null,
    push integer not null,
    email_address text,
    phone text,
    push_endpoint text,
    locale text not null,
    version integer not null check (version >= 1)) strict, without rowid;
create table templates (
    id blob not null primary key,
    event text not null,
    type text not null check (type in ('InApp', 'Email', 'SMS', 'Push')),
    locale text not null,
    name text not null,
    subject text not null,
    body text not null,
    enabled integer not null,
    version integer not null check (version >= 1),
    created_at integer not null,
    updated_at integer not null) strict, without rowid;
create unique index templates_by_event on templates (event, type, locale);
)sql";

struct DefaultText {
    std::string_view event;
    std::string_view name;
    std::string_view subject;
    std::string_view body;
    bool enabled = true;
};

/// A confirmation before stock is known misleads: `OrderCreated` is off.
constexpr std::array default_texts{
    DefaultText{"OrderCreated", "received", "Order {{orderNumber}} received",
                "We have received your order {{orderNumber}} over {{totalAmount}} {{currency}}.",
                false},
    DefaultText{"OrderConfirmed", "confirmed", "Order {{orderNumber}} confirmed",
                "Your order {{orderNumber}} over {{totalAmount}} {{currency}} is confirmed."},
    DefaultText{"OrderCancelled", "cancelled", "Order {{orderNumber}} cancelled",
                "Your order {{orderNumber}} was cancelled: {{reason}}."},
    DefaultText{"OrderShipped", "shipped", "Order {{orderNumber}} shipped",
                "Your order {{orderNumber}} is on its way, tracking number {{trackingNumber}} "
                "{{carrier}}."},
    DefaultText{"LowStockAlert", "low stock", "Low stock: {{sku}}",
                "{{name}} ({{sku}}) has {{available}} available, fewer than {{threshold}}."},
};

/// Part of the first step for ever: its checksum covers these rows.
std::string default_templates() {
    constexpr Timestamp made{1'763'856'000'000'000};
    std::string statements;
    std::uint64_t n = 0;
    for (const auto& text : default_texts) {
        for (const auto type : all_types) {
            std::string id;
            for (const auto byte : Uuid::v7(made, ++n).bytes) id += fmt::format("{:02x}", byte);
            statements += fmt::format(
                "insert into templates (id, event, type, locale, name, subject, body, enabled, "
                "version, created_at, updated_at) values (x'{}', '{}', '{}', 'en', '{}', '{}', "
                "'{}', {}, 1, {}, {});\n",
                id, text.event, word_of(type), text.name, text.subject, text.body,
                text.enabled ? 1 : 0, made.us, made.us);
        }
    }
    return statements;
}

}  // namespace

std::span<const sql::Migration> migrations() {
    static const std::string first =
        service::frame_schema() + std::string(own_tables) + default_templates();
    static const std::array steps{
        sql::Migration{1, "notifications", first},
        sql::Migration{2, "lookups in key order", service::lookups_in_key_order()}};
    return steps;
}

}  // namespace waybill::notifications
