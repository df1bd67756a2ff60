#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/letters_view.hpp"
#include "app/read_input.hpp"
#include "app/remote.hpp"
#include "app/terminal.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {
namespace {

constexpr json::Limits answer_limits{.bytes_max = std::size_t{64} << 20U};

std::string base_of(std::string_view service) {
    return fmt::format("/v1/ops/{}/dead-letters", service);
}

std::vector<std::string> services_of(const Cli& cli) {
    if (!cli.service.empty()) return {cli.service};
    return {"orders", "inventory", "notifications", "audit"};
}

Result<json::Document> ask(ApiClient& client, const std::string& method, const std::string& target,
                           std::string body = {}) {
    auto reply = client.call(method, target, std::move(body));
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
    return json::parse(reply->body, answer_limits);
}

/// All pages of one service's list.
Status collect(ApiClient& client, const std::string& service, const Cli& cli,
               std::vector<std::string>& letters) {
    std::string cursor;
    do {
        auto page = ask(client, "GET", base_of(service) + list_query(cli, cursor));
        if (!page) return tl::unexpected(std::move(page.error()));
        if (const auto* items = page->find("items"))
            for (const auto& item : items->items()) letters.push_back(json::to_text(item));
        cursor = page->text_at("nextCursor");
    } while (!cursor.empty());
    return {};
}

int list(ApiClient& client, const Cli& cli) {
    std::vector<std::string> letters;
    for (const auto& service : services_of(cli))
        if (auto done = collect(client, service, cli, letters); !done)
            return complain(done.error());
    if (cli.json) {
        for (const auto& letter : letters) fmt::print("{}\n", letter);
        return 0;
    }
    if (letters.empty())
        fmt::print("no dead letters\n");
    else
        fmt::print("{}", letters_table(letters, style_of(STDOUT_FILENO).width));
    return 0;
}

int print_letter(const Result<json::Document>& letter, const Cli& cli, std::string_view done) {
    if (!letter) return complain(letter.error());
    if (cli.json || done.empty())
        fmt::print("{}\n", cli.json ? json::to_text(*letter) : letter_text(letter->root()));
    else
        fmt::print("{} {} of {}: it is {}\n", done, cli.letter_id, cli.service,
                   letter->text_at("status"));
    return 0;
}

int edit(ApiClient& client, const Cli& cli, const std::string& target) {
    auto text = read_input(cli.body_file);
    if (!text) return complain(text.error());
    auto envelope = json::parse(*text);
    if (!envelope)
        return complain(Error(envelope.error().problem,
                              fmt::format("{}: {}", cli.body_file, envelope.error().detail)));
    const std::string body = fmt::format(R"({{"body":{}}})", json::to_text(*envelope));
    return print_letter(ask(client, "PATCH", target, body), cli, "edited");
}

int replay_all(ApiClient& client, const Cli& cli) {
    for (const auto& service : services_of(cli)) {
        auto answer = ask(client, "POST", base_of(service) + ":replay", replay_body(cli));
        if (!answer) return complain(answer.error());
        if (cli.json) {
            fmt::print("{}\n", json::to_text(*answer));
            continue;
        }
        const auto* matched = answer->find("matched");
        fmt::print("{:<14} {} {}\n", service, matched != nullptr ? matched->text() : "0",
                   cli.dry_run ? "would be tried again" : "tried again");
    }
    return 0;
}

int act(ApiClient& client, const Cli& cli) {
    const std::string target = base_of(cli.service) + "/" + cli.letter_id;
    switch (cli.command) {
        case Cli::Command::letters_show:
            return print_letter(ask(client, "GET", target), cli, "");
        case Cli::Command::letters_edit:
            return edit(client, cli, target);
        case Cli::Command::letters_discard:
            return print_letter(ask(client, "POST", target + "/discard", discard_body(cli)), cli,
                                "discarded");
        default:
            return print_letter(ask(client, "POST", target + "/replay"), cli, "replayed");
    }
}

}  // namespace

int run_dead_letters(const Cli& cli) {
    int exit_code = 0;
    const auto remote = remote_of(cli, exit_code);
    if (!remote) return exit_code;
    auto token = token_of(cli, *remote->client, "admin");
    if (!token) return complain(token.error());
    remote->client->use_token(std::move(*token));
    if (cli.command == Cli::Command::letters_list) return list(*remote->client, cli);
    if (cli.all) return replay_all(*remote->client, cli);
    return act(*remote->client, cli);
}

}  // namespace waybill::app
