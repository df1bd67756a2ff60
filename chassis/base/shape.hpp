#pragma once
#include "chassis/base/fields.hpp"
#include "chassis/base/names.hpp"
#include "chassis/base/rules.hpp"
#include "chassis/base/shape_read.hpp"
#include "chassis/base/shape_schema.hpp"
#include "chassis/base/shape_write.hpp"

/// A wire type is described once, in the namespace of the type (never in an unnamed one: lookup is
/// by argument), inner types before outer ones:
///
///     namespace waybill::orders {
///     using namespace json;
///     constexpr auto names(Type<Status>) {
///         return words<Status>({{Status::Pending, "Pending"}, {Status::Reserved, "Reserved"}});
///     }
///     constexpr auto shape(Type<PlaceOrder>) {
///         return fields(field("customerId", &PlaceOrder::customer_id, optional, length(1, 255)),
///                       field("items", &PlaceOrder::items, count(1, 100)));
///     }
///
/// and from it come `json::read<T>(text or Value)` with all faults and their pointers,
/// `json::write(value)`, and `json::schema<T>()` or `json::output_schema<T>()`.
///
/// Members may be std::string, bool, integers, double, Uuid, Id, Timestamp, Decimal, Money,
/// Currency, enumerations with `names`, RawJson, std::map<std::string, std::string>, structs with
/// a shape, and std::optional, Patch and std::vector of these. A Money is written as its amount,
/// and read in the currency of the Currency member of its struct, or of the nearest struct around
/// it that has one.
///
/// These templates are heavy: include this in a service's shapes.cpp alone, and declare what
/// others call there: `std::string to_json(const Order&);`.
