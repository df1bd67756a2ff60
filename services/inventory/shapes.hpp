#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/error.hpp"
#include "chassis/base/patch.hpp"
#include "chassis/base/raw_json.hpp"
#include "chassis/sql/typed_table.hpp"
#include "services/inventory/commands.hpp"
#include "services/inventory/events.hpp"

/// The inventory service's types as JSON and as rows; described in shapes.cpp and rows.cpp.
namespace waybill::inventory {

/// Who looks at a product: only operators see how much there is of it.
enum class Audience : std::uint8_t { everybody, operators };
std::string to_json(const Product&, Audience);

/// A line of a reservation as lists show it.
struct ReservationView {
    Uuid id{};
    ProductId product_id{};
    std::string sku;
    OrderId order_id{};
    std::int64_t quantity = 0;
    LineStatus status = LineStatus::active;
    Timestamp reserved_at{};
    std::optional<Timestamp> released_at;
};
std::string to_json(const ReservationView&);
std::string to_json(const Movement&);

/// Bodies of requests. They fail with malformed-json or with every fault of validation-failed.
Result<CreateProduct> create_product_from_json(std::string_view body);
/// A whole definition (PUT): what is absent becomes its default.
Result<UpdateProduct> put_product_from_json(std::string_view body);
/// A merge patch: what is absent stays, what is null becomes its default.
Result<UpdateProduct> patch_product_from_json(std::string_view body);
Result<AdjustStock> adjust_stock_from_json(std::string_view body);
/// The items of a batch, 1..1,000, each as its own JSON.
Result<std::vector<RawJson>> batch_from_json(std::string_view body);

/// JSON Schemas.
std::string product_schema();
std::string product_page_schema();
std::string create_product_schema();
std::string put_product_schema();
std::string patch_product_schema();
std::string adjust_stock_schema();
std::string batch_schema();
std::string batch_answer_schema();
std::string movement_page_schema();
std::string reservation_page_schema();
/// Of every published event's data, by type.
std::vector<std::pair<std::string_view, std::string>> event_schemas();

struct LineRow {
    ReservationId reservation_id{};
    ReservationLine line;
};

const sql::TypedTable<Product>& product_rows();
/// `reservations` without the lines.
const sql::TypedTable<Reservation>& reservation_rows();
const sql::TypedTable<LineRow>& line_rows();
/// The columns of `reservation_lines` that change.
const sql::TypedTable<LineRow>& line_status_rows();
const sql::TypedTable<Movement>& movement_rows();

}  // namespace waybill::inventory
