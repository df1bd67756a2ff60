#pragma once
#include <memory>
#include <vector>

#include "chassis/auth/remote_keys.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/runtime/async.hpp"
#include "tests/simulation/process_env.hpp"
#include "tests/simulation/sometimes.hpp"

namespace waybill::simulation {

/// A machine as others reach it over the network.
class Node {
 public:
    virtual ~Node() = default;
    /// The process that runs there; nullptr when none does.
    virtual ProcessEnv* process() = 0;
    /// What answers requests; nullptr while nothing listens.
    virtual http::Handler* door() = 0;
};

/// What may befall a call just now, per mille.
struct NetworkWeather {
    std::uint64_t request_lost = 0;
    std::uint64_t answer_lost = 0;
    std::uint64_t reset = 0;  ///< the connection breaks while the call runs
    Duration delay_max = std::chrono::milliseconds(2);
};

/// HTTP between machines, and between clients and the gateway: each call arrives late, or not at
/// all, and so does its answer.
class Network {
 public:
    Network(Scheduler& scheduler, std::uint64_t seed, Sometimes& sometimes);

    /// As http::Client sends it: failures are responses with their origin.
    Task<http::Response> call(ProcessEnv& from, Node& to, http::Request request, Deadline deadline);
    /// A process has died: its calls are forgotten, and who waits for it is told in time.
    void forget(const ProcessEnv& process);

    NetworkWeather& weather() { return weather_; }

 private:
    struct Call {
        std::shared_ptr<OneShot<http::Response>> answer;  // shared with the caller that awaits it
        const ProcessEnv* caller = nullptr;
        const ProcessEnv* callee = nullptr;  ///< once it has arrived
    };
    using CallPtr = std::shared_ptr<Call>;  // shared with the events on its way

    void arrive(CallPtr call, Node& to, http::Request request);
    Task<void> serve(CallPtr call, ProcessEnv& env, http::Handler& door, http::Request request);
    void answer(const CallPtr& call, http::Response response);
    void reset(const CallPtr& call);
    Duration delay();

    Scheduler& scheduler_;
    Random random_;
    Sometimes& sometimes_;
    NetworkWeather weather_;
    std::vector<CallPtr> calls_;
};

/// The calls of one process to one machine.
class Wire final : public http::Handler, public http::Transport {
 public:
    Wire(Network& network, ProcessEnv& from, Node& to) : network_(network), from_(from), to_(to) {}
    Task<http::Response> handle(http::Request request, Deadline deadline) override {
        return network_.call(from_, to_, std::move(request), deadline);
    }
    Task<http::Response> send(http::Request& request, Deadline deadline) override {
        return handle(http::copy_to_hand_over(request), deadline);
    }

 private:
    Network& network_;
    ProcessEnv& from_;
    Node& to_;
};

/// Fetches an issuer's documents over the network.
class WireFetcher final : public auth::DocumentFetcher {
 public:
    WireFetcher(Network& network, ProcessEnv& from, Node& to) : wire_(network, from, to) {}
    Task<Result<Document>> get(std::string url, std::size_t bytes_max, Deadline deadline) override;

 private:
    Wire wire_;
};

}  // namespace waybill::simulation
