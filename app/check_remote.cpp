#include "app/check_remote.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <thread>

#include "app/check/findings.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {
namespace {

using check::Invariant;

constexpr std::size_t breaches_shown = 20;
constexpr int looks_max = 50;
constexpr auto pause_between_looks = std::chrono::milliseconds(100);

std::int64_t number_at(const json::Value& value, std::string_view name) {
    const json::Value* member = value.find(name);
    return member == nullptr ? 0 : member->as_int64().value_or(0);
}

Result<json::Document> ask_for(ApiClient& client, const std::string& target) {
    auto reply = client.call("GET", target);
    if (!reply) return tl::unexpected(std::move(reply.error()));
    if (!reply->ok()) return fail(Problem::bad_gateway, target + ": " + reply->failure());
    return json::parse(reply->body, {.bytes_max = std::size_t{64} << 20U});
}

/// Every item of a list, page by page.
Status each_item(ApiClient& client, const std::string& target,
                 const std::function<Status(const json::Value&)>& judge) {
    std::string cursor;
    do {
        auto page = ask_for(client, fmt::format("{}limit=100{}", target,
                                                cursor.empty() ? "" : "&cursor=" + cursor));
        if (!page) return tl::unexpected(std::move(page.error()));
        if (const json::Value* items = page->find("items"))
            for (const json::Value& item : items->items())
                if (auto done = judge(item); !done) return done;
        cursor = page->text_at("nextCursor");
    } while (!cursor.empty());
    return {};
}

/// How much of each product.
using Amounts = std::map<std::string, std::int64_t>;

/// What an order's public parts say that should agree; empty texts: it does.
struct OrderFaults {
    std::string creation;
    std::string path;
    std::string saga;
    std::string books;
    bool none() const { return creation.empty() && path.empty() && saga.empty() && books.empty(); }
};

class RemotePass {
 public:
    explicit RemotePass(ApiClient& client) : client_(client), findings_(breaches_shown) {}

    Result<check::Report> run() {
        std::uint64_t products = 0;
        std::uint64_t orders = 0;
        if (auto done = each_item(client_, "/v1/inventory/products?",
                                  [&](const json::Value& product) {
                                      ++products;
                                      return judge_product(std::string(product.text_at("id")));
                                  });
            !done)
            return tl::unexpected(std::move(done.error()));
        if (auto done = each_item(client_, "/v1/orders?",
                                  [&](const json::Value& order) {
                                      ++orders;
                                      return judge_order(std::string(order.text_at("id")));
                                  });
            !done)
            return tl::unexpected(std::move(done.error()));
        findings_.examined(Invariant::stock, products, "products");
        for (const Invariant one :
             {Invariant::no_loss, Invariant::states, Invariant::saga, Invariant::books})
            findings_.examined(one, orders, "orders");
        for (const Invariant one : {Invariant::idempotency, Invariant::once, Invariant::outbox,
                                    Invariant::order, Invariant::audit})
            findings_.leave_out(one, "the public interfaces do not show it");
        return findings_.report(true);
    }

 private:
    /// Looks again until `fault` finds nothing or time is up; the last fault.
    template <class F>
    auto last_fault(F fault) -> std::invoke_result_t<F&> {
        auto found = fault();
        for (int look = 1; look < looks_max && found && !settled(*found); ++look) {
            std::this_thread::sleep_for(pause_between_looks);
            found = fault();
        }
        return found;
    }
    static bool settled(const std::string& fault) { return fault.empty(); }
    static bool settled(const OrderFaults& faults) { return faults.none(); }

    Status judge_product(const std::string& id) {
        std::string sku;
        auto fault = last_fault([&] { return stock_fault(id, sku); });
        if (!fault) return tl::unexpected(std::move(fault.error()));
        if (!fault->empty())
            findings_.breach(Invariant::stock, fmt::format("product {} ({})", id, sku), *fault);
        return {};
    }

    /// The counters beside the ledger. A product that moves meanwhile shows a fault and is looked
    /// at again.
    Result<std::string> stock_fault(const std::string& id, std::string& sku) {
        auto product = ask_for(client_, "/v1/inventory/products/" + id);
        if (!product) return tl::unexpected(std::move(product.error()));
        sku = product->text_at("sku");
        const std::int64_t quantity = number_at(*product, "quantity");
        const std::int64_t reserved = number_at(*product, "reservedQuantity");
        std::int64_t there = 0;
        std::int64_t held = 0;
        auto read = each_item(client_, "/v1/inventory/products/" + id + "/movements?",
                              [&](const json::Value& movement) -> Status {
                                  const std::string_view kind = movement.text_at("kind");
                                  const std::int64_t moved = number_at(movement, "quantity");
                                  if (kind == "receive" || kind == "adjust") there += moved;
                                  if (kind == "ship") there -= moved;
                                  if (kind == "reserve") held += moved;
                                  if (kind == "release" || kind == "ship") held -= moved;
                                  return {};
                              });
        if (!read) return tl::unexpected(std::move(read.error()));
        if (reserved < 0 || reserved > quantity)
            return fmt::format("{} reserved of {}", reserved, quantity);
        if (quantity == there && reserved == held) return std::string();
        return fmt::format("{} of {} reserved, by the ledger {} of {}", reserved, quantity, held,
                           there);
    }

