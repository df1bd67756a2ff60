#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/http/message.hpp"
#include "chassis/runtime/async.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::http {

/// One server-sent event (WHATWG HTML 9.2). `data` may hold several lines; `id` and `name` may
/// not: a line break in them ends them.
struct ServerEvent {
    std::string_view id = {};
    std::string_view name = {};
    std::string_view data = {};
};

struct EventStreamOptions {
    std::size_t queue_bytes_max = 256 * 1024;
    Duration keep_alive = std::chrono::seconds(15);  ///< a comment after that much silence
};

/// The feeding end of a `text/event-stream` answer, usable from any thread. The reader's end is
/// the body of response(). A reader that is slower than the queue is long loses its connection,
/// and with it memory stays bounded; it comes back with `Last-Event-ID`.
class EventStream {
 public:
    using Options = EventStreamOptions;
    /// Shared by whoever feeds it and by the connection that reads it.
    static std::shared_ptr<EventStream> create(Env& env, Options options = {});

    /// False when the reader has gone, was too slow, or the stream has ended.
    bool send(const ServerEvent& event);
    bool comment(std::string_view text);
    /// Asks the reader to come back after `retry` when the connection is lost.
    bool retry(std::chrono::milliseconds retry);
    /// What was sent still goes out, then the answer ends.
    void end();
    /// False once nothing sent can arrive any more.
    bool open() const;

    /// The answer that reads `stream`. Once for a stream.
    static Response response(const std::shared_ptr<EventStream>& stream);

 private:
    class Reader;
    EventStream(Env& env, Options options) : env_(env), options_(options) {}
    bool append(std::string_view text);
    std::optional<Result<std::string_view>> take(std::string& shown);

    Env& env_;
    const Options options_;
    mutable std::mutex mutex_;
    std::string queued_;
    std::shared_ptr<OneShot<bool>> waiter_;  // shared with the timer of the wait
    bool ended_ = false;
    bool broken_ = false;
};

/// Appends `event` as it goes over the wire.
void append_event(std::string& out, const ServerEvent& event);

}  // namespace waybill::http
