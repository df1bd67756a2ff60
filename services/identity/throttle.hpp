#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/time.hpp"

namespace waybill::identity {

/// Slows down guessing: ten wrong passwords a minute for a user, or from an address, and both are
/// refused until the oldest of them is a minute old. Bounded memory; thread-safe.
class Throttle {
 public:
    static constexpr std::size_t wrong_max = 10;
    static constexpr Duration window = std::chrono::minutes(1);
    static constexpr std::size_t names_max = 10'000;

    /// How long this user at this address has to wait; nothing: it may try.
    std::optional<std::chrono::seconds> wait(std::string_view user, std::string_view address,
                                             MonoTime now);
    void wrong(std::string_view user, std::string_view address, MonoTime now);

 private:
    using Times = std::deque<MonoTime>;
    std::optional<MonoTime> free_at(const std::string& name, MonoTime now);
    void note(std::string name, MonoTime now);

    std::mutex mutex_;
    std::map<std::string, Times> wrong_;
};

}  // namespace waybill::identity
