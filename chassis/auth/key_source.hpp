#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "chassis/auth/jwks.hpp"
#include "chassis/base/time.hpp"
#include "chassis/runtime/task_fwd.hpp"

namespace waybill::auth {

/// Where the keys of one issuer come from. Thread-safe.
class KeySource {
 public:
    virtual ~KeySource() = default;
    /// The newest set; nullptr until there was one. Never null again afterwards.
    virtual std::shared_ptr<const KeySet> current() const = 0;
    /// Grows whenever current() changes; 0 while there is none. Cheap.
    virtual std::uint64_t version() const = 0;
    /// Asks the issuer again because `kid` is not in current(). Calls that come together share
    /// one fetch; a key that was not there lately is not asked for again. True: the issuer's
    /// present set is in current(); false: it could not be had in time.
    virtual Task<bool> refresh_for(std::string kid, Deadline deadline) = 0;
};

/// A place for a key set with its version.
class KeySlot {
 public:
    std::shared_ptr<const KeySet> get() const {
        std::lock_guard lock(mutex_);
        return keys_;
    }
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
    /// Replaces the set, and the version too unless the keys are the same. True when they differ.
    bool set(std::shared_ptr<const KeySet> keys) {
        std::lock_guard lock(mutex_);
        if (keys_ && keys_->same_as(*keys)) return false;
        keys_ = std::move(keys);  // shared with verifications that are running
        version_.fetch_add(1, std::memory_order_release);
        return true;
    }

 private:
    mutable std::mutex mutex_;
    std::shared_ptr<const KeySet> keys_;
    std::atomic<std::uint64_t> version_{0};
};

/// Keys that an issuer in the same process hands over directly.
class LocalKeySource final : public KeySource {
 public:
    void set(std::shared_ptr<const KeySet> keys) { slot_.set(std::move(keys)); }
    std::shared_ptr<const KeySet> current() const override { return slot_.get(); }
    std::uint64_t version() const override { return slot_.version(); }
    /// The set at hand is the issuer's present one.
    Task<bool> refresh_for(std::string kid, Deadline deadline) override;

 private:
    KeySlot slot_;
};

}  // namespace waybill::auth
