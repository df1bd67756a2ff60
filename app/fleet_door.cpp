#include <fmt/format.h>

#include "app/fleet.hpp"
#include "app/secret_files.hpp"
#include "app/version.hpp"
#include "chassis/auth/http_fetcher.hpp"
#include "services/gateway/pages.hpp"

namespace waybill::app {
namespace {

http::ServerOptions server_options(const Config& config) {
    const auto address = config.address("listen");
    http::ServerOptions options;
    options.address = address.host;
    options.port = address.port;
    options.limits.connections = static_cast<std::size_t>(config.integer("http.connections_max"));
    options.limits.connections_per_client =
        static_cast<std::size_t>(config.integer("http.connections_per_client_max"));
    options.limits.head_time = config.duration("http.header_timeout");
    options.limits.body_time = config.duration("http.body_timeout");
    options.limits.idle_time = config.duration("http.idle_timeout");
    options.limits.write_time = config.duration("http.write_timeout");
    // The gateway and the services refuse bodies above 1 MiB with a problem that names the request.
    options.limits.body_bytes = std::uint64_t{2} << 20U;
    // The most that any request may ask for; the gateway and the services shorten it.
    options.default_deadline = std::chrono::seconds(30);
    return options;
}

}  // namespace

Status Fleet::open_listener() {
    if (runs("identity"))
        if (auto safe = identity::check_listen(config_.address("listen").host,
                                               config_.boolean("identity.allow_remote"));
            !safe)
            return safe;
    auto folder = sql::DataFolder::open(config_.text("data.folder"));
    if (!folder) return tl::unexpected(std::move(folder.error()));
    folder_.emplace(std::move(*folder));
    if (runs("identity"))
        secrets_ = std::async(std::launch::async, [this] {
            return identity::load_or_make_secrets(folder_->path(), env_);
        });
    auto server =
        http::Server::start(env_, front_, server_options(config_), pipeline_.service("gateway"));
    if (!server) return tl::unexpected(std::move(server.error()));
    server_ = std::move(*server);
    auto key = load_or_make_key(folder_->file("cursor.key"), env_);
    if (!key) return tl::unexpected(std::move(key.error()));
    cursors_ = std::make_unique<service::Cursors>(std::move(*key));
    return {};
}

Status Fleet::open_identity() {
    if (!runs("identity")) return {};
    auto database = open_database("identity");
    if (!database) return tl::unexpected(std::move(database.error()));
    auto secrets = secrets_.get();
    if (!secrets) return tl::unexpected(std::move(secrets.error()));
    identity::Options options;
    options.issuer = issuer();
    auto opened = identity::Identity::open(std::move(options), std::move(*secrets), env_,
                                           pipeline_.service("identity"), **database);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    identity_ = std::move(*opened);
    identity_->routes(identity_routes_);
    return {};
}

Status Fleet::open_keys() {
    auth::TokenRules rules;
    auth::KeySource* keys = nullptr;
    if (identity_ && config_.text("auth.issuer").empty()) {
        rules = identity_->token_rules();
        keys = &identity_->keys();
    } else {
        if (config_.text("auth.issuer").empty())
            return fail(Problem::validation_failed,
                        "auth.issuer must name the issuer: identity does not run in this process");
        rules.issuer = config_.text("auth.issuer");
        auth::RemoteKeysOptions options;
        options.issuer = rules.issuer;
        auto fetcher = auth::HttpFetcher::create(env_, {.ca_file = config_.text("auth.ca_file")});
        if (!fetcher) return tl::unexpected(std::move(fetcher.error()));
        fetcher_ = std::move(*fetcher);
        auto remote = auth::RemoteKeySource::create(std::move(options), env_, *fetcher_,
                                                    pipeline_.service("gateway"));
        if (!remote) return tl::unexpected(std::move(remote.error()));
        remote_keys_ = std::move(*remote);
        remote_keys_->start();
        keys = remote_keys_.get();
        rules.audiences = {config_.text("auth.audience")};
        rules.role_path = config_.text("auth.roles_claim");
        rules.algorithms.clear();
        for (const auto& name : config_.list("auth.algorithms")) {
            const auto algorithm = auth::parse_algorithm(name);
            if (!algorithm)
                return fail(
                    Problem::validation_failed,
                    fmt::format("auth.algorithms: {} is none of RS256, PS256, ES256, EdDSA", name));
            rules.algorithms.push_back(*algorithm);
        }
    }
    authenticator_ = std::make_unique<auth::Authenticator>(
        env_, pipeline_.service("gateway"),
        std::vector<auth::Authenticator::Issuer>{{std::move(rules), *keys}},
        static_cast<std::size_t>(config_.integer("auth.cache_entries")));
    return {};
}

Status Fleet::open_door() {
    view_.health = [this] { return health(); };
    view_.metrics = [this](std::string_view accept) { return pipeline_.metrics(accept); };
    view_.traces = &pipeline_.traces();
    view_.version = version;
    view_.services = names_;
    add_process_pages(process_routes_, view_);
    const auto api_of = [&](const http::Routes& routes, std::string_view name) {
        return std::make_unique<service::Api>(env_, pipeline_.service(name), *authenticator_,
                                              routes, service::Api::Options());
    };
    if (identity_) identity_api_ = api_of(identity_routes_, "identity");
    if (runs("gateway")) return open_gateway();
    std::vector<const http::Routes*> tables;
    for (auto* service : running()) tables.push_back(&service->routes());
    gateway::add_pages(process_routes_, tables, version);
    process_api_ = api_of(process_routes_, names_.front());
    std::vector<Mux::Part> parts{{&process_routes_, process_api_.get()}};
    for (auto* service : running()) parts.push_back({&service->routes(), &service->api()});
    if (identity_) parts.push_back({&identity_routes_, identity_api_.get()});
    mux_ = std::make_unique<Mux>(parts);
    front_.open(*mux_);
    return {};
}

}  // namespace waybill::app
