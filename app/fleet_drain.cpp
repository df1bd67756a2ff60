#include <boost/asio/co_spawn.hpp>
#include <future>

#include "app/fleet.hpp"
#include "chassis/base/faults.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::app {
namespace {

constexpr Duration requests_time = std::chrono::seconds(10);

bool on_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// Runs a coroutine on loop 0 and waits for it here.
void await_on_loop(RealEnv& env, Task<void> task) {
    std::promise<void> done;
    boost::asio::co_spawn(env.loop(0).executor(), std::move(task),
                          [&done](std::exception_ptr failed) {
                              if (failed)
                                  done.set_exception(failed);
                              else
                                  done.set_value();
                          });
    done.get_future().get();
}

/// Who holds requests that are under way.
struct Holders {
    http::Server& server;
    std::vector<service::Service*> services;
    gateway::Gateway* gateway;  ///< nothing: none runs here
    std::vector<http::Client*> clients;
};

/// Answers go on with `Connection: close`, then the listener ends and what runs is finished, or cut
/// off when its time is up.
Task<void> close_door(Env& env, Holders held, Duration announced) {
    held.server.announce_close();
    if (announced.count() > 0) co_await sleep_until(env, env.monotonic() + announced);
    for (auto* service : held.services) service->end_waits();
    if (held.gateway != nullptr) held.gateway->end_streams();
    const Deadline deadline = Deadline::after(env.monotonic(), requests_time);
    Loop& loop = env.current_loop();
    const TimerId cut = loop.start_timer(deadline.at, [clients = held.clients] {
        for (auto* client : clients) client->cut();
    });
    co_await held.server.drain(deadline);
    loop.cancel_timer(cut);
}

}  // namespace

std::vector<HealthPart> Fleet::health() const {
    std::vector<HealthPart> parts;
    const bool draining = draining_.load();
    parts.push_back({"process", !draining, draining ? "it is stopping" : ""});
    const bool keys = authenticator_ && authenticator_->ready();
    parts.push_back({"keys", keys, keys ? "" : "the issuer's keys could not be had yet"});
    for (const auto& name : names_) {
        const bool behind = seeding_.load() && name == "orders";
        parts.push_back({name, !behind, behind ? "the catalogue is being filled" : ""});
    }
    return parts;
}

bool Fleet::ready() const {
    const auto parts = health();
    return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.ready; });
}

void Fleet::drain() {
    if (drained_ || !server_) return;
    drained_ = true;
    draining_ = true;
    const bool local = on_loopback(config_.address("listen").host);
    const Duration announced = config_.text("shutdown.drain").empty()
                                   ? Duration(local ? 0 : 5'000'000)
                                   : config_.duration("shutdown.drain");
    Holders held{*server_, running(), gateway_.get(), {}};
    for (const auto& client : clients_) held.clients.push_back(client.get());
    await_on_loop(env_, close_door(env_, std::move(held), announced));
    server_.reset();
    if (audit_) audit_->stop();
    for (auto* service : running()) service->stop_intake();
    faults::crash_point("in_shutdown");
    for (auto* service : running()) service->stop_writing();
    if (identity_) identity_->drain();
    if (remote_keys_) await_on_loop(env_, remote_keys_->drain());
    faults::crash_point("before_last_checkpoint");
    for (const auto& [name, database] : databases_)
        if (auto done = database->checkpoint(); !done)
            pipeline_.service(name).log().warn(
                "the checkpoint at the end failed; the next start does it",
                {{"exception.message", done.error().message}});
}

}  // namespace waybill::app
