#include <fmt/format.h>

#include <charconv>

#include "tests/simulation/workload.hpp"

namespace waybill::simulation {
namespace {

constexpr int move_attempts = 3;
constexpr int read_attempts = 2;

std::int64_t version_of(const Reply& reply) {
    std::int64_t version = 0;
    if (reply.etag.size() > 2)
        std::from_chars(reply.etag.data() + 1, reply.etag.data() + reply.etag.size(), version);
    return version;
}

std::string items_of(const json::Value& order) {
    std::string text;
    const auto* items = order.find("items");
    if (items == nullptr) return text;
    for (const auto& item : items->items())
        text += fmt::format("{}x{}@{};", item.text_at("productId"),
                            item.find("quantity") ? item.find("quantity")->text() : "",
                            item.text_at("unitPrice"));
    return text;
}

}  // namespace

/// All successful answers for a key agree (I3).
void Workload::created(std::size_t index, const Reply& reply) {
    Creation& creation = history_.creations[index];
    creation.last_answer =
        fmt::format("{}{} {}", reply.lost ? "lost " : "", reply.status, reply.body);
    if (reply.refused()) {
        if (creation.acknowledged)
            breaches_.add("I3",
                          fmt::format("{} was acknowledged as {} and then refused: {} {}",
                                      creation.mark, creation.order_id, reply.status, reply.body));
        creation.refused = true;
        return;
    }
    if (!reply.ok()) {
        creation.in_doubt = true;
        if (reply.replayed)
            breaches_.add("I3", fmt::format("{}: a failure ({}) is replayed as the key's answer",
                                            creation.mark, reply.status));
        return;
    }
    const auto document = json::parse(reply.body);
    if (!document || reply.status != 201) {
        breaches_.add("I3",
                      fmt::format("{}: answered {} {}", creation.mark, reply.status, reply.body));
        return;
    }
    const std::string id(document->text_at("id"));
    const std::string total(document->text_at("totalAmount"));
    if (creation.acknowledged) {
        if (creation.order_id != id || creation.number != document->text_at("orderNumber") ||
            creation.total != total || creation.items != items_of(*document))
            breaches_.add("I3", fmt::format("{}: answered as {} {} and as {} {}", creation.mark,
                                            creation.order_id, creation.total, id, total));
        return;
    }
    creation.acknowledged = true;
    creation.order_id = id;
    creation.number = document->text_at("orderNumber");
    creation.total = total;
    creation.items = items_of(*document);
    history_.orders.push_back({id, creation.customer, version_of(reply)});
}

void Workload::moved(std::size_t order, const Reply& reply) {
    KnownOrder& known = history_.orders[order];
    if (reply.ok()) known.version = std::max(known.version, version_of(reply));
}

/// Reads after a change see at least its version (I12).
Task<void> Workload::check_read(std::size_t person, std::size_t order) {
    const std::int64_t at_least = history_.orders[order].version;
    const std::string id = history_.orders[order].id;
    const Reply reply = co_await people_[person]->ask({.path = "/v1/orders/" + id}, read_attempts);
    if (!reply.ok()) {
        if (reply.status == 404)
            breaches_.add("I2", fmt::format("order {} was acknowledged and is not found", id));
        co_return;
    }
    if (version_of(reply) < at_least)
        breaches_.add("I12", fmt::format("order {} was seen at version {} and then at {}", id,
                                         at_least, version_of(reply)));
    moved(order, reply);
}

Task<void> Workload::move(std::size_t person, std::size_t order, std::string verb,
                          std::string body) {
    Asked asked{.method = "POST",
                .path = fmt::format("/v1/orders/{}/{}", history_.orders[order].id, verb),
                .body = std::move(body)};
    if (random_.chance(800)) asked.key = fresh_key();
    moved(order, co_await people_[person]->ask(std::move(asked), move_attempts));
    if (random_.chance(300)) co_await check_read(person, order);
}

Task<void> Workload::cancel(std::size_t person) {
    const auto order = people_[person]->is_operator() ? any_order() : own_order(person, false);
    if (order) co_await move(person, *order, "cancel", "");
}

Task<void> Workload::confirm(std::size_t person) {
    if (const auto order = any_order()) co_await move(person, *order, "confirm", "");
}

Task<void> Workload::ship(std::size_t person) {
    const auto order = any_order();
    if (!order) co_return;
    co_await move(person, *order, "ship",
                  fmt::format(R"({{"trackingNumber":"T-{}"}})", random_.below(2)));
}

Task<void> Workload::read_order(std::size_t person) {
    if (const auto order = own_order(person, false)) co_await check_read(person, *order);
}

/// Nothing of another customer in any answer (I10).
Task<void> Workload::read_foreign(std::size_t person) {
    const auto order = own_order(person, true);
    if (!order) co_return;
    platform_.sometimes().hit("foreign order asked for");
    const std::string id = history_.orders[*order].id;
    const bool moves = random_.chance(300);
    Asked asked{.method = moves ? "POST" : "GET",
                .path = "/v1/orders/" + id + (moves ? "/cancel" : "")};
    const Reply reply = co_await people_[person]->ask(std::move(asked), read_attempts);
    if (reply.ok())
        breaches_.add("I10", fmt::format("{} reached order {} of {}", people_[person]->subject(),
                                         id, history_.orders[*order].customer));
}

Task<void> Workload::read_lists(std::size_t person) {
    const bool orders = random_.chance(600);
    const Reply reply = co_await people_[person]->ask(
        {.path = orders ? "/v1/orders" : "/v1/notifications", .query = "limit=20"}, read_attempts);
    if (!reply.ok()) co_return;
    const auto document = json::parse(reply.body);
    const auto* items = document ? document->find("items") : nullptr;
    if (items == nullptr) co_return;
    for (const auto& item : items->items()) {
        const auto owner = item.text_at(orders ? "customerId" : "userId");
        if (owner != people_[person]->subject())
            breaches_.add("I10", fmt::format("{} sees in its list what is {}'s",
                                             people_[person]->subject(), owner));
    }
}

Task<void> Workload::adjust(std::size_t person) {
    const auto& product = history_.products[random_.below(history_.products.size())];
    const std::int64_t delta =
        random_.chance(500) ? random_.between(1, 20) : -random_.between(1, 40);
    const Reply reply = co_await people_[person]->ask(
        {.method = "POST",
         .path = "/v1/inventory/products/" + product + "/adjust",
         .body = fmt::format(R"({{"delta":{},"reason":"count"}})", delta),
         .key = fresh_key()},
        move_attempts);
    if (reply.status == 409)
        platform_.sometimes().hit("adjustment below the reserved quantity refused");
}

/// The price changes under the orders' feet.
Task<void> Workload::change_product(std::size_t person) {
    const auto& product = history_.products[random_.below(history_.products.size())];
    const std::string path = "/v1/inventory/products/" + product;
    const Reply now = co_await people_[person]->ask({.path = path}, read_attempts);
    if (!now.ok()) co_return;
    Asked asked{.method = "PATCH",
                .path = path,
                .body = fmt::format(R"({{"price":"{}.25"}})", random_.between(1, 9)),
                .fields = {{"If-Match", now.etag}}};
    if (random_.chance(200)) asked = {.method = "DELETE", .path = path, .fields = asked.fields};
    co_await people_[person]->ask(std::move(asked), 1);
}

Task<void> Workload::make_product(std::size_t person) {
    const auto body =
        fmt::format(R"({{"sku":"N-{}","name":"New product","quantity":{},"price":"3.00"}})",
                    ++marks_, random_.between(0, 10));
    const Reply reply = co_await people_[person]->ask(
        {.method = "POST", .path = "/v1/inventory/products", .body = body, .key = fresh_key()},
        move_attempts);
    const auto document = json::parse(reply.body);
    if (reply.ok() && document) history_.products.emplace_back(document->text_at("id"));
}

}  // namespace waybill::simulation
