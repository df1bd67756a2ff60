#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chassis/auth/authenticator.hpp"
#include "chassis/messaging/relay.hpp"
#include "chassis/service/api.hpp"
#include "chassis/service/clockwork.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/dead_letters.hpp"
#include "chassis/service/stream_places.hpp"
#include "chassis/service/watchers.hpp"
#include "chassis/service/writer_core.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/readers.hpp"

namespace waybill::service {

/// What the composition root lends every service. All of it outlives the service.
struct Host {
    Env& env;
    sql::Database& database;  ///< the service's own
    sql::ReaderPool& reader_pool;
    telemetry::Telemetry& telemetry;
    auth::Authenticator& authenticator;
    const Cursors& cursors;
    std::function<void(const sql::Failure&)> fatal;  ///< ends the process; does not return
    WriterOptions writer = {};
    messaging::Relay::Options relay = {};
    Api::Options api = {};
    std::vector<Duration> retry_ladder = {std::chrono::seconds(5), std::chrono::seconds(30),
                                          std::chrono::minutes(2), std::chrono::minutes(10),
                                          std::chrono::hours(1)};
    Duration outbox_age_max = std::chrono::seconds(5);  ///< above it creates get 503
    std::size_t outbox_rows_max = 1'000'000;            ///< above it creates get 503
    std::size_t watches_max = 4'096;
    std::size_t streams_per_subject_max = 64;
};

/// What every service is, apart from its domain: writer, relay, clockwork, readers, routes. The
/// typed part is ServiceOf (`service_of.hpp`).
class Service {
 public:
    virtual ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    const std::string& name() const { return name_; }
    /// Before open(): the service's route table; the frame's own routes are in it already.
    http::Routes& routes() { return routes_; }
    /// After open().
    Api& api() { return *api_; }
    messaging::Relay& relay() { return relay_; }
    WriterCore& core() { return core_; }
    sql::Readers& readers() { return readers_; }
    Watchers& watchers() { return watchers_; }
    StreamPlaces& stream_places() { return stream_places_; }
    const Host& host() const { return host_; }
    /// The consumer that other services' relays deliver to.
    virtual messaging::Destination& consumer() = 0;
    /// Gives the consumer one message again; its inbox guards it. `done` runs on the writer's
    /// thread. False when the service is stopping.
    virtual bool put(messaging::MessagePtr message,
                     std::function<void(const Completion&)> done) = 0;

    /// Brings the schema up to date and starts the writer. Refusals are for people.
    Status open();
    /// After open(): no event was ever published here.
    bool untouched() const { return last_outbox_id_ == 0; }
    /// After every service is open and every relay knows its destinations.
    void start();
    /// Streams and waits end; new ones answer at once.
    void end_waits() { watchers_.close(); }
    /// No more deadlines, retries and deliveries; the batch in hand is finished.
    void stop_intake();
    /// Writes what has gathered; then nothing more.
    void stop_writing();

 protected:
    Service(const Host& host, std::string name, std::vector<sql::Migration> migrations,
            TakingRules rules, DomainPort& domain);
    /// As Clockwork::PassDeadline; false also when the service has no deadlines.
    virtual bool pass_deadline(const Uuid& aggregate_id, std::function<void()> done) = 0;
    /// The schema is up to date; nothing has been written yet.
    virtual sql::Status opened(sql::Session& session) = 0;
    virtual Redelivery* redelivery() = 0;
    /// Further topics of a committed event beside its aggregate.
    virtual std::vector<std::string> topics_of(const messaging::Message& message) = 0;

 private:
    void committed(const std::vector<messaging::OutboxEntry>& entries);
    std::optional<Error> admission() const;
    void observe();

    Host host_;
    std::string name_;
    std::vector<sql::Migration> migrations_;
    http::Routes routes_;
    Watchers watchers_;
    StreamPlaces stream_places_;
    sql::Readers readers_;
    WriterCore core_;
    messaging::Relay relay_;
    DeadLetters dead_letters_;
    std::unique_ptr<Clockwork> clockwork_;
    std::unique_ptr<Api> api_;
    std::int64_t last_outbox_id_ = 0;
    bool dead_blocks_;
    std::vector<std::uint64_t> observers_;
};

}  // namespace waybill::service
