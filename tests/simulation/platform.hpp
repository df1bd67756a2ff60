#pragma once
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/simulation/machine.hpp"

namespace waybill::simulation {

inline constexpr std::array<std::string_view, 4> service_names{"audit", "inventory",
                                                               "notifications", "orders"};

/// The whole platform of one run: a machine for each service, for the issuer and for the gateway,
/// the network and the bus between them.
class Platform {
 public:
    Platform(std::uint64_t seed, bool durable_bus, const SigningKeys& keys);
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;
    ~Platform();

    void start();
    /// In the order of `service_names`, then identity and gateway.
    std::vector<std::unique_ptr<Machine>>& machines() { return machines_; }
    Machine& machine(std::string_view name);
    /// Every process is open.
    bool up() const;
    /// The issuer signs with the other key from its next start.
    void rotate_key() { key_ = (key_ + 1) % keys_.size(); }
    const std::string& signing_key() const { return keys_[key_]; }

    Scheduler& scheduler() { return scheduler_; }
    Sometimes& sometimes() { return sometimes_; }
    Network& network() { return network_; }
    Bus& bus() { return bus_; }

 private:
    std::unique_ptr<Process> make(Site site);

    const SigningKeys& keys_;
    std::size_t key_ = 0;
    Scheduler scheduler_;
    Sometimes sometimes_;
    Network network_;
    Bus bus_;
    std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace waybill::simulation
