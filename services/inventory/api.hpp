#pragma once
#include <optional>
#include <string>

#include "chassis/http/routes.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/service/cursor.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/sql/readers.hpp"
#include "services/inventory/frame_domain.hpp"

namespace waybill::inventory {

/// What the handlers need of their service.
struct Ports {
    Env& env;
    service::Writer<InventoryDomain>& writer;
    sql::Readers& readers;
    const service::Cursors& cursors;
};

/// Products and their stock: everybody reads, operators write.
class ProductsApi {
 public:
    explicit ProductsApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    void add_reads(http::Routes& routes);
    void add_changes(http::Routes& routes);
    void add_definition_changes(http::Routes& routes);

    Task<http::Response> create(http::Call& call);
    Task<http::Response> put(http::Call& call);
    Task<http::Response> patch(http::Call& call);
    Task<http::Response> remove(http::Call& call);
    Task<http::Response> adjust(http::Call& call);
    Task<http::Response> get(http::Call& call);
    Task<http::Response> get_by_sku(http::Call& call);
    Task<http::Response> list(http::Call& call);
    Task<http::Response> list_low(http::Call& call);

    Task<http::Response> submit(http::Call& call, Command command, std::uint16_t status);
    Task<http::Response> page(http::Call& call, ProductFilter filter);

    Ports ports_;
};

/// `products:batch`: many creations in one request, each with an outcome of its own.
class BatchApi {
 public:
    explicit BatchApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    struct Outcome;
    Task<http::Response> create(http::Call& call);
    Task<void> create_one(http::Call& call, RawJson item, std::int64_t index, Outcome& outcome);

    Ports ports_;
};

/// The ledger and the reservations, for operators.
class StockApi {
 public:
    explicit StockApi(Ports ports) : ports_(ports) {}
    /// The table must not outlive this.
    void add_routes(http::Routes& routes);

 private:
    Task<http::Response> movements(http::Call& call);
    Task<http::Response> reservations(http::Call& call);

    Ports ports_;
};

}  // namespace waybill::inventory
