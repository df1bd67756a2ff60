#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "chassis/runtime/callback.hpp"
#include "tests/simulation/random.hpp"

namespace waybill::simulation {

/// Something that runs in steps: a loop or a thread of a simulated process.
class Lane {
 public:
    virtual ~Lane() = default;
    /// Whether a step can run now.
    virtual bool ready(MonoTime now) const = 0;
    /// When it becomes ready by itself.
    virtual std::optional<MonoTime> ready_at() const = 0;
    virtual void run() = 0;
};

/// The one clock and the one order of a simulated world: again and again it draws one of the lanes
/// that are ready, and runs its next step; when none is, time moves to the next event. The same
/// seed and the same world give the same run, and the same hash.
class Scheduler {
 public:
    explicit Scheduler(std::uint64_t seed);

    MonoTime now() const { return now_; }
    /// Adds a lane; it must be removed before it goes.
    void add(Lane& lane);
    void remove(Lane& lane);
    /// Runs `callback` at `at`, outside all lanes.
    void at(MonoTime at, Callback callback);
    void after(Duration wait, Callback callback) { at(now_ + wait, std::move(callback)); }

    /// Runs one step. False when nothing is left to do until `until`, which it is then.
    bool step(MonoTime until);
    void run_until(MonoTime until) {
        while (step(until)) {
        }
    }

    std::uint64_t steps() const { return steps_; }
    /// Adds to the hash what has happened.
    void note(std::uint64_t value);
    void note(std::string_view text);
    std::uint64_t hash() const { return hash_; }

 private:
    struct Entry {
        Lane* lane;
        std::uint64_t id;
    };
    std::optional<MonoTime> next_time() const;

    MonoTime now_{};
    Random order_;
    std::vector<Entry> lanes_;  ///< in order of creation
    std::vector<Entry> ready_;  ///< scratch
    std::uint64_t last_lane_ = 0;
    std::uint64_t last_event_ = 0;
    std::map<std::pair<MonoTime, std::uint64_t>, Callback> events_;
    std::uint64_t steps_ = 0;
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace waybill::simulation
