#include "services/inventory/api.hpp"

#include "services/inventory/api_answers.hpp"

namespace waybill::inventory {
namespace {

using http::Call;
using http::Response;
using service::refuse;

/// The command of a path's product and the caller's If-Match.
template <class Change>
Result<Command> change_of(const Call& call, Result<Change> change) {
    if (!change) return fail(std::move(change.error()));
    auto id = service::id_of(call, "id");
    if (!id) return fail(std::move(id.error()));
    auto version = service::expected_version(call);
    if (!version) return fail(std::move(version.error()));
    change->product_id = ProductId{*id};
    change->expected_version = *version;
    return Command(std::move(*change));
}

}  // namespace

Task<Response> ProductsApi::create(Call& call) {
    auto command = create_product_from_json(call.body);
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), 201);
}

Task<Response> ProductsApi::put(Call& call) {
    auto command = change_of(call, put_product_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), 200);
}

Task<Response> ProductsApi::patch(Call& call) {
    auto command = change_of(call, patch_product_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), 200);
}

Task<Response> ProductsApi::adjust(Call& call) {
    auto command = change_of(call, adjust_stock_from_json(call.body));
    if (!command) co_return refuse(call, command.error());
    co_return co_await submit(call, std::move(*command), 200);
}

Task<Response> ProductsApi::remove(Call& call) {
    auto command = change_of<DeleteProduct>(call, DeleteProduct{});
    if (!command) co_return refuse(call, command.error());
    auto answer =
        co_await ports_.writer.submit(std::move(*command), service::Lane::create,
                                      service::cause_of(call), std::nullopt, call.deadline);
    if (!answer) co_return refuse(call, answer.error());
    Response response;
    response.status = 204;
    co_return response;
}

Task<Response> ProductsApi::submit(Call& call, Command command, std::uint16_t status) {
    auto answer = co_await ports_.writer.submit(std::move(command), service::Lane::create,
                                                service::cause_of(call),
                                                service::key_of(call, status), call.deadline);
    if (!answer) co_return refuse(call, answer.error());
    std::optional<Product> product = std::move(answer->view);
    if (!product) {
        auto now = co_await ports_.readers.read(
            [id = ProductId{answer->aggregate_id}](sql::Session& session) {
                return find_product(session, id);
            },
            call.deadline, call.request.trace);
        if (!now) co_return refuse(call, now.error());
        if (!*now) co_return refuse(call, no_such_product());
        product = std::move(*now);
    }
    Response response = shown(call, answer->replayed ? answer->status : status, *product);
    if (response.status == 201)
        response.headers.set("Location", "/v1/inventory/products/" + product->id.to_string());
    if (answer->replayed) response.headers.set("Idempotency-Replayed", "true");
    co_return response;
}

Task<Response> ProductsApi::get(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    auto product = co_await ports_.readers.read(
        [id = ProductId{*id}](sql::Session& session) { return find_product(session, id); },
        call.deadline, call.request.trace);
    if (!product) co_return refuse(call, product.error());
    if (!*product) co_return refuse(call, no_such_product());
    co_return shown(call, 200, **product);
}

Task<Response> ProductsApi::get_by_sku(Call& call) {
    auto product = co_await ports_.readers.read(
        [sku = call.parameter("sku")](sql::Session& session) {
            return find_product(session, std::string_view(sku));
        },
        call.deadline, call.request.trace);
    if (!product) co_return refuse(call, product.error());
    if (!*product) co_return refuse(call, no_such_product());
    co_return shown(call, 200, **product);
}

Task<Response> ProductsApi::list(Call& call) {
    ProductFilter filter;
    if (const auto text = call.query.get("q")) {
        if (text->size() > 800) co_return refuse(call, invalid("?q", "is too long").value());
        if (!text->empty()) filter.text = std::string(*text);
    }
    co_return co_await page(call, std::move(filter));
}

Task<Response> ProductsApi::list_low(Call& call) {
    ProductFilter filter;
    filter.low_stock = true;
    co_return co_await page(call, std::move(filter));
}

Task<Response> ProductsApi::page(Call& call, ProductFilter filter) {
    auto page = service::page_of(call, ports_.cursors);
    if (!page) co_return refuse(call, page.error());
    filter.after = after_of(*page);
    auto rows = co_await ports_.readers.read(
        [filter = std::move(filter), limit = page->limit + 1](sql::Session& session) {
            return list_products(session, filter, limit);
        },
        call.deadline, call.request.trace);
    if (!rows) co_return refuse(call, rows.error());
    const Audience audience = audience_of(call);
    co_return page_response(
        call, ports_.cursors, std::move(*rows), page->limit,
        [audience](const Product& product) { return to_json(product, audience); },
        [](const Product& product) { return product.id.value; });
}

}  // namespace waybill::inventory
