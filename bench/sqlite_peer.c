/* The limit that durable orders are measured against: plain C on SQLite (WAL, synchronous=FULL)
 * writing the rows that one order makes (order, two lines and their skus, event, outbox,
 * idempotency, timer), N orders a transaction.
 *
 *   sqlite_peer FOLDER ORDERS ORDERS_A_TRANSACTION      prints orders, seconds and CPU seconds
 *
 * The statements stand next to the tables they fill: a row changed in one of the services'
 * migrations is changed here too. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char schema[] =
    "create table events (seq integer primary key, event_id blob not null, aggregate_type text not "
    "null,"
    " aggregate_id blob not null, aggregate_version integer not null, type text not null,"
    " schema_version integer not null, occurred_at integer not null, correlation_id blob not null,"
    " causation_id blob not null, actor_subject text not null, actor_client text not null,"
    " traceparent text not null, tracestate text not null, baggage text not null, data text not "
    "null);"
    "create unique index events_by_aggregate on events"
    " (aggregate_id, aggregate_type, aggregate_version);"
    "create table outbox (id integer primary key, lane integer not null, aggregate_type text not "
    "null,"
    " aggregate_id blob not null, aggregate_version integer not null, message_id blob not null,"
    " attempts integer not null, not_before integer not null);"
    "create table idempotency (lookup blob primary key not null, subject text not null,"
    " idempotency_key text not null, item integer not null, request_hash blob not null,"
    " status integer not null, aggregate_id blob not null, aggregate_version integer not null,"
    " created_at integer not null);"
    "create table timers (aggregate_id blob primary key not null, due_at integer not null) without "
    "rowid;"
    "create index timers_by_due on timers (due_at);"
    "create table orders (id blob not null primary key, order_number text not null,"
    " customer_id text not null, currency text not null, status text not null,"
    " total_amount integer not null, cancellation_reason text, cancellation_note text,"
    " tracking_number text, carrier text, confirmation text not null, note text, metadata text,"
    " correlation_id blob not null, version integer not null, created_at integer not null,"
    " reserved_at integer, confirmed_at integer, cancelled_at integer, shipped_at integer,"
    " deadline_at integer, trace_context text not null) strict, without rowid;"
    "create unique index orders_by_number on orders (order_number);"
    "create index orders_by_customer on orders (customer_id, id);"
    "create index orders_by_status on orders (status, id);"
    "create table order_items (order_id blob not null, position integer not null, id blob not null,"
    " product_id blob not null, sku text not null, product_name text not null,"
    " quantity integer not null, unit_price integer not null, line_total integer not null,"
    " primary key (order_id, position)) strict, without rowid;"
    "create table order_skus (sku text not null, first_id blob not null, last_id blob not null,"
    " primary key (sku, first_id)) strict, without rowid;";

enum { ORDER, LINE, SKU, EVENT, OUTBOX, IDEMPOTENCY, TIMER, STATEMENTS };
/* Each in parentheses: a comma that is missing between two of them would not compile. */
static const char* const inserts[STATEMENTS] = {
    ("insert into orders values (?1, ?2, 'b5b0c8de-3c57-4b6e-9d7e-4b1f1b6d6e11', 'USD', 'Pending',"
     " 389997, null, null, null, null, 'automatic', null, '{}', ?1, 1, ?3, null, null, null, null,"
     " ?3 + 86400000000, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')"),
    ("insert into order_items values (?1, ?2, ?3, ?4, ?5, 'A product of the bench', 2, 129999, "
     "259998)"),
    ("insert into order_skus values (?1, ?2, ?3) on conflict do nothing"),
    ("insert into events values (null, ?2, 'order', ?1, 1, 'OrderCreated', 1, ?3, ?1, ?1,"
     " 'b5b0c8de-3c57-4b6e-9d7e-4b1f1b6d6e11', 'waybill-cli',"
     " '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '', '', ?4)"),
    ("insert into outbox values (null, 1, 'order', ?1, 1, ?2, 0, 0)"),
    ("insert into idempotency"
     " values (?2, 'b5b0c8de-3c57-4b6e-9d7e-4b1f1b6d6e11', ?3, 0, ?2, 201, ?1, 1, ?4)"),
    ("insert into timers values (?1, ?2)"),
};
static const char event_data[] =
    "{\"orderId\":\"01a20e38-4482-7eb0-bfaa-3dd69201cfed\",\"orderNumber\":\"WB-20261123-"
    "7K3QZ9M2\","
    "\"customerId\":\"b5b0c8de-3c57-4b6e-9d7e-4b1f1b6d6e11\",\"currency\":\"USD\",\"confirmation\":"
    "\"automatic\",\"items\":[{\"id\":\"01a20e38-4482-7eb0-bfaa-3dd69201cfed\",\"productId\":"
    "\"01a20e38-4482-7eb0-bfaa-3dd69201cfed\",\"sku\":\"BENCH-0001\",\"productName\":\"A product\","
    "\"quantity\":2,\"unitPrice\":\"1299.99\",\"lineTotal\":\"2599.98\"},{\"id\":"
    "\"01a20e38-4482-7eb0-bfaa-3dd69201cfed\",\"productId\":\"01a20e38-4482-7eb0-bfaa-"
    "3dd69201cfed\","
    "\"sku\":\"BENCH-0002\",\"productName\":\"A product\",\"quantity\":1,\"unitPrice\":\"1299.99\","
    "\"lineTotal\":\"1299.99\"}],\"totalAmount\":\"3899.97\",\"metadata\":{},\"deadlineAt\":"
    "\"2026-11-24T10:00:00.123456Z\"}";

