#include "chassis/service/tables.hpp"
#include "services/inventory/store.hpp"

namespace waybill::inventory {
namespace {

// Ids are time-ordered, so a table clustered by them grows at its end. The ledger is clustered by
// product: it is only ever read as one product's.
constexpr std::string_view tables = R"sql(
create table products (
    id blob not null primary key,
    sku text not null,
    name text not null,
    description text not null,
    quantity integer not null check (quantity between 0 and 1000000000),
    reserved_quantity integer not null check (reserved_quantity between 0 and quantity),
    low_stock_threshold integer not null,
    low_stock integer not null,
    price integer not null check (price >= 0),
    currency text not null,
    version integer not null,
    stock_version integer not null,
    stock_revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict, without rowid;
create unique index products_by_sku on products (sku) where deleted_at is null;
create index products_low on products (low_stock, id);

create table reservations (
    order_id blob not null primary key,
    id blob not null,
    status text not null
        check (status in ('Reserved', 'Failed', 'Released', 'Shipped', 'Refused')),
    version integer not null,
    reserved_at integer not null,
    released_at integer
) strict, without rowid;
create unique index reservations_by_id on reservations (id);

create table reservation_lines (
    id blob not null primary key,
    reservation_id blob not null,
    product_id blob not null,
    quantity integer not null check (quantity >= 1),
    status text not null check (status in ('Active', 'Released', 'Fulfilled'))
) strict, without rowid;
create index reservation_lines_by_reservation on reservation_lines (reservation_id, id);
create index reservation_lines_by_status on reservation_lines (status, id);

create table stock_movements (
    product_id blob not null,
    id blob not null,
    kind text not null,
    quantity integer not null,
    order_id blob,
    reason text,
    reference text,
    quantity_after integer not null,
    reserved_after integer not null,
    actor_subject text not null,
    actor_client text not null,
    at integer not null,
    primary key (product_id, id)
) strict, without rowid;
)sql";

// Ids made within one microsecond have no order; the stock revision counts what happened. What was
// recorded before it was kept is numbered by id.
constexpr std::string_view movements_in_order = R"sql(
create table movements_numbered (
    product_id blob not null,
    revision integer not null,
    id blob not null,
    kind text not null,
    quantity integer not null,
    order_id blob,
    reason text,
    reference text,
    quantity_after integer not null,
    reserved_after integer not null,
    actor_subject text not null,
    actor_client text not null,
    at integer not null,
    primary key (product_id, revision)
) strict, without rowid;
insert into movements_numbered
    select product_id, row_number() over (partition by product_id order by id), id, kind, quantity,
        order_id, reason, reference, quantity_after, reserved_after, actor_subject, actor_client, at
    from stock_movements;
drop table stock_movements;
alter table movements_numbered rename to stock_movements;
)sql";

}  // namespace

std::vector<sql::Migration> migrations() {
    static const std::string first = service::frame_schema() + std::string(tables);
    return {{1, "inventory", first},
            {2, "movements in order", movements_in_order},
            {3, "lookups in key order", service::lookups_in_key_order()}};
}

}  // namespace waybill::inventory
