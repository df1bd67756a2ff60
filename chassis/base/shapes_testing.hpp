#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/shape.hpp"

/// Types and shapes as a service has them, for the tests and fuzzers of shapes.
namespace waybill::sample {

enum class Confirmation { Automatic, Manual };
using ProductId = Id<struct ProductTag>;

struct Item {
    std::optional<ProductId> product_id;
    std::int32_t quantity = 0;
    std::optional<Decimal> unit_price;
    friend bool operator==(const Item&, const Item&) = default;
};
struct PlaceOrder {
    std::optional<std::string> customer_id;
    std::string currency;
    Confirmation confirmation = Confirmation::Manual;
    std::vector<Item> items;
    std::map<std::string, std::string> metadata;
    std::string note;
    friend bool operator==(const PlaceOrder&, const PlaceOrder&) = default;
};
struct Line {
    Money unit_price;
    friend bool operator==(const Line&, const Line&) = default;
};
struct Order {
    Uuid id;
    Currency currency;
    Money total;
    std::vector<Line> lines;
    std::optional<Timestamp> shipped_at;
    std::optional<std::string> reason;
    std::int64_t version = 0;
    bool urgent = false;
    RawJson data;
    friend bool operator==(const Order&, const Order&) = default;
};
struct ProductPatch {
    Patch<std::string> name;
    Patch<std::string> description;
    friend bool operator==(const ProductPatch&, const ProductPatch&) = default;
};
struct Priced {
    Currency currency;
    Money price;
};
struct Tags {
    std::vector<std::string> tags;
    std::string reference;
    std::string code;
    double rate = 0;
};

using namespace json;

constexpr auto names(Type<Confirmation>) {
    return words<Confirmation>(
        {{Confirmation::Automatic, "automatic"}, {Confirmation::Manual, "manual"}});
}
constexpr auto shape(Type<Item>) {
    return fields(field("productId", &Item::product_id),
                  field("quantity", &Item::quantity, range(1, 1'000'000)),
                  field("unitPrice", &Item::unit_price, doc("an assertion of the price")));
}
constexpr auto shape(Type<PlaceOrder>) {
    return fields(field("customerId", &PlaceOrder::customer_id, length(1, 255)),
                  field("currency", &PlaceOrder::currency, optional, pattern_currency),
                  field("confirmation", &PlaceOrder::confirmation, otherwise("automatic")),
                  field("items", &PlaceOrder::items, count(1, 3)),
                  field("metadata", &PlaceOrder::metadata, optional, strings(2, 4, 5)),
                  field("note", &PlaceOrder::note, optional, length(0, 5), doc("for people")));
}
constexpr auto shape(Type<Line>) {
    return fields(field("unitPrice", &Line::unit_price));
}
constexpr auto shape(Type<Order>) {
    return fields(field("id", &Order::id), field("lines", &Order::lines),
                  field("totalAmount", &Order::total), field("currency", &Order::currency),
                  field("shippedAt", &Order::shipped_at),
                  field("reason", &Order::reason, omit_absent), field("version", &Order::version),
                  field("urgent", &Order::urgent), field("data", &Order::data));
}
constexpr auto shape(Type<ProductPatch>) {
    return fields(field("name", &ProductPatch::name, length(1, 10), never_null),
                  field("description", &ProductPatch::description));
}
constexpr auto shape(Type<Priced>) {
    return fields(field("currency", &Priced::currency, optional),
                  field("price", &Priced::price, priced));
}
constexpr auto shape(Type<Tags>) {
    return fields(field("tags", &Tags::tags, optional, count(0, 2), length(1, 3)),
                  field("reference", &Tags::reference, optional, printable),
                  field("code", &Tags::code, optional, one_of("a", "b")),
                  field("rate", &Tags::rate, optional));
}

}  // namespace waybill::sample
