#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chassis/http/client.hpp"
#include "chassis/http/client_connection.hpp"
#include "chassis/http/client_probe.hpp"
#include "chassis/http/timeouts.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::http {

/// One loop's connections to the upstream. On the loop's thread only.
class ClientPool {
 public:
    ClientPool(Env& env, Loop& loop, const ClientOptions& options);
    ClientPool(const ClientPool&) = delete;
    ClientPool& operator=(const ClientPool&) = delete;
    ~ClientPool();

    /// `request` outlives the task.
    Task<Response> send(Request& request, Deadline deadline);

    /// Ends what is under way, and takes no more.
    void cut();

    /// Keeps the connection for the next request, or hands it to one that waits.
    void give_back(std::unique_ptr<ClientConnection> connection);
    void opened();
    /// One that was connected at `since`; nothing: it never was.
    void closed(std::optional<MonoTime> since);
    void connected() { probe_.connected(); }

    std::size_t open() const { return open_.load(std::memory_order_relaxed); }
    const ClientOptions& options() const { return options_; }
    /// Only one connection is in use: nothing is to be gained by waiting for others.
    bool one_is_out() const { return open() == kept_.size() + 1; }
    /// What `Host` is when the request has none.
    const std::string& host() const { return host_; }
    Timeouts& timeouts() { return timeouts_; }
    Env& env() { return env_; }
    Loop& loop() { return loop_; }
    void drop_idle(ClientConnection& connection);

 private:
    struct Lease {
        std::unique_ptr<ClientConnection> connection;
        Origin failed = Origin::upstream;
    };
    Task<Lease> acquire(bool anew, Deadline deadline);
    std::unique_ptr<ClientConnection> take_kept();
    void wake_one();

    Env& env_;
    Loop& loop_;
    const ClientOptions options_;
    const std::string host_;
    const ClientProbe probe_;
    Timeouts timeouts_;
    bool cut_ = false;
    std::atomic<std::size_t> open_{0};
    std::deque<std::shared_ptr<OneShot<bool>>> waiting_;   // shared with the waits' timers
    std::vector<std::unique_ptr<ClientConnection>> kept_;  // the last one used last
};

}  // namespace waybill::http
