#include "tests/simulation/person.hpp"

#include <fmt/format.h>

#include "chassis/base/check.hpp"
#include "chassis/base/json.hpp"
#include "services/identity/identity.hpp"
#include "services/identity/tokens.hpp"

namespace waybill::simulation {
namespace {

constexpr Duration patience_min = std::chrono::milliseconds(1'500);
constexpr Duration patience_max = std::chrono::seconds(7);
constexpr Duration pause_max = std::chrono::milliseconds(800);
constexpr std::string_view scopes =
    "orders.read orders.write inventory.read inventory.write notifications.read "
    "notifications.write audit.read";

http::Request request_of(const Asked& asked, const std::string& token) {
    http::Request request;
    request.method = asked.method;
    request.path = asked.path;
    request.query = asked.query;
    request.peer_address = "192.0.2.10";
    request.headers.add("Host", host_and_port);
    request.headers.add("Authorization", "Bearer " + token);
    if (!asked.body.empty()) request.headers.add("Content-Type", "application/json");
    if (!asked.key.empty()) request.headers.add("Idempotency-Key", asked.key);
    for (const auto& [name, value] : asked.fields) request.headers.add(name, value);
    request.body = http::Body(asked.body);
    return request;
}

Reply reply_of(http::Response response) {
    Reply reply;
    reply.lost = response.origin != http::Origin::upstream;
    reply.status = response.status;
    reply.etag = response.headers.get("ETag").value_or("");
    reply.replayed = response.headers.get("Idempotency-Replayed") == "true";
    reply.body = response.body.take_bytes();
    return reply;
}

bool may_be_repeated(const Asked& asked) {
    return asked.method == "GET" || !asked.key.empty();
}

}  // namespace

Person::Person(Platform& platform, ProcessEnv& env, Random& random, identity::User user)
    : platform_(platform), env_(env), random_(random), user_(user) {}

std::string Person::make_token() {
    const auto key = auth::SigningKey::from_pem(auth::Algorithm::rs256, platform_.signing_key());
    CHECK(key.has_value());
    return identity::access_token(*key, identity::issuer_of(host_and_port),
                                  {.user = user_,
                                   .client = "waybill-cli",
                                   .scope = identity::grant_scopes(scopes, user_.role)},
                                  Uuid::v7(env_.now(), random_.bits()), env_.now());
}

Task<bool> Person::get_token() {
    if (identity::find_user(user_.name) == nullptr) {
        token_ = make_token();
        co_return true;
    }
    http::Request request;
    request.method = "POST";
    request.path = "/realms/waybill/protocol/openid-connect/token";
    request.peer_address = "192.0.2.10";
    request.headers.add("Host", host_and_port);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::Body(fmt::format(
        "grant_type=password&client_id=waybill-cli&username={}&password=waybill", user_.name));
    auto response =
        co_await platform_.network().call(env_, platform_.machine("identity"), std::move(request),
                                          Deadline::after(env_.monotonic(), patience_max));
    if (response.status != 200) co_return false;
    const auto document = json::parse(response.body.bytes());
    if (!document) co_return false;
    token_ = document->text_at("access_token");
    co_return true;
}

Task<Reply> Person::ask_once(Asked asked) {
    if (token_.empty() && !co_await get_token()) co_return Reply{};
    if (gone_) co_return Reply{};
    const Deadline deadline =
        Deadline::after(env_.monotonic(), random_.between(patience_min, patience_max));
    Reply reply = reply_of(co_await platform_.network().call(env_, platform_.machine("gateway"),
                                                             request_of(asked, token_), deadline));
    if (reply.status == 401) token_.clear();
    platform_.scheduler().note(reply.status);
    if (reply.replayed) platform_.sometimes().hit("idempotency key replayed");
    if (reply.status == 401) platform_.sometimes().hit("token refused and fetched again");
    if (reply.status == 503) platform_.sometimes().hit("request refused for now");
    if (!reply.lost && (reply.status == 502 || reply.status == 504))
        platform_.sometimes().hit("gateway answered for a service that was down");
    co_return reply;
}

Task<Reply> Person::ask(Asked asked, int attempts_max) {
    Reply reply;
    for (int attempt = 0; !gone_ && attempt < attempts_max; ++attempt) {
        if (attempt != 0) {
            platform_.sometimes().hit("client gave up and came again");
            co_await sleep_until(env_, env_.monotonic() + random_.between(Duration(0), pause_max));
        }
        reply = co_await ask_once(asked);
        if (reply.ok() || reply.refused()) break;
        // A token that is refused was looked at before anything was done.
        const bool untouched = !reply.lost && (reply.status == 401 || reply.status == 429);
        if (!untouched && !may_be_repeated(asked)) break;
    }
    co_return reply;
}

}  // namespace waybill::simulation
