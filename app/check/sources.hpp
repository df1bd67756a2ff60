#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chassis/sql/session.hpp"

namespace waybill::check {

enum class Service : std::uint8_t { orders, inventory, notifications, audit };
inline constexpr std::array all_services{Service::orders, Service::inventory,
                                         Service::notifications, Service::audit};

/// `orders`: also the name of its consumer and of its database file.
constexpr std::string_view name_of(Service service) {
    constexpr std::array<std::string_view, all_services.size()> names{"orders", "inventory",
                                                                      "notifications", "audit"};
    return names.at(static_cast<std::size_t>(service));
}

/// The services' databases: sessions that are only read. Nothing: that database is not at hand, and
/// what needs it is not judged. On a system that runs, each session must see one snapshot
/// throughout, taken in the order audit, orders, notifications, inventory: then nobody is seen to
/// know what its source does not.
struct Sources {
    sql::Session* orders = nullptr;
    sql::Session* inventory = nullptr;
    sql::Session* notifications = nullptr;
    sql::Session* audit = nullptr;

    sql::Session* of(Service service) const {
        const std::array sessions{orders, inventory, notifications, audit};
        return sessions.at(static_cast<std::size_t>(service));
    }
    bool whole() const { return orders && inventory && notifications && audit; }
};

}  // namespace waybill::check
