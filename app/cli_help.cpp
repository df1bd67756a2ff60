#include "app/cli_help.hpp"

#include <algorithm>
#include <array>

#include "app/edit_distance.hpp"

namespace waybill::app {

const std::string_view overview =
    R"(Waybill: orders, inventory, notifications and audit behind one gateway.

Usage: waybill COMMAND [options]

Run
  serve          run the services of this process
  demo           place an order and draw its journey
  seed           fill the catalogue with products
  token          print a development access token
  load           send orders at a fixed rate and measure latency and goodput

Operate
  check          prove that stock, orders, messages and audit agree
  doctor         check every configured part and say what to do
  config         print the effective configuration; config check FILE
  migrate        bring all database schemas up to date, without serving
  dead-letters   list, show, edit, replay or discard failed messages

  help COMMAND   options and examples of a command
  --version      the version

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

Try first:  waybill serve            and in another terminal:  waybill demo
)";

namespace {

struct Examples {
    std::string_view command;
    std::string_view text;
};

constexpr std::array all_examples{
    Examples{"serve", R"(
Examples:
  waybill serve                                    everything, on 127.0.0.1:8080
  waybill serve --listen 127.0.0.1:9000 --data /var/lib/waybill
  waybill serve --services orders,inventory --set auth.issuer=http://127.0.0.1:8080/realms/waybill
  waybill serve --set gateway.rate_limit=500/s

SIGTERM ends it in order; a second signal ends it at once.
)"},
    Examples{"demo", R"(
Examples:
  waybill demo                                     against the running instance, or one of its own
  waybill demo --url http://127.0.0.1:9000
)"},
    Examples{"token", R"help(
Examples:
  waybill token --user customer1
  waybill token --user operator --scope "orders.read orders.write"
  curl -H "Authorization: Bearer $(waybill token --user customer1)" \
       http://127.0.0.1:8080/v1/orders

Users: customer1, customer2, operator, admin. Their password is `waybill`.
)help"},
    Examples{"seed", R"(
Examples:
  waybill seed                                     twelve products
  waybill seed --products 10000
)"},
    Examples{"load", R"(
Examples:
  waybill load --rate 200 --duration 60s
  waybill load --rate 500 --mix create=70,read=30 --slo p99=50ms,errors=0.1%
  waybill load --ramp 100:5000 --duration 60s --json result.json
  waybill load --ramp 100:5000 --overload 3 --retry storm      the peak, then three times it
  waybill load --get /health/live --rate 10000 --connections 64

Open loop: arrivals keep their schedule however slow the answers are, and a latency counts from
the scheduled moment. Ctrl-C ends it with the result of what was. The gateway's limit for a
subject (gateway.rate_limit, 1000/s) applies; raise it where more is to be sent. More: docs/load.md
)"},
    Examples{"config", R"(
Examples:
  waybill config                                   what is in effect, and where it comes from
  waybill config --defaults > waybill.toml         every property with its meaning
  waybill config check waybill.toml
)"},
    Examples{"check", R"(
Examples:
  waybill check                                    the databases of ./waybill.toml, read only
  waybill check --data /var/lib/waybill --at-rest  after all has come to rest: everything
  waybill check --history attempts.jsonl           with what clients were answered (waybill load)
  waybill check --url http://127.0.0.1:9000        what the public interfaces show
  waybill check --json

One line an invariant, and the objects and events that break it. The platform may run meanwhile.
Exit codes: 0 all that was judged holds, 1 something is broken, 2 it could not be judged.
)"},
    Examples{"config check", R"(
Exit code 2 and one line for each fault when the file is broken.
)"},
    Examples{"doctor", R"(
Examples:
  waybill doctor
  waybill doctor --show-secret                     the secret of the client waybill-service
)"},
    Examples{"migrate", R"(
Examples:
  waybill migrate --data /var/lib/waybill
)"},
    Examples{"dead-letters", R"(
Examples:
  waybill dead-letters list --service orders
  waybill dead-letters show 17 --service orders
  waybill dead-letters edit 17 --service orders --file envelope.json
  waybill dead-letters replay --all --reason validation-failed --rate 50 --dry-run
  waybill dead-letters discard 17 --service orders --reason "sent by a test"
)"},
};

constexpr std::array<std::string_view, 11> commands{"serve",   "demo",         "token",  "seed",
                                                    "load",    "check",        "config", "doctor",
                                                    "migrate", "dead-letters", "help"};

}  // namespace

std::string_view examples_of(std::string_view command) {
    const auto* found =
        std::find_if(all_examples.begin(), all_examples.end(),
                     [&](const Examples& examples) { return examples.command == command; });
    return found == all_examples.end() ? std::string_view() : found->text;
}

std::string_view nearest_command(std::string_view name) {
    return *std::min_element(commands.begin(), commands.end(), [&](auto a, auto b) {
        return edit_distance(a, name) < edit_distance(b, name);
    });
}

}  // namespace waybill::app
