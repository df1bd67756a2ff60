#pragma once
#include <cstddef>
#include <memory>

#include "chassis/runtime/env.hpp"

namespace waybill {

/// The Env of a running program: `loops` threads with an Asio io_context each, the system's
/// clocks, a per-thread xoshiro256++ seeded from the kernel, OpenSSL's generator for secrets.
class RealEnv : public Env {
 public:
    /// Starts the loops' threads at once. loops ≥ 1.
    static std::unique_ptr<RealEnv> start(std::size_t loops);
    /// Lets every loop run until it has nothing left, then joins the threads.
    virtual void stop() = 0;
};

}  // namespace waybill
