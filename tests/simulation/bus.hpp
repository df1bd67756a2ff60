#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chassis/messaging/destination.hpp"
#include "tests/simulation/process_env.hpp"
#include "tests/simulation/sometimes.hpp"

namespace waybill::simulation {

/// What may befall a message just now, per mille.
struct BusWeather {
    std::uint64_t lost = 0;          ///< on the way in: it is sent again after a while
    std::uint64_t confirm_lost = 0;  ///< it is sent again although it has arrived
    std::uint64_t ack_lost = 0;      ///< it is delivered again although it was taken
    std::uint64_t twice = 0;         ///< a further delivery, perhaps seconds later
    std::uint64_t overtaken = 0;     ///< held up for seconds, while later ones pass
    Duration delay_max = std::chrono::milliseconds(2);
};

/// The bus between the services' processes: at least once. Durable, it confirms what it has and
/// keeps it as a broker does, in order for each aggregate unless the weather is bad; else a message
/// is confirmed when it has been taken, and what was under way goes with its sender.
class Bus final : public messaging::Acknowledgements {
 public:
    Bus(Scheduler& scheduler, std::uint64_t seed, bool durable, Sometimes& sometimes);
    ~Bus() override;

    /// What a relay of `sender` delivers to; belongs to that process.
    std::unique_ptr<messaging::Destination> road(ProcessEnv& sender, std::string consumer,
                                                 std::vector<std::string> event_types);
    /// The consumer runs: what waits is delivered.
    void attach(const std::string& consumer, ProcessEnv& process,
                messaging::Destination& destination);
    /// A process has died or is about to stop.
    void forget(const ProcessEnv& process);
    /// A message of a foreign publisher, straight into a consumer's queue.
    void inject(const std::string& consumer, messaging::MessagePtr message);

    BusWeather& weather() { return weather_; }
    /// Nothing is under way.
    bool empty() const;
    void taken(std::size_t destination, std::span<const std::int64_t> deliveries) override;

 private:
    class Road;
    struct Parcel {
        messaging::MessagePtr message;
        std::shared_ptr<Road> road;  ///< shared with who sends; nullptr: needs no confirm
        std::int64_t outbox_id = 0;
    };
    /// One aggregate's messages to one consumer.
    struct Queue {
        std::deque<Parcel> parcels;
        std::int64_t delivery = 0;  ///< of the first, when it is under way
    };
    using Key = std::pair<std::string, std::string>;
    struct Consumer {
        ProcessEnv* process = nullptr;
        messaging::Destination* destination = nullptr;
    };
    void accept(const std::string& consumer, Parcel parcel);
    void enqueue(const std::string& consumer, Parcel parcel);
    void deliver_first(const Key& key);
    void hand_over(const std::string& consumer, std::int64_t delivery,
                   messaging::MessagePtr message);
    void again_some_time(const std::string& consumer, messaging::MessagePtr message);
    void acknowledged(const Key& key, std::int64_t delivery);
    Duration delay() { return random_.between(Duration(50), weather_.delay_max); }

    Scheduler& scheduler_;
    Random random_;
    const bool durable_;
    Sometimes& sometimes_;
    BusWeather weather_;
    std::map<Key, Queue> queues_;
    std::map<std::string, Consumer> consumers_;
    std::map<std::int64_t, Key> under_way_;  ///< by delivery
    std::vector<std::shared_ptr<Road>> roads_;
    std::int64_t last_delivery_ = 0;
    std::uint64_t held_up_ = 0;  ///< messages that others may overtake
};

}  // namespace waybill::simulation
