#pragma once
#include <optional>

#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/stream_places.hpp"
#include "chassis/service/watchers.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/readers.hpp"
#include "services/orders/frame_domain.hpp"

namespace waybill::orders {

/// What the handlers need of their service.
struct Ports {
    Env& env;
    service::Writer<OrdersDomain>& writer;
    sql::Readers& readers;
    const service::Cursors& cursors;
    service::Watchers& watchers;
    service::StreamPlaces& stream_places;
    Patience patience;
};

/// Orders as their customers and operators reach them: a customer its own alone.
class OrdersApi {
 public:
    explicit OrdersApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    void add_reads(http::Routes& routes);
    void add_moves(http::Routes& routes);

    Task<http::Response> place(http::Call& call);
    Task<http::Response> confirm(http::Call& call);
    Task<http::Response> cancel(http::Call& call);
    Task<http::Response> ship(http::Call& call);
    Task<http::Response> get(http::Call& call);
    Task<http::Response> get_by_number(http::Call& call);
    Task<http::Response> list(http::Call& call);
    Task<http::Response> stream(http::Call& call);

    Task<http::Response> submit(http::Call& call, Command command, service::Lane lane,
                                std::uint16_t status);
    /// The order as it is now, if there is one.
    Task<Result<std::optional<Order>>> read(http::Call& call, OrderId id);
    /// The order of the path as the caller may see it.
    Task<Result<Order>> find(http::Call& call);
    /// Waits until the order is no longer Pending, as long as the caller asked for.
    Task<Result<Order>> settle(http::Call& call, Order order);

    Ports ports_;
};

}  // namespace waybill::orders
