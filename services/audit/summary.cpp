#include "services/audit/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chassis/base/json.hpp"

namespace waybill::audit {

namespace {

/// `{member}` stands for a member of the data, `{member#}` for how many elements it has.
struct Sentence {
    std::string_view type;
    std::string_view text;
};
constexpr std::array sentences{
    Sentence{"OrderCreated",
             "Order {orderNumber} of {customerId} was placed: {items#} lines, {totalAmount} "
             "{currency}"},
    Sentence{"OrderReserved", "Stock is held for order {orderNumber}"},
    Sentence{"OrderConfirmed", "Order {orderNumber} was confirmed"},
    Sentence{"OrderCancelled", "Order {orderNumber} was cancelled: {reason}"},
    Sentence{"OrderShipped", "Order {orderNumber} was shipped, tracking number {trackingNumber}"},
    Sentence{"ProductCreated", "Product {sku} was created: {name}, {price} {currency}"},
    Sentence{"ProductUpdated", "Product {sku} was changed: {name}, {price} {currency}"},
    Sentence{"ProductDeleted", "Product {sku} was deleted"},
    Sentence{"InventoryAdjusted",
             "Stock of {sku} went from {oldQuantity} to {newQuantity}: {reason}"},
    Sentence{"InventoryReserved", "{lines#} lines of stock were reserved for order {orderId}"},
    Sentence{"InventoryReservationFailed",
             "Stock could not be reserved for order {orderId}: {reason}"},
    Sentence{"InventoryReleased", "{lines#} lines of stock of order {orderId} were released"},
    Sentence{"InventoryShipped", "{lines#} lines of stock of order {orderId} left the house"},
    Sentence{"LowStockAlert",
             "Stock of {sku} is low: {available} available, threshold {threshold}"},
    Sentence{"NotificationRequested", "A notification ({type}) was asked for: {subject}"},
    Sentence{"NotificationSent", "A notification ({type}) was sent: {subject}"},
    Sentence{"NotificationFailed", "A notification ({type}) was not delivered: {reason}"},
    Sentence{"OperatorActed", "An operator did {action} in {service} on {target}"},
};

void append_member(std::string& out, const json::Value& data, std::string_view name) {
    const bool counted = name.ends_with('#');
    if (counted) name.remove_suffix(1);
    const json::Value* member = data.find(name);
    if (member == nullptr || member->is_null())
        out += '-';
    else if (counted)
        out += fmt::to_string(member->items().size());
    else if (member->is_boolean())
        out += member->boolean() ? "yes" : "no";
    else
        out += member->text();
}

std::string filled_in(std::string_view text, const json::Value& data) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = std::min(text.find('{'), text.size());
        out += text.substr(0, open);
        text.remove_prefix(open);
        if (text.empty()) break;
        const std::size_t close = text.find('}');
        append_member(out, data, text.substr(1, close - 1));
        text.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace

std::string summary_of(const StoredEvent& event) {
    const auto* sentence = std::find_if(sentences.begin(), sentences.end(), [&](const auto& one) {
        return one.type == event.meta.type;
    });
    const auto data = json::parse(event.data);
    if (sentence == sentences.end() || !data)
        return fmt::format("{} of {} {}", event.meta.type, event.meta.aggregate_type,
                           event.meta.aggregate_id.to_string());
    return filled_in(sentence->text, data->root());
}

}  // namespace waybill::audit
