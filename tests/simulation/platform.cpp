#include "tests/simulation/platform.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::simulation {

Platform::Platform(std::uint64_t seed, bool durable_bus, const SigningKeys& keys)
    : keys_(keys),
      scheduler_(seed),
      network_(scheduler_, seed, sometimes_),
      bus_(scheduler_, seed, durable_bus, sometimes_) {
    std::vector<std::string> names(service_names.begin(), service_names.end());
    names.insert(names.end(), {"identity", "gateway"});
    for (std::size_t i = 0; i < names.size(); ++i)
        machines_.push_back(std::make_unique<Machine>(
            Machine::World{scheduler_, network_, bus_, sometimes_}, names[i], seed * 16 + i,
            [this](Site site) { return make(std::move(site)); }));
    for (auto& machine : machines_) machine->trust(this->machine("identity"));
}

Platform::~Platform() {
    for (auto& machine : machines_) machine->retire();
}

std::unique_ptr<Process> Platform::make(Site site) {
    if (site.name == "identity") return make_identity_process(std::move(site), signing_key());
    if (site.name != "gateway") return make_service_process(std::move(site));
    Upstreams upstreams;
    for (const auto name : service_names) upstreams.emplace(name, &machine(name));
    return make_gateway_process(std::move(site), std::move(upstreams));
}

void Platform::start() {
    for (auto& machine : machines_) machine->start();
}

Machine& Platform::machine(std::string_view name) {
    const auto found = std::ranges::find_if(
        machines_, [&](const auto& machine) { return machine->name() == name; });
    CHECK(found != machines_.end());
    return **found;
}

bool Platform::up() const {
    return std::ranges::all_of(machines_, [](const auto& machine) { return machine->open(); });
}

}  // namespace waybill::simulation
