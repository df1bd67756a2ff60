#include "app/fleet.hpp"
#include "app/folds.hpp"
#include "chassis/service/service.hpp"
#include "chassis/sql/sqlite.hpp"
#include "services/audit/service.hpp"
#include "services/inventory/service.hpp"
#include "services/notifications/service.hpp"
#include "services/orders/service.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/verifier.hpp"

namespace waybill::simulation {
namespace {

constexpr std::size_t reader_threads = 2;
constexpr Duration begin_wait_max = std::chrono::milliseconds(20);
constexpr std::string_view cursor_key = "the replicas' common secret of the simulation";

/// One service in a process of its own, as `waybill serve --services NAME` composes it, with the
/// bus between it and the others.
class ServiceProcess final : public Process {
 public:
    explicit ServiceProcess(Site site) : site_(std::move(site)), verifier_(site_) {}

    Status open() override;
    void begin() override;
    http::Handler* door() override { return open_ ? &service().api() : nullptr; }
    messaging::Destination* consumer() override { return open_ ? &service().consumer() : nullptr; }
    void close() override;

 private:
    service::Host host();
    void make();
    service::Service& service() { return audit_ ? audit_->service() : *service_; }

    Site site_;
    Verifier verifier_;
    service::Cursors cursors_{std::string(cursor_key)};
    std::unique_ptr<ProcessDatabase> database_;
    std::unique_ptr<sql::ReaderPool> readers_;
    std::vector<std::unique_ptr<messaging::Destination>> roads_;
    std::unique_ptr<service::Service> service_;
    std::unique_ptr<audit::Audit> audit_;
    bool open_ = false;
    bool closed_ = false;
};

service::Host ServiceProcess::host() {
    service::Host host{site_.env,
                       *database_,
                       *readers_,
                       telemetry::nowhere(),
                       verifier_.authenticator(),
                       cursors_,
                       [this](const sql::Failure&) { site_.die(); }};
    host.retry_ladder = retry_ladder;
    host.writer.free_bytes_min = std::uint64_t{256} << 10U;
    // So little fits that a run goes over every limit.
    host.writer.batch_submissions_max = 8;
    host.relay = {.window = 6, .memory_max = 10, .read_rows = 4};
    return host;
}

void ServiceProcess::make() {
    if (site_.name == "orders")
        service_ = orders::make_service(host(), {reservation_deadline, confirmation_deadline});
    else if (site_.name == "inventory")
        service_ = inventory::make_service(host());
    else if (site_.name == "notifications")
        service_ = notifications::make_service(host());
    else
        audit_ = std::make_unique<audit::Audit>(host(), app::make_folds());
}

Status ServiceProcess::open() {
    auto database = open_database(site_);
    if (!database) return tl::unexpected(std::move(database.error()));
    database_ = std::move(*database);
    readers_ = std::make_unique<sql::ReaderPool>(site_.env, reader_threads);
    make();
    if (auto opened = service().open(); !opened) return opened;
    for (const auto& [consumer, types] : app::subscriptions()) {
        roads_.push_back(site_.bus.road(site_.env, consumer, types));
        service().relay().add(*roads_.back());
    }
    verifier_.start();
    open_ = true;
    return {};
}

void ServiceProcess::begin() {
    site_.env.pause(site_.random.between(Duration(0), begin_wait_max));
    if (closed_ || !site_.env.alive()) return;
    service().start();
    if (audit_) audit_->start({});
}

void ServiceProcess::close() {
    closed_ = true;
    if (!service_ && !audit_) return verifier_.stop(site_.env);
    if (audit_) audit_->stop();
    service().end_waits();
    service().stop_intake();
    service().stop_writing();
    verifier_.stop(site_.env);
}

}  // namespace

Result<std::unique_ptr<ProcessDatabase>> open_database(const Site& site) {
    sql::SqliteOptions options;
    options.path = site.name + ".db";
    options.vfs = site.vfs;
    options.free_bytes = [&disk = site.disk] { return disk.free_bytes(); };
    options.checkpoint_pages = 64;
    auto real = sql::SqliteDatabase::open(site.env, std::move(options));
    if (!real) return fail(Problem::unavailable, real.error().message);
    return std::make_unique<ProcessDatabase>(
        ProcessDatabase::Surroundings{site.env, site.random, site.database_weather, site.sometimes,
                                      site.disk_alive, site.die},
        std::move(*real));
}

std::unique_ptr<Process> make_service_process(Site site) {
    return std::make_unique<ServiceProcess>(std::move(site));
}

}  // namespace waybill::simulation
