#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "chassis/http/body.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/watchers.hpp"
#include "chassis/sql/readers.hpp"
#include "services/orders/order.hpp"

namespace waybill::orders {

/// The body of `GET /v1/orders/{id}/stream`: an endless list of server-sent events, one for each
/// event of the order, its id the order's version. Pulled by the connection, so a slow reader slows
/// its own stream alone. A comment after a silence of 15 s.
class OrderFeed final : public http::BodySource {
 public:
    struct Ports {
        Env& env;
        sql::Readers& readers;
        service::Watchers& watchers;
    };
    /// Nothing when too many wait already. `after`: the last version that the client has seen.
    static std::unique_ptr<OrderFeed> open(Ports ports, OrderId order, std::int64_t after);

    Task<Result<std::string_view>> next(Deadline deadline) override;
    void cancel() override;

 private:
    OrderFeed(Ports ports, OrderId order, std::string own_topic,
              std::unique_ptr<service::Watch> watch, std::int64_t after);
    /// What has happened since, as text; empty when nothing has.
    Task<Result<std::string>> look(Deadline deadline);

    Ports ports_;
    OrderId order_;
    std::string own_topic_;  ///< wakes this feed alone
    std::unique_ptr<service::Watch> watch_;
    std::int64_t version_;
    std::string text_;
    bool started_ = false;
    bool cancelled_ = false;
};

}  // namespace waybill::orders
