#include "services/inventory/shapes.hpp"

#include "chassis/base/actor_shape.hpp"
#include "chassis/base/shape.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"

namespace waybill::inventory {

using json::count;
using json::doc;
using json::field;
using json::fields;
using json::length;
using json::never_null;
using json::omit_absent;
using json::optional;
using json::otherwise;
using json::range;

constexpr auto all_quantities = range(0, quantity_max);

/// A product as answers show it.
struct ProductView {
    ProductId id{};
    std::string sku, name, description;
    std::optional<std::int64_t> quantity;
    std::optional<std::int64_t> reserved_quantity;
    std::int64_t available_quantity = 0;
    std::optional<std::int64_t> low_stock_threshold;
    Money price;
    Currency currency;
    std::int64_t version = 0;
    Timestamp created_at{};
    Timestamp updated_at{};
};
constexpr auto shape(Type<ProductView>) {
    return fields(
        field("id", &ProductView::id), field("sku", &ProductView::sku),
        field("name", &ProductView::name), field("description", &ProductView::description),
        field("quantity", &ProductView::quantity, omit_absent,
              doc("On hand, reserved ones included; for operators")),
        field("reservedQuantity", &ProductView::reserved_quantity, omit_absent,
              doc("For operators")),
        field("availableQuantity", &ProductView::available_quantity),
        field("lowStockThreshold", &ProductView::low_stock_threshold, omit_absent,
              doc("For operators")),
        field("price", &ProductView::price), field("currency", &ProductView::currency),
        field("version", &ProductView::version), field("createdAt", &ProductView::created_at),
        field("updatedAt", &ProductView::updated_at));
}

constexpr auto shape(Type<Movement>) {
    return fields(field("id", &Movement::id), field("productId", &Movement::product_id),
                  field("kind", &Movement::kind), field("quantity", &Movement::quantity),
                  field("orderId", &Movement::order_id), field("reason", &Movement::reason),
                  field("reference", &Movement::reference),
                  field("quantityAfter", &Movement::quantity_after),
                  field("reservedAfter", &Movement::reserved_after),
                  field("actor", &Movement::actor), field("at", &Movement::at));
}

constexpr auto shape(Type<ReservationView>) {
    return fields(
        field("id", &ReservationView::id), field("productId", &ReservationView::product_id),
        field("sku", &ReservationView::sku), field("orderId", &ReservationView::order_id),
        field("quantity", &ReservationView::quantity), field("status", &ReservationView::status),
        field("reservedAt", &ReservationView::reserved_at),
        field("releasedAt", &ReservationView::released_at));
}

constexpr auto shape(Type<CreateProduct>) {
    return fields(field("sku", &CreateProduct::sku, length(1, 200)),
                  field("name", &CreateProduct::name, length(1, 200)),
                  field("description", &CreateProduct::description, optional, length(0, 2000)),
                  field("quantity", &CreateProduct::quantity, all_quantities),
                  field("lowStockThreshold", &CreateProduct::low_stock_threshold, otherwise(0),
                        all_quantities),
                  field("price", &CreateProduct::price),
                  field("currency", &CreateProduct::currency, optional, doc("USD by default")));
}

/// A whole definition.
struct PutProduct {
    std::string sku, name, description;
    std::int64_t low_stock_threshold = 0;
    Decimal price;
    Currency currency;
};
constexpr auto shape(Type<PutProduct>) {
    return fields(
        field("sku", &PutProduct::sku, length(1, 200)),
        field("name", &PutProduct::name, length(1, 200)),
        field("description", &PutProduct::description, optional, length(0, 2000)),
        field("lowStockThreshold", &PutProduct::low_stock_threshold, otherwise(0), all_quantities),
        field("price", &PutProduct::price),
        field("currency", &PutProduct::currency, optional, doc("USD by default")));
}

struct PatchProduct {
    Patch<std::string> sku, name, description;
    Patch<std::int64_t> low_stock_threshold;
    Patch<Decimal> price;
    Patch<Currency> currency;
};
constexpr auto shape(Type<PatchProduct>) {
    return fields(field("sku", &PatchProduct::sku, never_null, length(1, 200)),
                  field("name", &PatchProduct::name, never_null, length(1, 200)),
                  field("description", &PatchProduct::description, length(0, 2000)),
                  field("lowStockThreshold", &PatchProduct::low_stock_threshold, all_quantities),
                  field("price", &PatchProduct::price, never_null),
                  field("currency", &PatchProduct::currency));
}

constexpr auto shape(Type<AdjustStock>) {
    return fields(field("delta", &AdjustStock::delta, range(-quantity_max, quantity_max),
                        doc("Either this, or expectedQuantity and quantity")),
                  field("expectedQuantity", &AdjustStock::expected_quantity, all_quantities),
                  field("quantity", &AdjustStock::quantity, all_quantities),
                  field("reason", &AdjustStock::reason),
                  field("reference", &AdjustStock::reference, length(0, 100)));
}

struct BatchRequest {
    std::vector<RawJson> items;
};
constexpr auto shape(Type<BatchRequest>) {
    return fields(field("items", &BatchRequest::items, count(1, 1000)));
}
/// The same for people: what an item is.
struct BatchOfProducts {
    std::vector<CreateProduct> items;
};
constexpr auto shape(Type<BatchOfProducts>) {
    return fields(field("items", &BatchOfProducts::items, count(1, 1000)));
}
struct BatchOutcome {
    std::int32_t status = 201;
    std::optional<ProductView> resource;
    std::optional<RawJson> problem;
};
constexpr auto shape(Type<BatchOutcome>) {
    return fields(field("status", &BatchOutcome::status),
                  field("resource", &BatchOutcome::resource, omit_absent),
                  field("problem", &BatchOutcome::problem, omit_absent));
}
struct BatchAnswer {
    std::vector<BatchOutcome> items;
};
constexpr auto shape(Type<BatchAnswer>) {
    return fields(field("items", &BatchAnswer::items));
}

/// One page of a list.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next_cursor;
};
template <class T>
constexpr auto shape(Type<Page<T>>) {
    return fields(field("items", &Page<T>::items), field("nextCursor", &Page<T>::next_cursor));
}

