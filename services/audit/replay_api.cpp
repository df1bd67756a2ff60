#include <fmt/format.h>

#include "chassis/service/respond.hpp"
#include "services/audit/api.hpp"
#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {
using http::Call;
using http::Response;
using service::refuse;

/// Both halves of either way to select, and not both ways: what `look_at` can ask the store.
bool is_whole(const Selection& s) {
    const bool stream = s.stream_type && s.stream_id;
    const bool span = s.from && s.to;
    return stream != span;
}

Response shown(std::uint16_t status, const Replay& replay) {
    auto response = service::json_response(status, to_json(replay), std::to_string(replay.version));
    if (status == 201)
        response.headers.set("Location", fmt::format("/v1/audit/replay/{}", replay.id.to_string()));
    return response;
}
}  // namespace

Task<Response> ReplayApi::show(Call& call, ReplayId id, std::uint16_t status) {
    auto replay = co_await ports_.readers.read(
        [id](sql::Session& session) { return find_replay(session, id); }, call.deadline,
        call.request.trace);
    if (!replay) co_return refuse(call, replay.error());
    if (!*replay) co_return refuse(call, Error(Problem::not_found, "there is no such replay"));
    co_return shown(status, **replay);
}

Task<Response> ReplayApi::get(Call& call) {
    auto id = service::id_of(call, "id");
    if (!id) co_return refuse(call, id.error());
    co_return co_await show(call, ReplayId{*id}, 200);
}

Task<Response> ReplayApi::start(Call& call) {
    auto request = replay_from_json(call.body);
    if (!request) co_return refuse(call, request.error());
    SelectionFacts facts;
    if (is_whole(request->selection)) {
        auto found = co_await ports_.readers.read(
            [selection = request->selection](sql::Session& session) {
                return look_at(session, selection);
            },
            call.deadline, call.request.trace);
        if (!found) co_return refuse(call, found.error());
        facts = *found;
    }
    auto answered = co_await ports_.writer.submit(
        StartReplay{std::move(*request), facts.seq_max, facts.nothing, facts.oldest},
        service::Lane::create, service::cause_of(call), service::key_of(call, 201), call.deadline);
    if (!answered) co_return refuse(call, answered.error());
    ports_.wake_runner();
    if (!answered->replayed) co_return shown(201, answered->view.value());
    auto response = co_await show(call, ReplayId{answered->aggregate_id}, answered->status);
    response.headers.set("Idempotency-Replayed", "true");
    co_return response;
}

void ReplayApi::add_routes(http::Routes& routes) {
    routes.post("/v1/audit/replay",
                {.scope = "audit.write",
                 .idempotent_key = true,
                 .priority = http::Priority::create,
                 .body = replay_request_schema,
                 .answers = {{201, "begun; its dry run comes first", replay_schema}},
                 .doc = "Give the events of a stream, or of at most the last 7 days, to a consumer "
                        "again; only missing effects happen",
                 .operation_id = "startReplay"},
                [this](Call& call) { return start(call); });
    routes.get("/v1/audit/replay/{id}",
               {.scope = "audit.read",
                .answers = {{200, "how far it is", replay_schema}},
                .doc = "The progress of a replay",
                .operation_id = "getReplay"},
               [this](Call& call) { return get(call); });
}

}  // namespace waybill::audit
