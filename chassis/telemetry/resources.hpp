#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

#include "chassis/base/check.hpp"
#include "chassis/telemetry/producer.hpp"
#include "chassis/telemetry/resource.hpp"

namespace waybill::telemetry {

/// The logical services of a process, by their order of registration; at most services_max.
/// Reading is lock-free from any thread.
class Resources {
 public:
    Resources(Identity identity, Timestamp started)
        : identity_(std::move(identity)), started_(started) {}

    /// The position of a service, which is added when it is new.
    std::uint16_t add(std::string_view service_name) {
        std::lock_guard lock(mutex_);
        const std::size_t size = count_.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < size; ++i)
            if (held_[i].service_name == service_name) return static_cast<std::uint16_t>(i);
        CHECK(size < held_.size());
        held_[size] = make_resource(identity_, service_name, started_);
        count_.store(size + 1, std::memory_order_release);
        return static_cast<std::uint16_t>(size);
    }
    std::size_t size() const { return count_.load(std::memory_order_acquire); }
    const Resource& at(std::size_t service) const { return held_[service]; }
    const Identity& identity() const { return identity_; }

 private:
    const Identity identity_;
    const Timestamp started_;
    std::mutex mutex_;
    std::array<Resource, services_max> held_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace waybill::telemetry
