#pragma once
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/mux.hpp"
#include "app/process_pages.hpp"
#include "chassis/auth/authenticator.hpp"
#include "chassis/auth/remote_keys.hpp"
#include "chassis/http/client.hpp"
#include "chassis/http/server.hpp"
#include "chassis/runtime/real_env.hpp"
#include "chassis/service/service.hpp"
#include "chassis/sql/data_folder.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/telemetry/pipeline.hpp"
#include "services/audit/service.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/http_upstream.hpp"
#include "services/identity/identity.hpp"

namespace waybill::app {

/// Everything that one process runs, wired by the configuration: the only place that names
/// concrete drivers. Start and destroy it off the loops.
class Fleet {
 public:
    /// Opens the data, brings schemas up to date, starts the services and listens. The error says
    /// what is in the way and what to do.
    static Result<std::unique_ptr<Fleet>> start(const Config& config, RealEnv& env,
                                                telemetry::Pipeline& pipeline);
    ~Fleet();
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    /// `http://127.0.0.1:8080`
    std::string url() const;
    const std::vector<std::string>& services() const { return names_; }
    bool runs(std::string_view service) const;
    std::string data_folder() const { return folder_ ? folder_->path() : ""; }
    /// What is not ready; empty: everything is.
    std::vector<HealthPart> health() const;
    bool ready() const;
    /// Inventory has never published anything: there is no catalogue yet.
    bool first_start() const {
        const auto inventory = services_.find("inventory");
        return inventory != services_.end() && inventory->second->untouched();
    }
    /// The catalogue's events have reached every running service.
    bool settled() const;
    /// While the first catalogue is being made, orders is not ready.
    void set_seeding(bool seeding) { seeding_ = seeding; }
    /// Messages that wait for services which do not run here, by service.
    std::vector<std::string> absent_consumers() const;

    /// Stops in the order of `frame.md` ("Shutdown"). Blocks.
    void drain();

 private:
    Fleet(const Config& config, RealEnv& env, telemetry::Pipeline& pipeline);

    Status check_names() const;
    Status open_listener();
    Status open_identity();
    Status open_keys();
    Status open_services();
    Status open_door();
    Status open_service(const std::string& name);
    Result<sql::SqliteDatabase*> open_database(const std::string& name);
    service::Host host_of(const std::string& name, sql::Database& database);
    void wire_relays();
    audit::ReplayTargets replay_targets();
    Status open_gateway();
    /// The service itself, or one built for its route table alone.
    service::Service& table_of(const std::string& name);
    Result<http::Handler*> remote_upstream(const std::string& url);
    /// The default routes with the deployment's rules.
    Result<std::vector<gateway::GatewayRoute>> tighten(std::vector<gateway::GatewayRoute> routes);
    service::Service& service_of(const std::string& name);
    std::vector<service::Service*> running();
    std::string issuer() const;
    [[noreturn]] void end_by(const std::string& service, const sql::Failure& failure);

    const Config& config_;
    RealEnv& env_;
    telemetry::Pipeline& pipeline_;
    std::vector<std::string> names_;
    bool drained_ = false;
    std::atomic<bool> draining_{false};
    std::atomic<bool> seeding_{false};

    std::optional<sql::DataFolder> folder_;
    Front front_;
    std::unique_ptr<http::Server> server_;
    std::future<Result<identity::Secrets>> secrets_;
    std::unique_ptr<identity::Identity> identity_;
    std::unique_ptr<auth::DocumentFetcher> fetcher_;
    std::unique_ptr<auth::RemoteKeySource> remote_keys_;
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<service::Cursors> cursors_;
    std::unique_ptr<sql::ReaderPool> reader_pool_;
    std::map<std::string, std::unique_ptr<sql::SqliteDatabase>> databases_;
    std::map<std::string, std::unique_ptr<service::Service>> services_;
    std::unique_ptr<audit::Audit> audit_;
    std::vector<std::unique_ptr<service::Service>> foreign_;  ///< for their tables alone
    std::unique_ptr<audit::Audit> foreign_audit_;

    ProcessView view_;
    http::Routes process_routes_{"gateway"};
    http::Routes identity_routes_{"identity"};
    std::unique_ptr<service::Api> process_api_;
    std::unique_ptr<service::Api> identity_api_;
    std::vector<std::unique_ptr<http::Client>> clients_;
    std::vector<std::unique_ptr<gateway::HttpUpstream>> remote_upstreams_;
    std::unique_ptr<gateway::Gateway> gateway_;
    std::unique_ptr<Mux> mux_;
};

/// The services of the platform, in the order of their start.
const std::vector<std::string>& all_services();
/// Who takes which events: the product's static table, whoever happens to run.
const std::map<std::string, std::vector<std::string>>& subscriptions();

}  // namespace waybill::app
