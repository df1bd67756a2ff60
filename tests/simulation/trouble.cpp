#include "tests/simulation/trouble.hpp"

#include <limits>

namespace waybill::simulation {
namespace {

constexpr std::uint64_t trouble_stream = 8;
constexpr Duration late = std::chrono::milliseconds(600);

}  // namespace

Trouble::Trouble(Platform& platform, std::uint64_t seed, std::vector<Fault> plan)
    : platform_(platform), random_(seed, trouble_stream), plan_(std::move(plan)) {}

void Trouble::start() {
    for (const Fault& fault : plan_)
        platform_.scheduler().after(fault.at, [this, &fault] {
            if (!over_) happen(fault);
        });
}

/// Undoes what lasts, at the end of its time or of the trouble.
void Trouble::last(const Fault& fault, Callback undo) {
    platform_.scheduler().after(fault.length, std::move(undo));
}

void Trouble::happen(const Fault& fault) {
    const auto size = static_cast<std::uint64_t>(fault.size);
    switch (fault.kind) {
        case FaultKind::crash_all:
            platform_.sometimes().hit("all processes killed at once");
            for (auto& machine : platform_.machines()) machine->crash(fault.length);
            return;
        case FaultKind::power_all:
            for (auto& machine : platform_.machines()) machine->lose_power(fault.length);
            return;
        case FaultKind::network:
            platform_.network().weather() = {size, size, size, late};
            return last(fault, [this] { platform_.network().weather() = {}; });
        case FaultKind::bus:
            platform_.bus().weather() = {size, size / 2, size / 2, size, size, late};
            return last(fault, [this] { platform_.bus().weather() = {}; });
        case FaultKind::key:
            platform_.sometimes().hit("signing key rotated");
            platform_.rotate_key();
            return platform_.machine("identity").crash(fault.length);
        case FaultKind::poison:
            return inject_poison(fault, std::string(service_names[fault.machine]));
        default:
            return happen_to_machine(fault, *platform_.machines()[fault.machine]);
    }
}

void Trouble::happen_to_machine(const Fault& fault, Machine& machine) {
    DatabaseWeather& weather = machine.database_weather();
    const auto size = static_cast<std::uint64_t>(fault.size);
    switch (fault.kind) {
        case FaultKind::crash:
            return machine.crash(fault.length);
        case FaultKind::crash_statement:
            return machine.die_at(DeathPoint::statement, fault.length);
        case FaultKind::crash_commit:
            return machine.die_at(DeathPoint::before_commit, fault.length);
        case FaultKind::crash_answer:
            return machine.die_at(DeathPoint::after_commit, fault.length);
        case FaultKind::crash_write:
            return machine.die_in_write(size, fault.length);
        case FaultKind::power_write:
            return machine.lose_power_in_write(size, fault.length);
        case FaultKind::power:
            return machine.lose_power(fault.length);
        case FaultKind::stop:
            return machine.stop_in_order(fault.length);
        case FaultKind::serialization:
            weather.serialization_per_mille = size;
            return last(fault, [&weather] { weather.serialization_per_mille = 0; });
        case FaultKind::lost_connection:
            weather.lost_per_mille = size;
            return last(fault, [&weather] { weather.lost_per_mille = 0; });
        case FaultKind::unknown_commit:
            weather.unknown_per_mille = size;
            return last(fault, [&weather] { weather.unknown_per_mille = 0; });
        case FaultKind::slow_database:
            platform_.sometimes().hit("slow database");
            weather.slow = std::chrono::milliseconds(fault.size);
            return last(fault, [&weather] { weather.slow = {}; });
        case FaultKind::disk_full:
            platform_.sometimes().hit("disk full");
            machine.fill_disk(size << 10U);
            return last(fault, [&machine] { machine.free_disk(); });
        case FaultKind::disk_errors:
            machine.disk_errors_per_mille() = size;
            return last(fault, [&machine] { machine.disk_errors_per_mille() = 0; });
        default:
            platform_.sometimes().hit(fault.size < 0 ? "clock stepped back"
                                                     : "clock stepped forward");
            machine.clock_offset() = std::chrono::seconds(fault.size);
            return last(fault, [&machine] { machine.clock_offset() = {}; });
    }
}

/// Half of them are of a type that the consumer knows, with data that it cannot read; the others
/// are of a type that it has no use for. The audit takes every event, so there all are of the
/// first kind.
void Trouble::inject_poison(const Fault& fault, const std::string& consumer) {
    if (consumer == "audit") return;
    auto message = std::make_shared<messaging::Message>();
    message->meta.event_id = Uuid::v7(world_start, random_.bits());
    message->meta.type = fault.size != 0        ? "NobodyKnowsThis"
                         : consumer == "orders" ? "InventoryReserved"
                                                : "OrderCancelled";
    message->meta.occurred_at = world_start;
    message->data = R"({"orderId":7})";
    poison_.emplace(consumer, message->meta.event_id);
    platform_.bus().inject(consumer, std::move(message));
}

void Trouble::heal() {
    over_ = true;
    platform_.network().weather() = {};
    platform_.bus().weather() = {};
    for (auto& machine : platform_.machines()) {
        machine->database_weather() = {};
        machine->disk_errors_per_mille() = 0;
        machine->clock_offset() = {};
        machine->free_disk();
        machine->calm();
    }
}

}  // namespace waybill::simulation
