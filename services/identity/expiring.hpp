#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "chassis/base/time.hpp"

namespace waybill::identity {

/// Values by name that live for a fixed time, at most `entries_max` of them: the oldest gives way.
template <class T>
class Expiring {
 public:
    Expiring(Duration life, std::size_t entries_max) : life_(life), entries_max_(entries_max) {}

    void put(const std::string& name, T value, MonoTime now) {
        drop_old(now);
        if (values_.size() >= entries_max_) drop_first();
        values_.insert_or_assign(name, std::move(value));
        order_.emplace_back(now + life_, name);
    }
    /// Only until the next call.
    T* find(const std::string& name, MonoTime now) {
        drop_old(now);
        const auto found = values_.find(name);
        return found == values_.end() ? nullptr : &found->second;
    }
    std::optional<T> take(const std::string& name, MonoTime now) {
        drop_old(now);
        auto node = values_.extract(name);
        return node.empty() ? std::nullopt : std::optional<T>(std::move(node.mapped()));
    }
    std::size_t size() const { return values_.size(); }

 private:
    void drop_first() {
        values_.erase(order_.front().second);
        order_.pop_front();
    }
    void drop_old(MonoTime now) {
        while (!order_.empty() && order_.front().first <= now) drop_first();
        // Names that were taken already need no place in the order.
        while (!order_.empty() && !values_.contains(order_.front().second)) order_.pop_front();
    }

    const Duration life_;
    const std::size_t entries_max_;
    std::map<std::string, T> values_;
    std::deque<std::pair<MonoTime, std::string>> order_;
};

}  // namespace waybill::identity
