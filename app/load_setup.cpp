#include "app/load_setup.hpp"

#include <fmt/format.h>

#include <fstream>
#include <thread>

#include "app/seed.hpp"
#include "chassis/auth/base64url.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {
namespace {

constexpr std::string_view sku_prefix = "LOAD-";
constexpr int stock = 1'000'000'000;
constexpr Duration known_time = std::chrono::seconds(30);
constexpr std::size_t signing_in_max = 2;  // customers of the development identity

Result<std::vector<std::string>> token_lines(const std::string& path) {
    std::ifstream in(path);
    std::vector<std::string> tokens;
    for (std::string line; std::getline(in, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (!line.empty()) tokens.push_back(std::move(line));
    }
    if (tokens.empty()) return fail(Problem::validation_failed, path + " holds no token");
    return tokens;
}

/// The claims of a token that somebody else verifies.
Result<json::Document> claims_of(std::string_view token) {
    const auto begin = token.find('.');
    const auto end = token.find('.', begin + 1);
    const auto bytes = begin == std::string_view::npos || end == std::string_view::npos
                           ? std::nullopt
                           : auth::decode_base64url(token.substr(begin + 1, end - begin - 1));
    if (!bytes) return fail(Problem::unauthorized, "an access token is not a JWT");
    return json::parse(*bytes);
}

Duration life_of(std::string_view token) {
    constexpr Duration usual = std::chrono::minutes(5);
    const auto claims = claims_of(token);
    if (!claims) return usual;
    const auto* from = claims->find("iat");
    const auto* to = claims->find("exp");
    if (from == nullptr || to == nullptr) return usual;
    return std::chrono::seconds(
        std::max<std::int64_t>(to->as_int64().value_or(0) - from->as_int64().value_or(0), 3));
}

}  // namespace

Status LoadSetup::prepare() {
    if (!cli_.load.path.empty()) {
        shop_.path = cli_.load.path;
        if (cli_.user.empty() && cli_.token.empty() && cli_.token_file.empty()) return {};
        return add_customers();
    }
    if (auto added = add_customers(); !added) return added;
    if (auto added = add_operator(); !added) return added;
    return make_products();
}

Result<std::size_t> LoadSetup::sign_in(const std::string& user) {
    auto token = client_.development_token(user, cli_.password, "");
    if (!token) return tl::unexpected(std::move(token.error()));
    const MonoTime renew_at = env_.monotonic() + life_of(*token) * 2 / 3;
    users_.push_back({user, tokens_.add(std::move(*token)), renew_at});
    return users_.back().token;
}

Status LoadSetup::add_customers() {
    if (!cli_.token.empty()) return add_given_customers({cli_.token});
    if (!cli_.token_file.empty()) {
        auto tokens = token_lines(cli_.token_file);
        if (!tokens) return tl::unexpected(std::move(tokens.error()));
        return add_given_customers(*tokens);
    }
    const std::size_t count = cli_.user.empty() ? cli_.load.customers : 1;
    if (count > signing_in_max) return {};  // the operator orders for them
    for (std::size_t i = 0; i < count; ++i) {
        auto number = sign_in(cli_.user.empty() ? fmt::format("customer{}", i + 1) : cli_.user);
        if (!number) return tl::unexpected(std::move(number.error()));
        auto claims = claims_of(*tokens_.get(*number));
        if (!claims) return tl::unexpected(std::move(claims.error()));
        shop_.customers.push_back({std::string(claims->text_at("sub")), *number, false});
    }
    return {};
}

Status LoadSetup::add_given_customers(const std::vector<std::string>& tokens) {
    for (const auto& token : tokens) {
        auto claims = claims_of(token);
        if (!claims) return tl::unexpected(std::move(claims.error()));
        shop_.customers.push_back({std::string(claims->text_at("sub")), tokens_.add(token), false});
    }
    return {};
}

Status LoadSetup::add_operator() {
    const bool given = !cli_.token.empty() || !cli_.token_file.empty();
    if (!cli_.load.operator_token_file.empty()) {
        auto tokens = token_lines(cli_.load.operator_token_file);
        if (!tokens) return tl::unexpected(std::move(tokens.error()));
        shop_.operator_token = tokens_.add(tokens->front());
    } else if (!given) {
        auto number = sign_in("operator");
        if (!number) return tl::unexpected(std::move(number.error()));
        shop_.operator_token = *number;
    } else if (confirms_or_ships()) {
        return fail(Problem::validation_failed,
                    "--mix confirms or ships: give --operator-token-file too");
    }
    if (!shop_.customers.empty()) return {};
    for (std::size_t i = 0; i < cli_.load.customers; ++i)
        shop_.customers.push_back(
            {fmt::format("load-customer-{}", i + 1), *shop_.operator_token, true});
    return {};
}

Status LoadSetup::make_products() {
    if (!shop_.operator_token) {
        client_.use_token(*tokens_.get(shop_.customers.front().token));
        return find_products({}, cli_.load.products);
    }
    client_.use_token(*tokens_.get(*shop_.operator_token));
    std::vector<SeedProduct> products;
    for (std::size_t i = 1; i <= cli_.load.products; ++i)
        products.push_back({fmt::format("{}{:04}", sku_prefix, i),
                            fmt::format("Load product {}", i), "Ordered by waybill load", "12.50",
                            stock, 0});
    const std::string key = Uuid::v7(env_.now(), env_.random()).to_string();
    auto reply = client_.call("POST", "/v1/inventory/products:batch", batch_body(products),
                              {{"Idempotency-Key", key}});
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
    if (auto found = find_products(sku_prefix, cli_.load.products); !found) return found;
    return wait_known();
}

Status LoadSetup::find_products(std::string_view prefix, std::size_t count_max) {
    auto reply = client_.call("GET", fmt::format("/v1/inventory/products?limit=100&q={}", prefix));
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
    auto page = json::parse(reply->body, {.bytes_max = std::size_t{4} << 20U});
    if (!page) return tl::unexpected(std::move(page.error()));
    const auto* items = page->find("items");
    for (const auto& item : items == nullptr ? std::span<const json::Value>() : items->items())
        if (item.text_at("sku").starts_with(prefix) && shop_.products.size() < count_max)
            shop_.products.emplace_back(item.text_at("id"));
    if (shop_.products.empty())
        return fail(Problem::not_found, "there are no products to order: waybill seed makes some");
    return {};
}

/// Asserting a wrong price tells whether orders has the products, and never makes an order.
Status LoadSetup::wait_known() {
    std::string body = R"({"items":[)";
    for (std::size_t i = 0; i < shop_.products.size(); ++i)
        body += fmt::format(R"({}{{"productId":"{}","quantity":1,"unitPrice":"0.01"}})",
                            i == 0 ? "" : ",", shop_.products[i]);
    body += "]}";
    const MonoTime until = env_.monotonic() + known_time;
    for (;;) {
        auto reply = client_.call("POST", "/v1/orders", body);
        if (!reply) return tl::unexpected(std::move(reply.error()));
        if (reply->status == 409) return {};
        if (env_.monotonic() > until) return fail(Problem::bad_gateway, reply->failure());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

bool LoadSetup::confirms_or_ships() const {
    return cli_.load.mix.weight(load::Operation::confirm) +
               cli_.load.mix.weight(load::Operation::ship) !=
           0;
}

void LoadSetup::renew() {
    for (User& user : users_) {
        if (env_.monotonic() < user.renew_at) continue;
        auto token = client_.development_token(user.name, cli_.password, "");
        user.renew_at = env_.monotonic() +
                        (token ? life_of(*token) * 2 / 3 : Duration(std::chrono::seconds(1)));
        if (token) tokens_.replace(user.token, std::move(*token));
    }
}

}  // namespace waybill::app