std::string to_json(const Product& product, Audience audience) {
    ProductView view{product.id,
                     product.sku,
                     product.name,
                     product.description,
                     {},
                     {},
                     product.available(),
                     {},
                     product.price,
                     product.currency,
                     product.version,
                     product.created_at,
                     product.updated_at};
    if (audience == Audience::operators) {
        view.quantity = product.quantity;
        view.reserved_quantity = product.reserved_quantity;
        view.low_stock_threshold = product.low_stock_threshold;
    }
    return json::write(view);
}
std::string to_json(const ReservationView& line) {
    return json::write(line);
}
std::string to_json(const Movement& movement) {
    return json::write(movement);
}

Result<CreateProduct> create_product_from_json(std::string_view body) {
    return json::read<CreateProduct>(body);
}

Result<UpdateProduct> put_product_from_json(std::string_view body) {
    auto put = json::read<PutProduct>(body);
    if (!put) return fail(std::move(put.error()));
    UpdateProduct command;
    command.sku = std::move(put->sku);
    command.name = std::move(put->name);
    command.description = std::move(put->description);
    command.low_stock_threshold = put->low_stock_threshold;
    command.price = put->price;
    command.currency = put->currency;
    return command;
}

Result<UpdateProduct> patch_product_from_json(std::string_view body) {
    auto patch = json::read<PatchProduct>(body);
    if (!patch) return fail(std::move(patch.error()));
    const auto to = [](auto& target, auto& source) {
        if (source.has_value())
            target = std::move(source.value());
        else if (source.is_null())
            target.emplace();
    };
    UpdateProduct command;
    to(command.sku, patch->sku);
    to(command.name, patch->name);
    to(command.description, patch->description);
    to(command.low_stock_threshold, patch->low_stock_threshold);
    to(command.price, patch->price);
    to(command.currency, patch->currency);
    return command;
}

Result<AdjustStock> adjust_stock_from_json(std::string_view body) {
    return json::read<AdjustStock>(body);
}

Result<std::vector<RawJson>> batch_from_json(std::string_view body) {
    auto batch = json::read<BatchRequest>(body);
    if (!batch) return fail(std::move(batch.error()));
    return std::move(batch->items);
}

std::string product_schema() {
    return json::output_schema<ProductView>();
}
std::string product_page_schema() {
    return json::output_schema<Page<ProductView>>();
}
std::string create_product_schema() {
    return json::schema<CreateProduct>();
}
std::string put_product_schema() {
    return json::schema<PutProduct>();
}
std::string patch_product_schema() {
    return json::schema<PatchProduct>();
}
std::string adjust_stock_schema() {
    return json::schema<AdjustStock>();
}
std::string batch_schema() {
    return json::schema<BatchOfProducts>();
}
std::string batch_answer_schema() {
    return json::output_schema<BatchAnswer>();
}
std::string movement_page_schema() {
    return json::output_schema<Page<Movement>>();
}
std::string reservation_page_schema() {
    return json::output_schema<Page<ReservationView>>();
}

}  // namespace waybill::inventory
