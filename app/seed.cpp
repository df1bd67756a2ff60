#include "app/seed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "chassis/base/faults.hpp"
#include "chassis/base/json.hpp"

namespace waybill::app {
namespace {

constexpr std::size_t batch_products = 500;
constexpr int attempts_max = 3;

/// Tries again what was not carried out; the key makes that safe when it was after all.
Result<ApiReply> post_batch(ApiClient& client, const std::string& body, const std::string& key) {
    for (int attempt = 1;; ++attempt) {
        auto reply = client.call("POST", "/v1/inventory/products:batch", body,
                                 {{"Idempotency-Key", key}}, std::chrono::seconds(30));
        const bool passing = reply && (reply->status == 503 || reply->status == 504);
        if (!passing || attempt == attempts_max) return reply;
    }
}

Status count_outcomes(const ApiReply& reply, SeedReport& report) {
    auto document = json::parse(reply.body, {.bytes_max = std::size_t{64} << 20U});
    if (!document) return tl::unexpected(std::move(document.error()));
    const json::Value* items = document->find("items");
    if (items == nullptr) return fail(Problem::bad_gateway, "the answer holds no items");
    for (const auto& item : items->items()) {
        const json::Value* problem = item.find("problem");
        if (problem == nullptr) {
            ++report.created;
        } else if (problem->text_at("type") == "/problems/sku-taken") {
            ++report.existing;
        } else {
            const ApiReply one{422, {}, json::to_text(*problem)};
            return fail(Problem::validation_failed, "a product was refused: " + one.failure());
        }
    }
    return {};
}

/// One run's batches have keys of their own, so that a later run counts what exists.
std::string run_name() {
    return fmt::format("seed-{}", std::chrono::system_clock::now().time_since_epoch().count());
}

}  // namespace

Result<SeedReport> seed(ApiClient& client, std::size_t count, const SeedProgress& progress) {
    const auto products = seed_catalogue(count);
    const std::string run = run_name();
    SeedReport report;
    for (std::size_t from = 0; from < products.size(); from += batch_products) {
        const std::size_t to = std::min(from + batch_products, products.size());
        const std::vector<SeedProduct> batch(products.begin() + static_cast<std::ptrdiff_t>(from),
                                             products.begin() + static_cast<std::ptrdiff_t>(to));
        faults::crash_point("before_seed");
        auto reply = post_batch(client, batch_body(batch), fmt::format("{}-{}", run, from));
        if (!reply) return tl::unexpected(std::move(reply.error()));
        if (!reply->ok()) return fail(Problem::bad_gateway, reply->failure());
        faults::crash_point("after_seed");
        if (auto counted = count_outcomes(*reply, report); !counted)
            return tl::unexpected(std::move(counted.error()));
        if (progress) progress(to, products.size());
    }
    return report;
}

}  // namespace waybill::app
