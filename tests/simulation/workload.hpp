#pragma once
#include <memory>
#include <string>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/runtime/async.hpp"
#include "tests/simulation/breach.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/person.hpp"

namespace waybill::simulation {

/// The clients of a run: many customers and a few operators over few products, hot and cold, with
/// every command of the platform. They judge what they see at once: I3, I10 and I12.
class Workload {
 public:
    Workload(Platform& platform, std::uint64_t seed, Breaches& breaches);
    ~Workload();

    /// The catalogue, while nothing fails.
    void start_catalogue();
    bool catalogue_ready() const { return scope_.size() == 0; }
    /// Everybody goes to work until `until`.
    void start_work(MonoTime until);
    /// Asks again for every order whose key has not been answered for good.
    void start_settling();
    /// Nobody is busy any more.
    bool idle() const { return scope_.size() == 0; }
    const History& history() const { return history_; }

 private:
    Task<void> make_catalogue();
    Task<void> customer_life(std::size_t person, MonoTime until);
    Task<void> operator_life(std::size_t person, MonoTime until);
    Task<void> settle(std::size_t person);

    Task<void> place(std::size_t person);
    Task<void> place_again(std::size_t creation);
    Task<void> cancel(std::size_t person);
    Task<void> read_order(std::size_t person);
    Task<void> read_foreign(std::size_t person);
    Task<void> read_lists(std::size_t person);
    Task<void> confirm(std::size_t person);
    Task<void> ship(std::size_t person);
    Task<void> adjust(std::size_t person);
    Task<void> change_product(std::size_t person);
    Task<void> make_product(std::size_t person);

    void created(std::size_t creation, const Reply& reply);
    void moved(std::size_t order, const Reply& reply);
    Task<void> move(std::size_t person, std::size_t order, std::string verb, std::string body);
    Task<void> check_read(std::size_t person, std::size_t order);
    std::string order_body(const std::string& mark);
    std::string fresh_key();
    /// One of the person's own orders; nothing when it has none.
    std::optional<std::size_t> own_order(std::size_t person, bool foreign);
    std::optional<std::size_t> any_order();

    Platform& platform_;
    Random random_;
    Breaches& breaches_;
    Duration no_offset_{};
    ProcessEnv env_;
    std::vector<std::unique_ptr<Person>> people_;  ///< customers first
    std::size_t customers_ = 0;
    History history_;
    TaskScope scope_;
    std::uint64_t marks_ = 0;
};

}  // namespace waybill::simulation
