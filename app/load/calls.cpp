#include "app/load/calls.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chassis/base/hex.hpp"
#include "chassis/base/sha256.hpp"

namespace waybill::load {
namespace {

constexpr std::uint64_t million = 1'000'000;

/// As many orders wait for a confirmation as there are confirmations.
std::uint64_t manual_share(const Mix& mix) {
    const std::uint64_t creates = mix.weight(Operation::create);
    if (creates == 0) return 0;
    return std::min<std::uint64_t>(mix.weight(Operation::confirm) * million / creates, million);
}

}  // namespace

CallMaker::CallMaker(const Shop& shop, const Mix& mix, std::string key_prefix, std::uint64_t seed)
    : shop_(shop),
      manual_of_million_(manual_share(mix)),
      key_prefix_(std::move(key_prefix)),
      random_(seed) {}

Call CallMaker::make(Operation wanted, KnownOrders& orders, MonoTime now) {
    std::optional<KnownOrder> order;
    if (wanted == Operation::read) order = orders.any(random_.next());
    if (wanted == Operation::cancel) order = orders.take_to_cancel();
    if (wanted == Operation::confirm) order = orders.take_to_confirm(now);
    if (wanted == Operation::ship) order = orders.take_to_ship(now);
    if (order) return on(wanted, *order);
    if (wanted == Operation::get) {
        Call call;
        call.operation = wanted;
        const auto question = shop_.path.find('?');
        call.path = shop_.path.substr(0, question);
        if (question != std::string::npos) call.query = shop_.path.substr(question + 1);
        if (!shop_.customers.empty()) call.token = shop_.customers.front().token;
        return call;
    }
    Call call = wanted == Operation::list || wanted == Operation::read ? list() : create();
    call.replaced = call.operation != wanted;
    return call;
}

Call CallMaker::create() {
    Call call;
    call.customer = static_cast<std::uint32_t>(random_.next() % shop_.customers.size());
    call.manual = random_.next() % million < manual_of_million_;
    const Customer& customer = shop_.customers[call.customer];
    call.token = customer.token;
    call.path = "/v1/orders";
    call.key = fresh_key();
    const std::size_t products = shop_.products.size();
    const std::size_t first = random_.next() % products;
    call.body = R"({"items":[)";
    add_line(call.body, first);
    if (products > 1 && random_.next() % 2 == 0) {
        call.body.push_back(',');
        add_line(call.body, (first + 1 + random_.next() % (products - 1)) % products);
    }
    call.body.push_back(']');
    if (call.manual) call.body += R"(,"confirmation":"manual")";
    if (customer.on_behalf) call.body += fmt::format(R"(,"customerId":"{}")", customer.id);
    call.body.push_back('}');
    return call;
}

void CallMaker::add_line(std::string& body, std::size_t product) {
    body += fmt::format(R"({{"productId":"{}","quantity":{}}})", shop_.products[product],
                        1 + random_.next() % 3);
}

Call CallMaker::list() {
    Call call;
    call.operation = Operation::list;
    call.customer = static_cast<std::uint32_t>(random_.next() % shop_.customers.size());
    const Customer& customer = shop_.customers[call.customer];
    call.token = customer.token;
    call.path = "/v1/orders";
    if (customer.on_behalf) call.query = "customerId=" + customer.id;
    return call;
}

Call CallMaker::on(Operation operation, const KnownOrder& order) {
    Call call;
    call.operation = operation;
    call.customer = order.customer;
    call.order = order;
    call.token = shop_.customers[order.customer].token;
    call.path = "/v1/orders/" + order.id.to_string();
    if (operation == Operation::read) return call;
    call.key = fresh_key();
    call.path += fmt::format("/{}", name_of(operation));
    if (operation == Operation::cancel) return call;
    call.token = shop_.operator_token;
    if (operation == Operation::ship)
        call.body = fmt::format(R"({{"trackingNumber":"LOAD-{}","carrier":"Load"}})", keys_);
    return call;
}

std::string CallMaker::fresh_key() {
    return fmt::format("{}{}", key_prefix_, ++keys_);
}

http::Request request_of(const Call& call, std::string_view token) {
    http::Request request;
    request.method = call.method();
    request.path = call.path;
    request.query = call.query;
    request.headers.add("User-Agent", "waybill-load");
    if (!token.empty()) request.headers.add("Authorization", fmt::format("Bearer {}", token));
    if (!call.key.empty()) request.headers.add("Idempotency-Key", call.key);
    if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = call.body;
    return request;
}

std::string request_hash(const Call& call) {
    const std::string digest = sha256(fmt::format("{} {}?{}\n{}\n{}", call.method(), call.path,
                                                  call.query, call.body.size(), call.body));
    std::string out;
    hex::append(out, {reinterpret_cast<const std::uint8_t*>(digest.data()), digest.size()});
    return out;
}

}  // namespace waybill::load
