#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/embedded.hpp"
#include "app/journey_view.hpp"
#include "app/remote.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {
namespace {

constexpr Duration journey_time = std::chrono::seconds(15);
constexpr auto poll_pause = std::chrono::milliseconds(10);
constexpr std::string_view wished_sku = "LAP-15";

struct Choice {
    std::string id;
    std::string name;
};

/// A product that can be had, the laptop by preference.
Result<Choice> choose_product(ApiClient& client) {
    auto reply = client.call("GET", "/v1/inventory/products?limit=100");
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
    auto page = json::parse(reply->body, {.bytes_max = std::size_t{4} << 20U});
    if (!page) return tl::unexpected(std::move(page.error()));
    Choice choice;
    const auto* items = page->find("items");
    for (const auto& item : items == nullptr ? std::span<const json::Value>() : items->items()) {
        const auto* available = item.find("availableQuantity");
        if (available == nullptr || available->as_int64().value_or(0) < 1) continue;
        if (choice.id.empty() || item.text_at("sku") == wished_sku)
            choice = {std::string(item.text_at("id")), std::string(item.text_at("name"))};
    }
    if (choice.id.empty())
        return fail(Problem::not_found,
                    "no product is available; fill the catalogue with `waybill seed`");
    return choice;
}

/// The id of the settled order.
Result<std::string> place_order(ApiClient& client, Env& env, const Choice& product) {
    const std::string key = "demo-" + Uuid::v7(env.now(), env.random()).to_string();
    const std::string body =
        fmt::format(R"({{"items":[{{"productId":"{}","quantity":1}}]}})", product.id);
    const MonoTime begun = env.monotonic();
    auto reply =
        client.call("POST", "/v1/orders", body, {{"Idempotency-Key", key}, {"Prefer", "wait=5"}});
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
    auto order = json::parse(reply->body);
    if (!order) return tl::unexpected(std::move(order.error()));
    fmt::print("POST /v1/orders: 1 × {}: {} in {:.1f} ms, {} at {}/v1/orders/{}\n\n", product.name,
               reply->status, static_cast<double>((env.monotonic() - begun).count()) / 1000.0,
               order->text_at("status"), client.url(), order->text_at("id"));
    return std::string(order->text_at("id"));
}

/// Waits until the journey is whole; what there is when that takes too long.
Result<JourneyView> follow(ApiClient& client, Env& env, const std::string& order_id) {
    const MonoTime until = env.monotonic() + journey_time;
    for (;;) {
        auto reply = client.call("GET", "/v1/orders/" + order_id + "/journey");
        if (!reply) return tl::unexpected(std::move(reply.error()));
        const bool late = env.monotonic() > until;
        // The audit hears of the order after its customer does.
        if (!reply->ok() && (reply->status != 404 || late))
            return fail(Problem::bad_gateway, reply->failure());
        if (reply->ok()) {
            auto journey = read_journey(reply->body);
            if (!journey || is_complete(*journey) || late) return journey;
        }
        std::this_thread::sleep_for(poll_pause);
    }
}

/// The audit's own numbers, where an operator's token can be had.
void add_audit(ApiClient& client, const Cli& cli, JourneyView& journey) {
    client.use_token({});
    auto token = client.development_token("operator", cli.password, "");
    if (!token) return;
    client.use_token(std::move(*token));
    auto reply =
        client.call("GET", "/v1/audit/events?limit=100&correlationId=" + journey.correlation_id);
    if (reply && reply->ok()) add_audit_records(journey, reply->body);
}

int show(ApiClient& client, Env& env, const Cli& cli) {
    auto token = token_of(cli, client, "customer1");
    if (!token) return complain(token.error());
    client.use_token(std::move(*token));
    auto product = choose_product(client);
    if (!product) return complain(product.error());
    auto order_id = place_order(client, env, *product);
    if (!order_id) return complain(order_id.error());
    auto journey = follow(client, env, *order_id);
    if (!journey) return complain(journey.error());
    add_audit(client, cli, *journey);
    for (const auto& line : draw_timeline(*journey, style_of(STDOUT_FILENO)))
        fmt::print("{}\n", line);
    return is_complete(*journey) ? 0 : 1;
}

int show_own_instance(const Cli& cli) {
    fmt::print(stderr, "Nothing runs here yet: starting an instance of its own for this demo.\n");
    auto instance = EmbeddedInstance::start();
    if (!instance) return complain(instance.error());
    const auto env = RealEnv::start(1);
    auto client = ApiClient::create(*env, (*instance)->url());
    if (!client) return complain(client.error());
    const int exit_code = show(**client, *env, cli);
    fmt::print(
        "\nThe instance and its data are gone now. Try next:\n"
        "  ./run                        an instance that stays\n"
        "  waybill demo                 the same against it\n");
    return exit_code;
}

}  // namespace

int run_demo(const Cli& cli) {
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return exit_code;
    if (cli.url.empty() && !remote->client->call("GET", "/health/live"))
        return show_own_instance(cli);
    exit_code = show(*remote->client, *remote->env, cli);
    if (exit_code == 0)
        fmt::print(
            "\nTry next:\n"
            "  waybill token --user operator      a token for curl\n"
            "  curl {}/openapi.json   everything it offers\n",
            remote->client->url());
    return exit_code;
}

}  // namespace waybill::app
