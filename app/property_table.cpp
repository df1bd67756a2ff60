#include <algorithm>
#include <array>

#include "app/edit_distance.hpp"
#include "app/property.hpp"

namespace waybill::app {
namespace property_rows {

using enum PropertyType;

constexpr std::array table{
    Property{"listen", address, "127.0.0.1:8080",
             "Where HTTP is served. Port 0 takes any free one."},
    Property{"services", list, "all",
             "Which services run in this process: all, or some of gateway, identity, orders, "
             "inventory, notifications, audit.",
             0, INT64_MAX, "all|gateway|identity|orders|inventory|notifications|audit"},
    Property{"roles", list, "api,worker",
             "What this process does for its services: api serves HTTP, worker consumes events and "
             "keeps time. An embedded database has one owner, which does both.",
             0, INT64_MAX, "api|worker"},
    Property{"threads", integer, "0", "Event loops; 0 takes as many as the machine has cores.", 0,
             256},
    Property{"environment", text, "development", "Names this deployment in telemetry.", 0,
             INT64_MAX, "development|test|staging|production"},
    Property{"data.folder", text, "waybill-data", "Where embedded databases and keys live."},
    Property{"data.readers", integer, "2", "Threads for reads, shared by the embedded services.", 1,
             64},
    Property{"log.format", text, "auto",
             "json: a JSON object a line; text: for people; auto: text on a terminal, else json.",
             0, INT64_MAX, "auto|text|json"},
    Property{"log.access", boolean, "false", "Logs every request that the gateway answers."},
    Property{"auth.issuer", url, "",
             "The OIDC issuer whose tokens are accepted. Empty: the development identity of this "
             "process."},
    Property{"auth.ca_file", text, "",
             "PEM file of the authorities that an https:// issuer's certificate must come from. "
             "Empty: the system's."},
    Property{"auth.audience", text, "waybill-api", "What `aud` of a token must contain."},
    Property{"auth.algorithms", list, "RS256", "Accepted signature algorithms.", 0, INT64_MAX,
             "RS256|PS256|ES256|EdDSA"},
    Property{"auth.roles_claim", text, "realm_access.roles", "Where a token's roles stand."},
    Property{"auth.cache_entries", integer, "4096", "Verified tokens remembered.", 16, 1'000'000},
    Property{"identity.allow_remote", boolean, "false",
             "Lets the development identity, whose passwords are known, listen beyond loopback."},
    Property{
        "gateway.hosts", list, "",
        "Names that `Host` may have, with the port. Empty: 127.0.0.1, localhost and [::1] with "
        "the listen port, or the listen address."},
    Property{"gateway.trusted_proxies", list, "",
             "Addresses or CIDR blocks whose Forwarded and X-Forwarded-* are believed."},
    Property{"gateway.console_origins", list, "",
             "Origins that CORS admits. Empty: the gateway's own."},
    Property{"gateway.rate_limit", rate, "1000/s",
             "Requests of one subject, or of one address on public routes."},
    Property{"gateway.rate_limit_burst", integer, "2000",
             "How far a subject may run ahead of the rate.", 1, 10'000'000},
    Property{"gateway.timeout", duration, "5s",
             "The time a request has, unless it says Request-Timeout.", 1, 30'000},
    Property{"gateway.routes_file", text, "",
             "A TOML file of routes that tighten or add to the default ones."},
    Property{"gateway.upstreams.orders", url, "", "Where orders runs. Empty: in this process."},
    Property{"gateway.upstreams.inventory", url, "",
             "Where inventory runs. Empty: in this process."},
    Property{"gateway.upstreams.notifications", url, "",
             "Where notifications runs. Empty: in this process."},
    Property{"gateway.upstreams.audit", url, "", "Where audit runs. Empty: in this process."},
    Property{"http.connections_max", integer, "10000", "Connections at once.", 1, 1'000'000},
    Property{"http.connections_per_client_max", integer, "1000",
             "Connections of one address at once.", 1, 1'000'000},
    Property{"http.header_timeout", duration, "10s", "For a request's head to arrive.", 10,
             600'000},
    Property{"http.body_timeout", duration, "30s", "For the next piece of a body to arrive.", 10,
             600'000},
    Property{"http.idle_timeout", duration, "60s", "A kept connection without a request.", 10,
             3'600'000},
    Property{"http.write_timeout", duration, "30s",
             "For a client to take the next piece of an answer.", 10, 600'000},
    Property{"orders.reservation_deadline", duration, "24h",
             "A Pending order is cancelled after it.", 100, INT64_MAX},
    Property{"orders.confirmation_deadline", duration, "15m",
             "An order of manual confirmation is cancelled after it.", 100, INT64_MAX},
    Property{"writer.batch_max", integer, "512", "Commands in one transaction.", 1, 4'096},
    Property{"writer.queue_max", integer, "8192", "Commands that wait for the next transaction.",
             16, 1'000'000},
    Property{"messaging.retry", list, "5s,30s,2m,10m,1h",
             "Waits before a failed message is tried again; then it is dead."},
    Property{"messaging.outbox_age_max", duration, "5s",
             "Creates are refused while an event waits longer to be delivered.", 100, 3'600'000},
    Property{"streams.per_subject_max", integer, "64",
             "Streams of events that one subject may have open at a service at once; further ones "
             "are answered 429.",
             1, 4'096},
    Property{"seed.products", integer, "12", "Products made at the first embedded start.", 0,
             1'000'000},
    Property{"telemetry.memory_bytes", integer, "8388608", "Spans and logs kept for the console.",
             65'536, std::int64_t{1} << 32U},
    Property{"telemetry.memory_age", duration, "1h", "How long they are kept at the most.", 1'000,
             INT64_MAX},
    Property{
        "shutdown.drain", duration, "",
        "How long answers still go out with Connection: close before the listener ends. Empty: "
        "5s, or 0s on loopback.",
        0, 600'000},
};

}  // namespace property_rows

std::span<const Property> properties() {
    return property_rows::table;
}

const Property* find_property(std::string_view name) {
    const auto found = std::find_if(properties().begin(), properties().end(),
                                    [&](const Property& p) { return p.name == name; });
    return found == properties().end() ? nullptr : &*found;
}

const Property& nearest_property(std::string_view name) {
    return *std::min_element(properties().begin(), properties().end(),
                             [&](const auto& a, const auto& b) {
                                 return edit_distance(a.name, name) < edit_distance(b.name, name);
                             });
}

}  // namespace waybill::app
