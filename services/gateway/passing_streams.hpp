#pragma once
#include <atomic>
#include <list>
#include <memory>
#include <vector>

#include "chassis/http/body.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::gateway {

/// The endless answers that pass through the gateway. When the process stops they end in good
/// order, and their readers come back elsewhere: their upstreams may run on for ever.
class PassingStreams {
 public:
    explicit PassingStreams(Env& env);

    /// A source like `stream` that also ends when all are ended. On the loop that will read it.
    std::unique_ptr<http::BodySource> hold(std::unique_ptr<http::BodySource> stream);
    /// Ends all, and each that comes later at once. From any thread; returns before it is done.
    void end_all();

 private:
    class Held;
    struct Shared {
        explicit Shared(std::size_t loop_count) : loops(loop_count) {}
        std::atomic<bool> ending{false};
        std::vector<std::list<Held*>> loops;  // each touched on its own loop alone
    };
    Env& env_;
    std::shared_ptr<Shared> shared_;  // shared with the streams, and with ends on their way
};

}  // namespace waybill::gateway
