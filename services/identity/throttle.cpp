#include "services/identity/throttle.hpp"

#include <algorithm>
#include <iterator>

namespace waybill::identity {
namespace {

constexpr std::size_t name_bytes_max = 255;

std::string user_name(std::string_view user) {
    return "u:" + std::string(user.substr(0, name_bytes_max));
}
std::string address_name(std::string_view address) {
    return "a:" + std::string(address);
}

}  // namespace

std::optional<MonoTime> Throttle::free_at(const std::string& name, MonoTime now) {
    const auto found = wrong_.find(name);
    if (found == wrong_.end()) return std::nullopt;
    Times& times = found->second;
    while (!times.empty() && times.front() + window <= now) times.pop_front();
    if (times.empty()) {
        wrong_.erase(found);
        return std::nullopt;
    }
    return times.size() < wrong_max ? std::nullopt : std::optional(times.front() + window);
}

std::optional<std::chrono::seconds> Throttle::wait(std::string_view user, std::string_view address,
                                                   MonoTime now) {
    std::lock_guard lock(mutex_);
    const auto by_user = free_at(user_name(user), now);
    const auto by_address = free_at(address_name(address), now);
    if (!by_user && !by_address) return std::nullopt;
    const MonoTime at = std::max(by_user.value_or(now), by_address.value_or(now));
    return std::chrono::ceil<std::chrono::seconds>(at - now);
}

void Throttle::note(std::string name, MonoTime now) {
    if (wrong_.size() >= names_max)
        std::erase_if(wrong_,
                      [&](const auto& entry) { return entry.second.back() + window <= now; });
    if (wrong_.size() >= names_max) {
        // All are fresh: whoever failed longest ago gives way.
        wrong_.erase(std::min_element(
            wrong_.begin(), wrong_.end(),
            [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); }));
    }
    Times& times = wrong_[std::move(name)];
    times.push_back(now);
    if (times.size() > wrong_max) times.pop_front();
}

void Throttle::wrong(std::string_view user, std::string_view address, MonoTime now) {
    std::lock_guard lock(mutex_);
    note(user_name(user), now);
    note(address_name(address), now);
}

}  // namespace waybill::identity
