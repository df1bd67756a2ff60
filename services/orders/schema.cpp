#include "chassis/service/tables.hpp"
#include "services/orders/store.hpp"

namespace waybill::orders {
namespace {

// Ids are time-ordered, so a table clustered by them grows at its end. Indexes are (filter, id):
// each list is a range of one of them.
constexpr std::string_view tables = R"sql(
create table orders (
    id blob not null primary key,
    order_number text not null,
    customer_id text not null,
    currency text not null,
    status text not null
        check (status in ('Pending', 'Reserved', 'Confirmed', 'Shipped', 'Cancelled')),
    total_amount integer not null check (total_amount >= 0),
    cancellation_reason text,
    cancellation_note text,
    tracking_number text,
    carrier text,
    confirmation text not null,
    note text,
    metadata text,
    correlation_id blob not null,
    version integer not null check (version >= 1),
    created_at integer not null,
    reserved_at integer,
    confirmed_at integer,
    cancelled_at integer,
    shipped_at integer,
    deadline_at integer,
    trace_context text not null,
    check (shipped_at is null or cancelled_at is null)
) strict, without rowid;
create unique index orders_by_number on orders (order_number);
create index orders_by_customer on orders (customer_id, id);
create index orders_by_status on orders (status, id);

create table order_items (
    order_id blob not null,
    position integer not null,
    id blob not null,
    product_id blob not null,
    sku text not null,
    product_name text not null,
    quantity integer not null check (quantity between 1 and 1000000),
    unit_price integer not null check (unit_price >= 0),
    line_total integer not null,
    primary key (order_id, position)
) strict, without rowid;
create index order_items_by_sku on order_items (sku, order_id);

create table catalog (
    product_id blob not null primary key,
    sku text not null,
    name text not null,
    price integer not null,
    currency text not null,
    version integer not null,
    deleted integer not null
) strict, without rowid;
create index catalog_by_sku on catalog (sku, product_id);
)sql";

// An entry a line (order_items_by_sku) cost a page a line: see sku_slices.hpp.
constexpr std::string_view slices_by_sku = R"sql(
create table order_skus (
    sku text not null,
    first_id blob not null,
    last_id blob not null,
    primary key (sku, first_id)
) strict, without rowid;
insert into order_skus
    select distinct sku, cast(substr(order_id, 1, 5) || zeroblob(11) as blob),
        cast(substr(order_id, 1, 5) || x'ffffffffffffffffffffff' as blob)
    from order_items;
drop index order_items_by_sku;
)sql";

}  // namespace

std::vector<sql::Migration> migrations() {
    static const std::string first = service::frame_schema() + std::string(tables);
    return {{1, "orders", first},
            {2, "slices by sku", slices_by_sku},
            {3, "lookups in key order", service::lookups_in_key_order()}};
}

}  // namespace waybill::orders
