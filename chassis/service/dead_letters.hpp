#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "chassis/base/raw_json.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/messaging/deliveries.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/frame_work.hpp"
#include "chassis/sql/readers.hpp"

namespace waybill::service {

/// What an operator may say in the bodies of the routes below.
struct ReplayByFilter {
    std::optional<std::string> reason;
    std::optional<std::string> message_type;
    std::optional<std::int64_t> rate;  ///< messages a second; without it all at once
    bool dry_run = false;
};
struct DiscardLetter {
    std::string reason;
};
struct EditLetter {
    RawJson body;  ///< the whole envelope
};

/// `/v1/ops/{service}/dead-letters`: list, read, edit, replay and discard what a service's consumer
/// could not carry out (`messaging.md`, "Taking, parking, retry, dead letters" 5). Every act is an
/// `OperatorActed` event of this service, in the transaction of the act.
class DeadLetters {
 public:
    DeadLetters(Env& env, std::string service, WriterCore& core, sql::Readers& readers,
                const Cursors& cursors);
    void add_routes(http::Routes& routes);

 private:
    using Row = messaging::DeliveryRow;
    /// Changes the row for the act, or says why it may not be.
    using Change = std::function<Status(Row&, Timestamp now)>;

    Task<http::Response> list(http::Call& call);
    Task<http::Response> read(http::Call& call);
    Task<http::Response> edit(http::Call& call);
    Task<http::Response> replay(http::Call& call);
    Task<http::Response> discard(http::Call& call);
    Task<http::Response> replay_by_filter(http::Call& call);
    Task<http::Response> act(http::Call& call, std::string action, std::string reason,
                             Change change);
    Task<http::Response> show(http::Call& call, std::int64_t id);
    Task<http::Response> list_groups(http::Call& call, messaging::Deliveries::Filter filter);

    Env& env_;
    std::string service_;
    WriterCore& core_;
    sql::Readers& readers_;
    const Cursors& cursors_;
};

}  // namespace waybill::service
