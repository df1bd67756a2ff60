#include "tests/simulation/bus_road.hpp"

namespace waybill::simulation {
namespace {

constexpr Duration sent_again_min = std::chrono::milliseconds(200);
constexpr Duration sent_again_max = std::chrono::milliseconds(1'500);

}  // namespace

void Bus::Road::deliver(std::vector<messaging::OutboxEntry> batch, std::size_t destination,
                        messaging::Acknowledgements& acks) {
    if (sender_ == nullptr || !sender_->alive()) return;
    destination_ = destination;
    acks_ = &acks;
    for (auto& entry : batch) {
        const EventMeta& meta = entry.message->meta;
        const std::string aggregate = meta.aggregate_type + "/" + meta.aggregate_id.to_string();
        auto& lane = waiting_[aggregate];
        lane.push_back(std::move(entry));
        if (lane.size() == 1) send_first(aggregate);
    }
}

void Bus::Road::send_first(const std::string& aggregate) {
    const auto self = shared_from_this();
    const messaging::OutboxEntry entry = waiting_.at(aggregate).front();
    if (bus_.random_.chance(bus_.weather_.lost)) {
        bus_.sometimes_.hit("message lost before its confirm");
        return bus_.scheduler_.after(bus_.random_.between(sent_again_min, sent_again_max),
                                     [self, aggregate] {
                                         if (self->sender_ != nullptr) self->send_first(aggregate);
                                     });
    }
    bus_.scheduler_.after(bus_.delay(),
                          [self, aggregate, entry] { self->arrive(aggregate, entry); });
}

void Bus::Road::arrive(const std::string& aggregate, const messaging::OutboxEntry& entry) {
    // What a process has sent arrives although it dies; what is not kept goes with its sender.
    if (sender_ == nullptr && !bus_.durable_) return;
    const auto self = shared_from_this();
    bus_.accept(consumer_, {entry.message, self, entry.id});
    if (!bus_.durable_) return;
    if (bus_.random_.chance(bus_.weather_.confirm_lost)) {
        bus_.sometimes_.hit("confirm lost");
        return bus_.scheduler_.after(bus_.random_.between(sent_again_min, sent_again_max),
                                     [self, aggregate] {
                                         if (self->sender_ != nullptr) self->send_first(aggregate);
                                     });
    }
    bus_.scheduler_.after(bus_.delay(), [self, entry] { self->confirm(entry.message, entry.id); });
}

void Bus::Road::confirm(const messaging::MessagePtr& message, std::int64_t outbox_id) {
    if (sender_ == nullptr || !sender_->alive()) return;
    const EventMeta& meta = message->meta;
    const std::string aggregate = meta.aggregate_type + "/" + meta.aggregate_id.to_string();
    const auto lane = waiting_.find(aggregate);
    if (lane == waiting_.end() || lane->second.front().id != outbox_id) return;
    lane->second.pop_front();
    if (lane->second.empty())
        waiting_.erase(lane);
    else
        send_first(aggregate);
    acks_->taken(destination_, std::span(&outbox_id, 1));
}

}  // namespace waybill::simulation
