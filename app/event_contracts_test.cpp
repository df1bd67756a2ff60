#include "app/event_contracts.hpp"

#include <gtest/gtest.h>

#include "chassis/base/json.hpp"
#include "chassis/messaging/envelope.hpp"
#include "services/audit/events.hpp"
#include "services/inventory/events.hpp"
#include "services/notifications/events.hpp"
#include "services/orders/events.hpp"

namespace waybill::app {
namespace {

/// The data as the event's own service writes it after reading it; empty when it cannot be read.
std::string read_and_written(const messaging::EventContract& event) {
    const std::string& data = event.example.data;
    const auto again = [](const auto& read) { return read ? to_json(*read) : std::string(); };
    if (event.publishers.empty()) return again(notifications::request_from_json(data));
    if (event.publishers.front() == "inventory")
        return again(inventory::event_from_json(event.type, data));
    if (event.publishers.front() == "notifications" || event.type == "OperatorActed")
        return again(notifications::event_from_json(event.type, data));
    return again(orders::event_from_json(event.type, data));
}

TEST(EventContracts, have_examples_that_their_services_read_back) {
    for (const auto& event : event_contracts()) {
        SCOPED_TRACE(event.type);
        const auto message = messaging::from_envelope(messaging::to_envelope(event.example));
        ASSERT_TRUE(message);
        EXPECT_EQ(message->meta, event.example.meta);
        EXPECT_EQ(read_and_written(event), event.example.data);
    }
}

TEST(EventContracts, name_every_event_that_somebody_takes_and_who_takes_it) {
    for (const auto& event : event_contracts()) {
        SCOPED_TRACE(event.type);
        EXPECT_FALSE(event.doc.empty());
        EXPECT_FALSE(event.data_schema.empty());
        // The audit takes all.
        ASSERT_FALSE(event.consumers.empty());
        EXPECT_EQ(event.consumers.back(), "audit");
    }
}

TEST(EventContracts, make_one_document_in_which_every_reference_leads_somewhere) {
    const auto events = event_contracts();
    const auto document = json::parse(messaging::asyncapi({.version = "1"}, events),
                                      {.bytes_max = std::size_t{4} << 20U});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().text_at("asyncapi"), "3.0.0");
    const json::Value& components = *document->root().find("components");
    for (const auto& event : events) {
        SCOPED_TRACE(event.type);
        EXPECT_NE(document->root().find("channels")->find(event.type), nullptr);
        EXPECT_NE(components.find("messages")->find(event.type), nullptr);
        EXPECT_NE(components.find("schemas")->find(event.type), nullptr);
    }
    std::size_t expected = 0;
    for (const auto& event : events) expected += event.publishers.size() + event.consumers.size();
    EXPECT_EQ(document->root().find("operations")->members().size(), expected);
}

/// Letters that take the most room as JSON: six bytes each.
std::string wide_text(std::size_t letters) {
    return std::string(letters, '\x01');
}

TEST(EventContracts, hold_the_largest_order_in_less_than_half_of_what_readers_take) {
    orders::OrderCreated order;
    order.customer_id = wide_text(255);
    order.note = wide_text(2000);
    for (char key = 'a'; key < 'a' + 20; ++key)
        order.metadata[key + wide_text(39)] = wide_text(500);
    orders::OrderLine line;
    line.sku = line.product_name = wide_text(200);
    order.items.assign(100, line);
    messaging::Message message = event_contracts().front().example;
    message.meta.type = "OrderCreated";
    message.data = to_json(orders::Event(order));
    const std::string envelope = messaging::to_envelope(message);
    EXPECT_LT(envelope.size(), std::size_t{512} * 1024);
    EXPECT_TRUE(messaging::from_envelope(envelope));
}

}  // namespace
}  // namespace waybill::app
