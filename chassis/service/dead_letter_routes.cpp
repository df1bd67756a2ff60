#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/service/dead_letter_json.hpp"

namespace waybill::service {
namespace {

constexpr std::array<std::string_view, 8> scopes{
    "orders.read",        "orders.write",        "inventory.read", "inventory.write",
    "notifications.read", "notifications.write", "audit.read",     "audit.write"};

/// The platform's scope of a service: static, since route tables view their words.
std::string_view scope_of(std::string_view service, std::string_view verb) {
    const auto scope = std::find(scopes.begin(), scopes.end(), fmt::format("{}.{}", service, verb));
    CHECK(scope != scopes.end());
    return *scope;
}

}  // namespace

void DeadLetters::add_routes(http::Routes& routes) {
    const std::string base = fmt::format("/v1/ops/{}/dead-letters", service_);
    const std::string_view reads = scope_of(service_, "read");
    const std::string_view writes = scope_of(service_, "write");
    const http::Schema letter{"DeadLetter", &dead_letter_schema};
    const auto to_read = [&](std::string_view doc) {
        http::RouteSpec spec;
        spec.scope = reads;
        spec.role = "operator";
        spec.answers = {{200, doc, letter}};
        spec.doc = doc;
        return spec;
    };
    const auto to_act = [&](std::string_view doc, http::Schema body) {
        http::RouteSpec spec;
        spec.scope = writes;
        spec.role = "admin";
        spec.priority = http::Priority::move;
        spec.body = body;
        spec.body_optional = body.name.empty();
        spec.answers = {{200, doc, letter}};
        spec.doc = doc;
        return spec;
    };
    auto list = to_read("Dead letters, newest first; ?group=reason counts them by reason");
    list.priority = http::Priority::list;
    list.parameters = {{"reason", "only these"},
                       {"messageType", "only these"},
                       {"status", "waiting, dead, replayed or discarded"},
                       {"group", "`reason`: counts instead of rows"},
                       {"limit", "1 to 100, 20 by default"},
                       {"cursor", "nextCursor of the page before"}};
    routes.get(base, list, [this](http::Call& call) { return this->list(call); });
    routes.get(base + "/{id}", to_read("One dead letter"),
               [this](http::Call& call) { return read(call); });
    routes.patch(base + "/{id}",
                 to_act("Replace its body; the original is kept", {"EditLetter", &edit_schema}),
                 [this](http::Call& call) { return edit(call); });
    routes.post(base + "/{id}/replay", to_act("Have it tried again now", {}),
                [this](http::Call& call) { return replay(call); });
    routes.post(base + "/{id}/discard",
                to_act("Give it up, with a reason", {"DiscardLetter", &discard_schema}),
                [this](http::Call& call) { return discard(call); });
    auto many =
        to_act("Have all that match tried again", {"ReplayLetters", &replay_by_filter_schema});
    many.body_optional = true;
    routes.post(base + ":replay", many,
                [this](http::Call& call) { return replay_by_filter(call); });
}

}  // namespace waybill::service
