#include "chassis/base/json_writer.hpp"
#include "chassis/runtime/async.hpp"
#include "services/inventory/api.hpp"
#include "services/inventory/api_answers.hpp"

namespace waybill::inventory {
namespace {

using http::Call;
using http::Response;

/// Pointers into the whole request.
Error within_item(Error error, std::int64_t index) {
    for (Fault& fault : error.faults)
        fault.pointer = "/items/" + std::to_string(index) + fault.pointer;
    return error;
}

}  // namespace

struct BatchApi::Outcome {
    std::optional<Product> product;
    std::optional<Error> error;
};

Task<void> BatchApi::create_one(Call& call, RawJson item, std::int64_t index, Outcome& outcome) {
    auto command = create_product_from_json(item.text);
    if (!command) {
        outcome.error = within_item(std::move(command.error()), index);
        co_return;
    }
    auto answer = co_await ports_.writer.submit(std::move(*command), service::Lane::create,
                                                service::cause_of(call),
                                                service::key_of(call, 201, index), call.deadline);
    if (!answer) {
        outcome.error = within_item(std::move(answer.error()), index);
        co_return;
    }
    outcome.product = std::move(answer->view);
    if (outcome.product) co_return;
    auto now = co_await ports_.readers.read(
        [id = ProductId{answer->aggregate_id}](sql::Session& session) {
            return find_product(session, id);
        },
        call.deadline, call.request.trace);
    if (!now)
        outcome.error = std::move(now.error());
    else if (!*now)
        outcome.error = no_such_product();
    else
        outcome.product = std::move(**now);
}

Task<Response> BatchApi::create(Call& call) {
    auto items = batch_from_json(call.body);
    if (!items) co_return service::refuse(call, items.error());
    std::vector<Outcome> outcomes(items->size());
    TaskScope scope(ports_.env.current_loop());
    for (std::size_t i = 0; i < items->size(); ++i)
        scope.spawn(
            create_one(call, std::move((*items)[i]), static_cast<std::int64_t>(i), outcomes[i]));
    co_await scope.drain();

    std::string body;
    json::Writer out(body);
    out.begin_object().plain_key("items").begin_array();
    for (const Outcome& outcome : outcomes) {
        out.begin_object().plain_key("status");
        if (outcome.product) {
            out.number(std::int64_t{201});
            out.plain_key("resource").raw(to_json(*outcome.product, audience_of(call)));
        } else {
            const Response refusal = service::refuse(call, *outcome.error);
            out.number(std::int64_t{refusal.status});
            out.plain_key("problem").raw(refusal.body.bytes());
        }
        out.end_object();
    }
    out.end_array().end_object();
    co_return service::json_response(200, std::move(body));
}

void BatchApi::add_routes(http::Routes& routes) {
    routes.post("/v1/inventory/products:batch",
                {.scope = "inventory.write",
                 .role = "operator",
                 .idempotent_key = true,
                 .priority = http::Priority::create,
                 .body = {"ProductBatch", batch_schema},
                 .answers = {{200,
                              "An outcome for each item, in order",
                              {"ProductBatchOutcome", batch_answer_schema}}},
                 .doc = "Create up to 1,000 products",
                 .operation_id = "createProducts"},
                [this](Call& call) { return create(call); });
}

}  // namespace waybill::inventory
