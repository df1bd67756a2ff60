#include "tests/simulation/workload.hpp"

#include <fmt/format.h>

#include <array>

#include "chassis/base/check.hpp"

namespace waybill::simulation {
namespace {

constexpr std::uint64_t workload_stream = 6;
constexpr Duration thinking_max = std::chrono::milliseconds(4'000);
constexpr int attempts_in_trouble = 4;
constexpr int attempts_at_rest = 40;

using identity::User;

constexpr std::array customers{
    User{"customer1", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b101", "customer"},
    User{"customer2", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b102", "customer"},
    User{"anna", "customer-anna", "customer"},
    User{"bela", "customer-bela", "customer"},
    User{"carl", "customer-carl", "customer"},
    User{"dora", "customer-dora", "customer"},
};
constexpr std::array operators{
    User{"operator", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b103", "operator"},
    User{"admin", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b104", "admin"},
};

}  // namespace

Workload::Workload(Platform& platform, std::uint64_t seed, Breaches& breaches)
    : platform_(platform),
      random_(seed, workload_stream),
      breaches_(breaches),
      env_(platform.scheduler(), seed, no_offset_),
      customers_(customers.size()),
      scope_(env_.loop(0)) {
    for (const User& user : customers)
        people_.push_back(std::make_unique<Person>(platform, env_, random_, user));
    for (const User& user : operators)
        people_.push_back(std::make_unique<Person>(platform, env_, random_, user));
}

/// Who still waits for an answer gives up.
Workload::~Workload() {
    env_.kill();
    for (auto& person : people_) person->give_up();
    platform_.network().forget(env_);
    while (scope_.size() != 0 && env_.hurry()) {
    }
}

void Workload::start_catalogue() {
    scope_.spawn(make_catalogue());
}

void Workload::start_work(MonoTime until) {
    for (std::size_t i = 0; i < people_.size(); ++i)
        scope_.spawn(i < customers_ ? customer_life(i, until) : operator_life(i, until));
}

void Workload::start_settling() {
    for (std::size_t i = 0; i < customers_; ++i) scope_.spawn(settle(i));
}

/// Few products: some hot with much stock, some that run out.
Task<void> Workload::make_catalogue() {
    constexpr std::array quantities{400, 60, 12, 4, 1, 0};
    for (std::size_t i = 0; i < quantities.size(); ++i) {
        const auto body =
            fmt::format(R"({{"sku":"P-{0}","name":"Product {0}","quantity":{1},"price":"{2}.50",)"
                        R"("lowStockThreshold":3}})",
                        i, quantities[i], i + 1);
        const Reply reply = co_await people_.back()->ask(
            {.method = "POST", .path = "/v1/inventory/products", .body = body, .key = fresh_key()},
            attempts_at_rest);
        const auto document = json::parse(reply.body);
        if (reply.ok() && document) history_.products.emplace_back(document->text_at("id"));
    }
    if (history_.products.size() != quantities.size())
        breaches_.add("start", "the catalogue could not be made while nothing failed");
}

Task<void> Workload::customer_life(std::size_t person, MonoTime until) {
    while (env_.alive() && env_.monotonic() < until) {
        co_await sleep_until(env_, env_.monotonic() + random_.between(Duration(0), thinking_max));
        ++history_.requests;
        const auto choice = random_.below(100);
        if (choice < 50)
            co_await place(person);
        else if (choice < 68)
            co_await cancel(person);
        else if (choice < 78)
            co_await read_order(person);
        else if (choice < 88)
            co_await read_foreign(person);
        else
            co_await read_lists(person);
    }
}

Task<void> Workload::operator_life(std::size_t person, MonoTime until) {
    while (env_.alive() && env_.monotonic() < until) {
        co_await sleep_until(env_,
                             env_.monotonic() + random_.between(Duration(0), thinking_max / 3));
        ++history_.requests;
        const auto choice = random_.below(100);
        if (choice < 35)
            co_await confirm(person);
        else if (choice < 60)
            co_await ship(person);
        else if (choice < 70)
            co_await cancel(person);
        else if (choice < 88)
            co_await adjust(person);
        else if (choice < 95)
            co_await change_product(person);
        else
            co_await make_product(person);
    }
}

Task<void> Workload::settle(std::size_t person) {
    for (std::size_t i = 0; i < history_.creations.size(); ++i) {
        const Creation& creation = history_.creations[i];
        if (creation.customer == people_[person]->subject() && !creation.key.empty() &&
            !creation.refused)
            co_await place_again(i);
    }
}

std::string Workload::fresh_key() {
    return fmt::format("key-{}", ++marks_);
}

std::string Workload::order_body(const std::string& mark) {
    std::string items;
    const std::uint64_t lines = 1 + random_.below(3);
    for (std::uint64_t i = 0; i < lines; ++i) {
        // Half of all lines ask for the hottest product.
        const auto which = random_.chance(500) ? 0 : random_.below(history_.products.size());
        items += fmt::format(R"({}{{"productId":"{}","quantity":{}}})", i == 0 ? "" : ",",
                             history_.products[which], random_.between(1, 3));
    }
    return fmt::format(R"({{"items":[{}],"confirmation":"{}","note":"{}"}})", items,
                       random_.chance(500) ? "manual" : "automatic", mark);
}

std::optional<std::size_t> Workload::any_order() {
    if (history_.orders.empty()) return std::nullopt;
    // The newest are the ones that still move.
    const std::size_t newest = std::min<std::size_t>(history_.orders.size(), 12);
    return history_.orders.size() - 1 - random_.below(newest);
}

std::optional<std::size_t> Workload::own_order(std::size_t person, bool foreign) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < history_.orders.size(); ++i)
        if ((history_.orders[i].customer == people_[person]->subject()) != foreign)
            fitting.push_back(i);
    if (fitting.empty()) return std::nullopt;
    const std::size_t newest = std::min<std::size_t>(fitting.size(), 5);
    return fitting[fitting.size() - 1 - random_.below(newest)];
}

Task<void> Workload::place(std::size_t person) {
    Creation creation;
    creation.customer = people_[person]->subject();
    creation.mark = fmt::format("mark-{}", ++marks_);
    if (random_.chance(650)) creation.key = fresh_key();
    creation.body = order_body(creation.mark);
    history_.creations.push_back(creation);
    const std::size_t index = history_.creations.size() - 1;
    Asked asked{.method = "POST", .path = "/v1/orders", .body = creation.body, .key = creation.key};
    if (random_.chance(150)) asked.fields.emplace_back("Prefer", "wait=2");
    const bool twice = !creation.key.empty() && random_.chance(80);
    if (twice) scope_.spawn(place_again(index));
    created(index, co_await people_[person]->ask(std::move(asked), attempts_in_trouble));
    if (!history_.creations[index].acknowledged || !random_.chance(300)) co_return;
    for (std::size_t i = history_.orders.size(); i-- > 0;)
        if (history_.orders[i].id == history_.creations[index].order_id)
            co_return co_await move(person, i, "cancel", "");
}

Task<void> Workload::place_again(std::size_t creation) {
    const Creation& asked = history_.creations[creation];
    std::size_t person = 0;
    while (people_[person]->subject() != asked.customer) ++person;
    Asked again{.method = "POST", .path = "/v1/orders", .body = asked.body, .key = asked.key};
    created(creation, co_await people_[person]->ask(std::move(again), attempts_at_rest));
}

}  // namespace waybill::simulation
