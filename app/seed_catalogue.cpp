#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "app/seed.hpp"
#include "chassis/base/json_writer.hpp"

namespace waybill::app {
namespace {

struct Written {
    std::string_view sku;
    std::string_view name;
    std::string_view description;
    std::string_view price;
    int quantity;
    int low_stock_threshold;
};

constexpr std::array by_hand{
    Written{"LAP-15", "Laptop 15", "15 inch laptop, 32 GB memory, 1 TB disk", "1299.99", 100, 10},
    Written{"LAP-13", "Laptop 13", "13 inch laptop, 16 GB memory, 512 GB disk", "999.00", 120, 10},
    Written{"MON-27", "Monitor 27", "27 inch 4K monitor, USB-C", "449.50", 80, 8},
    Written{"KEY-MECH", "Mechanical keyboard", "Tactile switches, ISO layout", "129.90", 200, 20},
    Written{"MOU-ERGO", "Ergonomic mouse", "Vertical grip, wireless", "59.95", 250, 25},
    Written{"DOCK-10", "Docking station", "Ten ports, 100 W", "189.00", 60, 6},
    Written{"CAM-4K", "Webcam 4K", "With a shutter before the lens", "149.00", 90, 9},
    Written{"HEAD-NC", "Headphones", "Noise cancelling, 30 hours", "279.00", 70, 7},
    Written{"CAB-USBC", "USB-C cable", "2 m, 100 W", "14.99", 1000, 100},
    Written{"BAG-15", "Laptop bag", "For laptops up to 15 inches", "79.00", 150, 15},
    Written{"DESK-SIT", "Standing desk", "160 x 80 cm, electric", "599.00", 25, 5},
    Written{"CHAIR-PRO", "Office chair", "Adjustable in every direction", "749.00", 12, 3},
};

constexpr std::array<std::string_view, 8> makes{"Solid", "Light",  "Compact", "Smart",
                                                "Quiet", "Robust", "Slim",    "Classic"};
constexpr std::array<std::string_view, 12> things{"lamp",   "speaker", "router", "tablet",
                                                  "drive",  "printer", "phone",  "charger",
                                                  "switch", "scanner", "camera", "projector"};

/// SplitMix64: the same number for the same index, everywhere.
std::uint64_t scattered(std::uint64_t index) {
    std::uint64_t z = index * 0x9E3779B97F4A7C15U + 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

SeedProduct generated(std::size_t index) {
    const std::uint64_t bits = scattered(index);
    const auto make = makes[bits % makes.size()];
    const auto thing = things[(bits >> 8U) % things.size()];
    SeedProduct product;
    product.sku = fmt::format("GEN-{:06}", index + 1);
    product.name = fmt::format("{} {} {}", make, thing, index + 1);
    product.description = fmt::format("A {} of the generated catalogue", thing);
    product.price = fmt::format("{}.{:02}", 5 + (bits >> 16U) % 995, (bits >> 32U) % 100);
    product.quantity = static_cast<int>(100 + (bits >> 40U) % 900);
    product.low_stock_threshold = product.quantity / 10;
    return product;
}

}  // namespace

std::vector<SeedProduct> seed_catalogue(std::size_t count) {
    std::vector<SeedProduct> products;
    products.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= by_hand.size()) {
            products.push_back(generated(i));
            continue;
        }
        const Written& one = by_hand[i];
        products.push_back({std::string(one.sku), std::string(one.name),
                            std::string(one.description), std::string(one.price), one.quantity,
                            one.low_stock_threshold});
    }
    return products;
}

std::string batch_body(const std::vector<SeedProduct>& products) {
    std::string body;
    json::Writer out(body);
    out.begin_object().plain_key("items").begin_array();
    for (const auto& product : products) {
        out.begin_object();
        out.plain_key("sku").string(product.sku);
        out.plain_key("name").string(product.name);
        out.plain_key("description").string(product.description);
        out.plain_key("price").string(product.price);
        out.plain_key("currency").string("USD");
        out.plain_key("quantity").number(product.quantity);
        out.plain_key("lowStockThreshold").number(product.low_stock_threshold);
        out.end_object();
    }
    out.end_array().end_object();
    return body;
}

}  // namespace waybill::app
