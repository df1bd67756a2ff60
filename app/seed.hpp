#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "app/api_client.hpp"
#include "chassis/base/error.hpp"

namespace waybill::app {

/// A product of the catalogue that `waybill seed` makes.
struct SeedProduct {
    std::string sku;
    std::string name;
    std::string description;
    std::string price;  ///< in US dollars
    int quantity = 0;
    int low_stock_threshold = 0;
};

/// The first `count` products: twelve written by hand, then generated ones. The same count gives
/// the same products; a smaller one their beginning.
std::vector<SeedProduct> seed_catalogue(std::size_t count);

/// The body of `POST /v1/inventory/products:batch` for these products.
std::string batch_body(const std::vector<SeedProduct>& products);

struct SeedReport {
    std::size_t created = 0;
    std::size_t existing = 0;  ///< their skus were there already
};

/// Called after each batch with the products done so far.
using SeedProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Makes the catalogue through the API; `client` carries an operator's token. Skus that exist stay
/// as they are, so that it may be repeated. Fails with the first refusal that is not about that.
Result<SeedReport> seed(ApiClient& client, std::size_t count, const SeedProgress& progress);

}  // namespace waybill::app
