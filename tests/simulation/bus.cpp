#include "tests/simulation/bus.hpp"

#include <algorithm>

#include "tests/simulation/bus_road.hpp"

namespace waybill::simulation {
namespace {

constexpr std::uint64_t bus_stream = 4;
constexpr Duration late_copy_max = std::chrono::seconds(6);
constexpr Duration held_up_max = std::chrono::seconds(6);

/// A relay's end of a road.
class RoadEnd final : public messaging::Destination {
 public:
    using Deliver = std::function<void(std::vector<messaging::OutboxEntry>, std::size_t,
                                       messaging::Acknowledgements&)>;
    RoadEnd(std::string consumer, std::vector<std::string> event_types, Deliver deliver)
        : name_(std::move(consumer)),
          event_types_(std::move(event_types)),
          deliver_(std::move(deliver)) {}
    std::string_view name() const override { return name_; }
    bool wants(std::string_view event_type) const override {
        return std::ranges::find(event_types_, event_type) != event_types_.end();
    }
    void deliver(std::vector<messaging::OutboxEntry> batch, std::size_t destination,
                 messaging::Acknowledgements& acks) override {
        deliver_(std::move(batch), destination, acks);
    }

 private:
    std::string name_;
    std::vector<std::string> event_types_;
    Deliver deliver_;
};

}  // namespace

Bus::Bus(Scheduler& scheduler, std::uint64_t seed, bool durable, Sometimes& sometimes)
    : scheduler_(scheduler), random_(seed, bus_stream), durable_(durable), sometimes_(sometimes) {}

Bus::~Bus() = default;

std::unique_ptr<messaging::Destination> Bus::road(ProcessEnv& sender, std::string consumer,
                                                  std::vector<std::string> event_types) {
    auto road = std::make_shared<Road>(*this, sender, consumer);
    roads_.push_back(road);
    return std::make_unique<RoadEnd>(
        std::move(consumer), std::move(event_types),
        [road](std::vector<messaging::OutboxEntry> batch, std::size_t destination,
               messaging::Acknowledgements& acks) {
            road->deliver(std::move(batch), destination, acks);
        });
}

void Bus::attach(const std::string& consumer, ProcessEnv& process,
                 messaging::Destination& destination) {
    consumers_[consumer] = {&process, &destination};
    for (const auto& [key, queue] : queues_)
        if (key.first == consumer && queue.delivery == 0) deliver_first(key);
}

void Bus::forget(const ProcessEnv& process) {
    for (auto& [name, consumer] : consumers_) {
        if (consumer.process != &process) continue;
        consumer = {};
        for (auto& [key, queue] : queues_) {
            if (key.first != name || queue.delivery == 0) continue;
            sometimes_.hit("message came again after its consumer died");
            under_way_.erase(queue.delivery);
            queue.delivery = 0;
        }
    }
    for (const auto& road : roads_) {
        if (!road->leads_from(process)) continue;
        road->close();
        if (durable_) continue;
        for (auto& [key, queue] : queues_)
            std::erase_if(queue.parcels, [&](const Parcel& parcel) {
                return parcel.road == road && (queue.delivery == 0 || &parcel != &queue.parcels[0]);
            });
    }
    std::erase_if(queues_, [](const auto& entry) { return entry.second.parcels.empty(); });
    std::erase_if(roads_, [](const auto& road) { return road->closed(); });
}

void Bus::inject(const std::string& consumer, messaging::MessagePtr message) {
    enqueue(consumer, {std::move(message), nullptr, 0});
}

void Bus::accept(const std::string& consumer, Parcel parcel) {
    if (!durable_ || !random_.chance(weather_.overtaken))
        return enqueue(consumer, std::move(parcel));
    sometimes_.hit("message overtaken by a later one of its aggregate");
    ++held_up_;
    scheduler_.after(random_.between(Duration(0), held_up_max),
                     [this, consumer, held = std::move(parcel)]() mutable {
                         --held_up_;
                         enqueue(consumer, std::move(held));
                     });
}

void Bus::enqueue(const std::string& consumer, Parcel parcel) {
    const EventMeta& meta = parcel.message->meta;
    const Key key(consumer, meta.aggregate_type + "/" + meta.aggregate_id.to_string());
    Queue& queue = queues_[key];
    queue.parcels.push_back(std::move(parcel));
    if (queue.delivery == 0) deliver_first(key);
}

void Bus::deliver_first(const Key& key) {
    Queue& queue = queues_.at(key);
    if (consumers_[key.first].process == nullptr) return;
    queue.delivery = ++last_delivery_;
    under_way_.emplace(queue.delivery, key);
    const messaging::MessagePtr& message = queue.parcels.front().message;
    scheduler_.after(delay(), [this, consumer = key.first, delivery = queue.delivery, message] {
        if (under_way_.contains(delivery)) hand_over(consumer, delivery, message);
    });
    if (random_.chance(weather_.twice)) again_some_time(key.first, message);
}

void Bus::hand_over(const std::string& consumer, std::int64_t delivery,
                    messaging::MessagePtr message) {
    const Consumer& to = consumers_[consumer];
    if (to.process == nullptr || !to.process->alive()) return;
    to.destination->deliver({{delivery, std::move(message)}}, 0, *this);
}

void Bus::again_some_time(const std::string& consumer, messaging::MessagePtr message) {
    sometimes_.hit("message delivered twice");
    scheduler_.after(random_.between(Duration(0), late_copy_max),
                     [this, consumer, message = std::move(message)] {
                         hand_over(consumer, ++last_delivery_, message);
                     });
}

void Bus::taken(std::size_t, std::span<const std::int64_t> deliveries) {
    for (const std::int64_t delivery : deliveries) {
        const auto found = under_way_.find(delivery);
        if (found == under_way_.end()) continue;
        const Consumer& consumer = consumers_[found->second.first];
        if (consumer.process == nullptr || !consumer.process->alive()) continue;
        scheduler_.after(delay(),
                         [this, key = found->second, delivery] { acknowledged(key, delivery); });
    }
}

void Bus::acknowledged(const Key& key, std::int64_t delivery) {
    if (under_way_.erase(delivery) == 0) return;
    Queue& queue = queues_.at(key);
    queue.delivery = 0;
    if (random_.chance(weather_.ack_lost)) return deliver_first(key);
    const Parcel parcel = std::move(queue.parcels.front());
    queue.parcels.pop_front();
    if (queue.parcels.empty())
        queues_.erase(key);
    else
        deliver_first(key);
    if (!durable_ && parcel.road) parcel.road->confirm(parcel.message, parcel.outbox_id);
}

bool Bus::empty() const {
    return held_up_ == 0 && queues_.empty() &&
           std::ranges::all_of(roads_, [](const auto& road) { return road->empty(); });
}

}  // namespace waybill::simulation
