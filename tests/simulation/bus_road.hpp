#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/bus.hpp"

namespace waybill::simulation {

/// The way of one process's messages into the bus for one consumer: of an aggregate one after the
/// other, each until it is confirmed.
class Bus::Road final : public std::enable_shared_from_this<Road> {
 public:
    Road(Bus& bus, ProcessEnv& sender, std::string consumer)
        : bus_(bus), sender_(&sender), consumer_(std::move(consumer)) {}

    void deliver(std::vector<messaging::OutboxEntry> batch, std::size_t destination,
                 messaging::Acknowledgements& acks);
    /// The bus has the message, or (not durable) it was taken.
    void confirm(const messaging::MessagePtr& message, std::int64_t outbox_id);
    /// The sender is gone.
    void close() { sender_ = nullptr; }
    bool closed() const { return sender_ == nullptr; }
    bool leads_from(const ProcessEnv& process) const { return sender_ == &process; }
    bool empty() const { return sender_ == nullptr || waiting_.empty(); }

 private:
    void send_first(const std::string& aggregate);
    void arrive(const std::string& aggregate, const messaging::OutboxEntry& entry);

    Bus& bus_;
    ProcessEnv* sender_;
    std::string consumer_;
    std::size_t destination_ = 0;
    messaging::Acknowledgements* acks_ = nullptr;
    std::map<std::string, std::deque<messaging::OutboxEntry>> waiting_;
};

}  // namespace waybill::simulation