    Status judge_order(const std::string& id) {
        std::string number;
        auto faults = last_fault([&] { return order_faults(id, number); });
        if (!faults) return tl::unexpected(std::move(faults.error()));
        const std::string object = fmt::format("order {} ({})", number, id);
        const std::pair<Invariant, const std::string&> all[] = {
            {Invariant::no_loss, faults->creation},
            {Invariant::states, faults->path},
            {Invariant::saga, faults->saga},
            {Invariant::books, faults->books}};
        for (const auto& [invariant, text] : all)
            if (!text.empty()) findings_.breach(invariant, object, text);
        return {};
    }

    Result<OrderFaults> order_faults(const std::string& id, std::string& number) {
        auto order = ask_for(client_, "/v1/orders/" + id);
        if (!order) return tl::unexpected(std::move(order.error()));
        number = order->text_at("orderNumber");
        OrderFaults faults;
        if (auto done = judge_history(id, *order, faults); !done)
            return tl::unexpected(std::move(done.error()));
        if (auto done = judge_lines(id, *order, faults); !done)
            return tl::unexpected(std::move(done.error()));
        return faults;
    }

    /// The audit's stream of the order beside the order.
    Status judge_history(const std::string& id, const json::Document& order, OrderFaults& faults) {
        std::int64_t created = 0;
        std::int64_t versions = 0;
        auto read = each_item(client_, "/v1/audit/streams/order/" + id + "?",
                              [&](const json::Value& event) -> Status {
                                  created += event.text_at("type") == "OrderCreated" ? 1 : 0;
                                  if (number_at(event, "version") != ++versions)
                                      faults.path = fmt::format(
                                          "version {} is missing in the audit", versions);
                                  return {};
                              });
        if (!read) return read;
        if (created != 1) faults.creation = fmt::format("the audit shows {} OrderCreated", created);
        if (faults.path.empty() && versions != number_at(order, "version"))
            faults.path = fmt::format("has version {}, the audit shows {} events",
                                      number_at(order, "version"), versions);
        return {};
    }

    /// The order's lines beside its total and its reservation.
    Status judge_lines(const std::string& id, const json::Document& order, OrderFaults& faults) {
        Amounts ordered;
        Decimal total{};
        if (const json::Value* items = order.find("items"))
            for (const json::Value& item : items->items()) {
                ordered[std::string(item.text_at("productId"))] += number_at(item, "quantity");
                const auto line = Decimal::parse(item.text_at("lineTotal"));
                if (line) total = {total.unscaled + line->unscaled, line->scale};
            }
        if (Decimal::parse(order.text_at("totalAmount")) != total)
            faults.path = fmt::format("total {}, its lines {}", order.text_at("totalAmount"),
                                      total.to_string());
        Amounts held;
        std::map<std::string, std::size_t> states;
        auto read = each_item(client_, "/v1/inventory/reservations?orderId=" + id + "&",
                              [&](const json::Value& line) -> Status {
                                  held[std::string(line.text_at("productId"))] +=
                                      number_at(line, "quantity");
                                  ++states[std::string(line.text_at("status"))];
                                  return {};
                              });
        if (!read) return read;
        const std::string status(order.text_at("status"));
        const std::string wanted = status == "Shipped"     ? "Fulfilled"
                                   : status == "Cancelled" ? "Released"
                                                           : "Active";
        const bool live = status == "Reserved" || status == "Confirmed" || status == "Shipped";
        const bool agrees = states.empty() ? !live : states.size() == 1 && states.contains(wanted);
        if (status == "Pending")
            faults.saga = "stays Pending";
        else if (!agrees)
            faults.saga = fmt::format("is {}, and not all its lines {}", status, wanted);
        if (!held.empty() && held != ordered)
            faults.books = "its lines and the reserved ones differ";
        return {};
    }

    ApiClient& client_;
    check::Findings findings_;
};

}  // namespace

Result<check::Report> judge_remote(ApiClient& client) {
    return RemotePass(client).run();
}

}  // namespace waybill::app
