#include "tests/simulation/network.hpp"

#include <algorithm>

#include "chassis/auth/url.hpp"
#include "chassis/http/problem.hpp"

namespace waybill::simulation {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t network_stream = 3;
// Most calls have had their effect by then, and their answer is on its way.
constexpr Duration reset_time_max = std::chrono::milliseconds(30);
constexpr Duration server_deadline = std::chrono::seconds(30);
constexpr std::size_t answer_bytes_max = std::size_t{8} << 20U;

http::Response broken_call(http::Origin origin) {
    const bool late = origin == http::Origin::timed_out;
    auto response = http::problem(Error(late ? Problem::gateway_timeout : Problem::bad_gateway,
                                        "The other side did not give an answer."),
                                  {}, {});
    response.origin = origin;
    return response;
}

}  // namespace

Network::Network(Scheduler& scheduler, std::uint64_t seed, Sometimes& sometimes)
    : scheduler_(scheduler), random_(seed, network_stream), sometimes_(sometimes) {}

Duration Network::delay() {
    return random_.between(Duration(50), weather_.delay_max);
}

Task<http::Response> Network::call(ProcessEnv& from, Node& to, http::Request request,
                                   Deadline deadline) {
    auto bytes = co_await http::read_all(request.body, answer_bytes_max, deadline);
    if (!bytes) co_return broken_call(http::Origin::protocol_error);
    request.body = http::Body(std::move(*bytes));
    auto call = std::make_shared<Call>();
    call->answer = std::make_shared<OneShot<http::Response>>();
    call->caller = &from;
    calls_.push_back(call);
    if (random_.chance(weather_.request_lost)) {
        sometimes_.hit("request lost");
    } else {
        auto held = std::make_shared<http::Request>(std::move(request));
        scheduler_.after(delay(), [this, call, &to, held] { arrive(call, to, std::move(*held)); });
    }
    auto answer = co_await get_until(from, call->answer, deadline);
    std::erase(calls_, call);
    if (!answer) co_return broken_call(http::Origin::timed_out);
    co_return std::move(*answer);
}

void Network::arrive(CallPtr call, Node& to, http::Request request) {
    ProcessEnv* env = to.process();
    http::Handler* door = to.door();
    if (env == nullptr || door == nullptr || !env->alive())
        return call->answer->set(broken_call(http::Origin::connect_failed));
    call->callee = env;
    if (random_.chance(weather_.reset)) {
        sometimes_.hit("connection reset");
        scheduler_.after(random_.between(Duration(50), reset_time_max),
                         [this, call] { reset(call); });
    }
    asio::co_spawn(env->loop(0).executor(), serve(call, *env, *door, std::move(request)),
                   [](std::exception_ptr failed) {
                       if (failed) std::rethrow_exception(failed);
                   });
}

Task<void> Network::serve(CallPtr call, ProcessEnv& env, http::Handler& door,
                          http::Request request) {
    const Deadline deadline = Deadline::after(env.monotonic(), server_deadline);
    auto response = co_await door.handle(std::move(request), deadline);
    auto bytes = co_await http::read_all(response.body, answer_bytes_max, deadline);
    if (!bytes) {
        reset(call);
        co_return;
    }
    response.body = http::Body(std::move(*bytes));
    response.origin = http::Origin::upstream;  // how it came about does not travel
    answer(call, std::move(response));
}

void Network::answer(const CallPtr& call, http::Response response) {
    if (call->callee == nullptr || !call->callee->alive()) return;
    if (random_.chance(weather_.answer_lost)) {
        sometimes_.hit("answer lost");
        return;
    }
    auto held = std::make_shared<http::Response>(std::move(response));
    scheduler_.after(delay(), [call, held] { call->answer->set(std::move(*held)); });
}

void Network::reset(const CallPtr& call) {
    call->answer->set(broken_call(http::Origin::protocol_error));
}

void Network::forget(const ProcessEnv& process) {
    for (const CallPtr& call : std::vector(calls_)) {
        if (call->caller == &process) {
            call->answer->abandon();
            std::erase(calls_, call);
        } else if (call->callee == &process) {
            call->callee = nullptr;
            scheduler_.after(delay(), [this, call] { reset(call); });
        }
    }
}

Task<Result<auth::DocumentFetcher::Document>> WireFetcher::get(std::string url,
                                                               std::size_t bytes_max,
                                                               Deadline deadline) {
    const auto parsed = auth::Url::parse(url);
    if (!parsed) co_return fail(Problem::bad_gateway, "no URL");
    http::Request request;
    request.path = parsed->target;
    request.headers.add("Host", parsed->host);
    request.peer_address = "127.0.0.1";
    auto response = co_await wire_.handle(std::move(request), deadline);
    if (response.origin != http::Origin::upstream)
        co_return fail(Problem::unavailable, "nothing answers");
    if (response.body.bytes().size() > bytes_max)
        co_return fail(Problem::payload_too_large, "it answered too much");
    co_return Document{response.status, response.body.take_bytes()};
}

}  // namespace waybill::simulation