static void check(sqlite3* db, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "sqlite_peer: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static int64_t now_us(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Time-ordered, like the product's: milliseconds, then random bits. */
static void fresh_id(unsigned char id[16]) {
    const int64_t ms = now_us(CLOCK_REALTIME) / 1000;
    for (int i = 0; i < 6; ++i) id[i] = (unsigned char)(ms >> (8 * (5 - i)));
    for (int i = 6; i < 16; ++i) id[i] = (unsigned char)rand();
}

static void blob(sqlite3_stmt* statement, int at, const unsigned char* id, int size) {
    sqlite3_bind_blob(statement, at, id, size, SQLITE_STATIC);
}

static void run(sqlite3* db, sqlite3_stmt* statement) {
    check(db, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static void write_order(sqlite3* db, sqlite3_stmt* const* sql, long number) {
    unsigned char order[16], event[16], line[16], first[16], last[16], lookup[40];
    char text[32], sku[16];
    const int64_t now = now_us(CLOCK_REALTIME);
    fresh_id(order);
    fresh_id(event);
    snprintf(text, sizeof text, "WB-20261123-%08lX", number);
    for (int i = 0; i < 40; ++i) lookup[i] = (unsigned char)(i < 20 ? text[i] : rand());
    blob(sql[ORDER], 1, order, 16);
    sqlite3_bind_text(sql[ORDER], 2, text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(sql[ORDER], 3, now);
    run(db, sql[ORDER]);
    for (int position = 0; position < 2; ++position) {
        fresh_id(line);
        snprintf(sku, sizeof sku, "BENCH-%04d", rand() % 100);
        blob(sql[LINE], 1, order, 16);
        sqlite3_bind_int(sql[LINE], 2, position);
        blob(sql[LINE], 3, line, 16);
        blob(sql[LINE], 4, line, 16);
        sqlite3_bind_text(sql[LINE], 5, sku, -1, SQLITE_STATIC);
        run(db, sql[LINE]);
        memset(first, 0, sizeof first);
        memset(last, 0xFF, sizeof last);
        memcpy(first, order, 5);
        memcpy(last, order, 5);
        sqlite3_bind_text(sql[SKU], 1, sku, -1, SQLITE_STATIC);
        blob(sql[SKU], 2, first, 16);
        blob(sql[SKU], 3, last, 16);
        run(db, sql[SKU]);
    }
    blob(sql[EVENT], 1, order, 16);
    blob(sql[EVENT], 2, event, 16);
    sqlite3_bind_int64(sql[EVENT], 3, now);
    sqlite3_bind_text(sql[EVENT], 4, event_data, sizeof event_data - 1, SQLITE_STATIC);
    run(db, sql[EVENT]);
    blob(sql[OUTBOX], 1, order, 16);
    blob(sql[OUTBOX], 2, event, 16);
    run(db, sql[OUTBOX]);
    blob(sql[IDEMPOTENCY], 1, order, 16);
    blob(sql[IDEMPOTENCY], 2, lookup, 40);
    sqlite3_bind_text(sql[IDEMPOTENCY], 3, text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(sql[IDEMPOTENCY], 4, now);
    run(db, sql[IDEMPOTENCY]);
    blob(sql[TIMER], 1, order, 16);
    sqlite3_bind_int64(sql[TIMER], 2, now + 86400000000);
    run(db, sql[TIMER]);
}

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const long orders = atol(argv[2]), batch = atol(argv[3]);
    char path[4096];
    snprintf(path, sizeof path, "%s/peer.db", argv[1]);
    sqlite3* db;
    sqlite3_stmt* sql[STATEMENTS];
    check(NULL, sqlite3_open(path, &db));
    check(db, sqlite3_exec(db, "pragma journal_mode=wal; pragma synchronous=full;", 0, 0, 0));
    check(db, sqlite3_exec(db, schema, 0, 0, 0));
    for (int i = 0; i < STATEMENTS; ++i)
        check(db, sqlite3_prepare_v2(db, inserts[i], -1, &sql[i], NULL));
    srand((unsigned)now_us(CLOCK_MONOTONIC));
    const int64_t start = now_us(CLOCK_MONOTONIC);
    for (long done = 0; done < orders;) {
        check(db, sqlite3_exec(db, "begin immediate", 0, 0, 0));
        for (long i = 0; i < batch && done < orders; ++i, ++done) write_order(db, sql, done);
        check(db, sqlite3_exec(db, "commit", 0, 0, 0));
    }
    const double seconds = (double)(now_us(CLOCK_MONOTONIC) - start) / 1e6;
    printf("{\"ok\":%ld,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", orders, seconds,
           (double)now_us(CLOCK_PROCESS_CPUTIME_ID) / 1e6);
    for (int i = 0; i < STATEMENTS; ++i) sqlite3_finalize(sql[i]);
    sqlite3_close(db);
    return 0;
}
