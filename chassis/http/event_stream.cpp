#include "chassis/http/event_stream.hpp"

#include <algorithm>

namespace waybill::http {
namespace {

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find_first_of("\r\n"));
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\n");
}

/// Calls `line` for each line; CR, LF and CRLF all end one.
template <class Line>
void for_each_line(std::string_view text, Line line) {
    for (;;) {
        const std::size_t end = text.find_first_of("\r\n");
        line(text.substr(0, end));
        if (end == std::string_view::npos) return;
        const bool both = text.substr(end, 2) == "\r\n";
        text.remove_prefix(end + (both ? 2 : 1));
    }
}

}  // namespace

void append_event(std::string& out, const ServerEvent& event) {
    // A NUL in an id makes the client ignore it.
    if (!event.id.empty() && event.id.find('\0') == std::string_view::npos)
        append_field(out, "id", first_line(event.id));
    if (!event.name.empty()) append_field(out, "event", first_line(event.name));
    for_each_line(event.data, [&](std::string_view line) { append_field(out, "data", line); });
    out += "\n";
}

/// Pulls what the stream has queued, everything at once.
class EventStream::Reader final : public BodySource {
 public:
    explicit Reader(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}
    ~Reader() override { cancel(); }

    Task<Result<std::string_view>> next(Deadline deadline) override {
        EventStream& stream = *stream_;
        std::shared_ptr<OneShot<bool>> waiter;
        {
            std::lock_guard lock(stream.mutex_);
            if (auto now = stream.take(shown_)) co_return std::move(*now);
            waiter = stream.waiter_ = std::make_shared<OneShot<bool>>();
        }
        const Deadline quiet = Deadline::after(stream.env_.monotonic(), stream.options_.keep_alive);
        co_await get_until(stream.env_, waiter, std::min(quiet, deadline));
        std::lock_guard lock(stream.mutex_);
        stream.waiter_.reset();
        if (auto now = stream.take(shown_)) co_return std::move(*now);
        co_return std::string_view(":\n\n");
    }

    void cancel() override {
        std::lock_guard lock(stream_->mutex_);
        stream_->broken_ = true;
        if (stream_->waiter_) stream_->waiter_->set(true);
    }

 private:
    std::shared_ptr<EventStream> stream_;  // with whoever feeds it
    std::string shown_;
};

std::shared_ptr<EventStream> EventStream::create(Env& env, Options options) {
    return std::shared_ptr<EventStream>(new EventStream(env, options));
}

/// What a reader gets without waiting, or nothing. Under the lock.
std::optional<Result<std::string_view>> EventStream::take(std::string& shown) {
    if (broken_)
        return fail(Problem::unavailable, "The stream's reader was too slow, or has gone.");
    if (queued_.empty() && !ended_) return std::nullopt;
    shown.clear();
    std::swap(shown, queued_);
    return std::string_view(shown);
}

bool EventStream::append(std::string_view text) {
    std::lock_guard lock(mutex_);
    if (ended_ || broken_) return false;
    broken_ = queued_.size() + text.size() > options_.queue_bytes_max;
    if (broken_)
        queued_ = std::string();
    else
        queued_ += text;
    if (waiter_) waiter_->set(true);
    return !broken_;
}

bool EventStream::send(const ServerEvent& event) {
    std::string text;
    append_event(text, event);
    return append(text);
}

bool EventStream::comment(std::string_view text) {
    std::string lines;
    for_each_line(text, [&](std::string_view line) { append_field(lines, "", line); });
    return append(lines += "\n");
}

bool EventStream::retry(std::chrono::milliseconds retry) {
    return append("retry: " + std::to_string(retry.count()) + "\n\n");
}

void EventStream::end() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    if (waiter_) waiter_->set(true);
}

bool EventStream::open() const {
    std::lock_guard lock(mutex_);
    return !ended_ && !broken_;
}

Response EventStream::response(const std::shared_ptr<EventStream>& stream) {
    Response response;
    response.headers.add("Content-Type", "text/event-stream");
    response.headers.add("Cache-Control", "no-store");
    response.body = Body(std::make_unique<Reader>(stream));
    return response;
}

}  // namespace waybill::http
