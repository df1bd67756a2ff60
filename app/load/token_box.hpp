#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace waybill::load {

/// The access tokens of a run, by number. Whoever renews them replaces them while requests go out.
/// Thread-safe.
class TokenBox {
 public:
    /// Shared with the requests that are being made of it.
    using Token = std::shared_ptr<const std::string>;

    std::size_t add(std::string token) {
        std::lock_guard lock(mutex_);
        tokens_.push_back(std::make_shared<const std::string>(std::move(token)));
        return tokens_.size() - 1;
    }
    void replace(std::size_t number, std::string token) {
        auto fresh = std::make_shared<const std::string>(std::move(token));
        std::lock_guard lock(mutex_);
        tokens_.at(number).swap(fresh);
    }
    Token get(std::size_t number) const {
        std::lock_guard lock(mutex_);
        return tokens_.at(number);
    }

 private:
    mutable std::mutex mutex_;
    std::vector<Token> tokens_;
};

}  // namespace waybill::load
