#include "app/cli_load.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/load/units.hpp"

namespace waybill::app {
namespace {

template <class T>
T required(const std::string& option, const std::optional<T>& value, std::string_view what) {
    if (!value) throw CLI::ValidationError(option, fmt::format("must be {}", what));
    return *value;
}

template <class T>
T required(const Result<T>& value) {
    if (value) return *value;
    const Fault& fault = value.error().faults.front();
    throw CLI::ValidationError(fault.pointer, fault.message);
}

constexpr std::string_view a_rate = "arrivals a second above 0: 500, 500/s or 30/m";
constexpr std::string_view a_time = "a time above 0 with its unit: 500ms, 1.5s, 2m, 1h";

load::Wish::Ramp ramp_of(const std::string& text) {
    const auto colon = text.find(':');
    const auto from = load::parse_arrival_rate(text.substr(0, colon));
    const auto to = load::parse_arrival_rate(
        colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1));
    if (!from || !to)
        throw CLI::ValidationError("--ramp", "must be FROM:TO, two rates such as 100:5000");
    return {*from, *to};
}

void add_pace(CLI::App& command, LoadCli& out) {
    command.add_option_function<std::string>(
        "--rate",
        [&out](const std::string& text) {
            out.wish.rate = required("--rate", load::parse_arrival_rate(text), a_rate);
            out.rate_given = true;
        },
        "Arrivals a second, whatever becomes of those before (default 100)");
    command.add_option_function<std::string>(
        "--duration",
        [&out](const std::string& text) {
            out.wish.duration = required("--duration", load::parse_time(text), a_time);
        },
        "How long arrivals come: 60s, 5m (default 30s); with --overload, each phase");
    command.add_option_function<std::string>(
        "--warm-up",
        [&out](const std::string& text) {
            out.wish.warm_up = required("--warm-up", load::parse_time(text), a_time);
        },
        "Load before the duration that is not counted");
    command.add_option_function<std::string>(
        "--ramp", [&out](const std::string& text) { out.wish.ramp = ramp_of(text); },
        "FROM:TO: the rate goes evenly from one to the other, instead of --rate");
    command
        .add_option_function<double>(
            "--overload", [&out](double factor) { out.wish.overload = factor; },
            "Then so many times the rate (with --ramp: of the peak found), then as before")
        ->check(CLI::Range(1.01, 100.0));
    command
        .add_option_function<std::string>(
            "--arrivals",
            [&out](const std::string& text) {
                out.arrivals_text = text;
                out.arrivals =
                    text == "poisson" ? load::Arrivals::poisson : load::Arrivals::constant;
            },
            "constant: evenly spread (default); poisson: as independent users come")
        ->check(CLI::IsMember({"constant", "poisson"}));
}

void add_clients(CLI::App& command, LoadCli& out) {
    command.add_option_function<std::string>(
        "--mix",
        [&out](const std::string& text) {
            out.mix = required(load::Mix::parse(text));
            out.mix_text = text;
            out.mix_given = true;
        },
        fmt::format("Operations and their weights (default {})", load::Mix::standard));
    command.add_option("--get", out.path, "Only read this path, instead of the mix");
    command
        .add_option_function<std::string>(
            "--retry",
            [&out](const std::string& text) {
                out.retry_text = text;
                out.retry = text == "polite"  ? load::Retry::polite
                            : text == "storm" ? load::Retry::storm
                                              : load::Retry::none;
            },
            "After 429, 503 or no answer: none (default), polite (honours Retry-After, same "
            "idempotency key) or storm (again at once)")
        ->check(CLI::IsMember({"none", "polite", "storm"}));
    command.add_option_function<std::string>(
        "--timeout",
        [&out](const std::string& text) {
            out.timeout = required("--timeout", load::parse_time(text), a_time);
        },
        "An arrival's patience, from its scheduled moment (default 5s)");
    command.add_option("--connections", out.connections, "Requests at once (default 256)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{50'000}));
    command.add_option("--threads", out.threads, "Event loops of the generator (default 1)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{256}));
    command
        .add_option("--customers", out.customers,
                    "Who orders: 1 or 2 sign in themselves (default 2), for more the operator "
                    "places the orders")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    command
        .add_option("--products", out.products,
                    "Products that are ordered (default 20); the operator makes them, LOAD-0001 "
                    "and so on, with stock that lasts")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100}));
    command.add_option("--seed", out.seed, "Of the choices and of Poisson arrivals (default 1)");
    command.add_option("--operator-token-file", out.operator_token_file,
                       "A file with the token of who confirms, ships and makes products, where "
                       "the development identity does not run");
}

void add_results(CLI::App& command, LoadCli& out) {
    command.add_option_function<std::string>(
        "--slo",
        [&out](const std::string& text) {
            out.objectives = required(load::parse_objectives(text));
        },
        "Exit code 1 unless all hold: p99=50ms,create.max=1s,errors=0.1%");
    command.add_option("--json", out.json_file, "The result as JSON; -: to standard output");
    command.add_option("--history", out.history_file,
                       "Every attempt as a line of JSON, for `waybill check --history`");
}

}  // namespace

std::string LoadCli::fault() const {
    if (rate_given && wish.ramp) return "give either --rate or --ramp";
    if (!path.empty() && mix_given) return "give either --mix or --get";
    if (!path.empty() && !path.starts_with('/')) return "--get takes a path that begins with /";
    if (connections < threads) return "--connections must be at least --threads";
    const bool moves = mix.weight(load::Operation::cancel) + mix.weight(load::Operation::confirm) +
                           mix.weight(load::Operation::ship) !=
                       0;
    if (path.empty() && moves && mix.weight(load::Operation::create) == 0)
        return "--mix: cancel, confirm and ship act on the run's own orders; give create a weight";
    return {};
}

void add_load_options(CLI::App& command, LoadCli& out) {
    out.mix = *load::Mix::parse(load::Mix::standard);
    add_pace(command, out);
    add_clients(command, out);
    add_results(command, out);
}

}  // namespace waybill::app
