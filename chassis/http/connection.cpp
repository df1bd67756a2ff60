#include "chassis/http/connection.hpp"

#include "chassis/base/check.hpp"
#include "chassis/http/server_loop.hpp"

namespace waybill::http {
namespace {

/// How long a connection keeps its workspace after an answer, for a client that goes on at once.
constexpr Duration quiet_time = std::chrono::milliseconds(100);

constexpr std::size_t input_bytes_min = 16 * 1024;

}  // namespace

Workspace::Workspace(const HeadLimits& limits)
    : input(std::max(limits.bytes + 2, input_bytes_min)), parser(limits) {}

Connection::Connection(ServerLoop& home, Socket socket, asio::ip::address client,
                       std::uint16_t port)
    : home_(home), socket_(std::move(socket)), client_(std::move(client)), port_(port) {}

void Connection::wait() {
    wait_in(Phase::idle, home_.shared_.options.limits.idle_time);
    ++outstanding_;
    socket_.async_wait(Socket::wait_read,
                       [this](boost::system::error_code error) { readable(error); });
}

void Connection::readable(boost::system::error_code error) {
    --outstanding_;
    done_waiting();
    if (!error && !gone_) {
        work_ = home_.borrow();
        const Reading first = read_now(socket_, work_->input.space());
        if (!take_in(first)) error = std::get<0>(first);
        if (would_block(first)) {
            home_.give_back(std::move(work_));
            wait();
            return;
        }
    }
    if (error || gone_) {
        home_.give_back(std::move(work_));
        close_socket();
        release();
        return;
    }
    work_->peer_address = client_.to_string();
    running_ = true;
    asio::co_spawn(home_.executor_, run(), [this](std::exception_ptr failed) {
        if (failed) std::rethrow_exception(failed);
        finished();
    });
}

void Connection::finished() {
    running_ = false;
    done_waiting();
    home_.give_back(std::move(work_));
    if (gone_ || home_.draining_) {
        close_socket();
        release();
    } else {
        wait();
    }
}

void Connection::release() {
    if (gone_ && !running_ && outstanding_ == 0) home_.remove(*this);
}

void Connection::close_socket() {
    gone_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Connection::drain() {
    boost::system::error_code ignored;
    if (!running_)
        close_socket();
    else if (phase_ == Phase::quiet)
        socket_.cancel(ignored);
}

void Connection::cut() {
    close_socket();
    if (watched_ != nullptr) watched_->cancel();
}

void Connection::expired() {
    expired_ = true;
    boost::system::error_code ignored;
    if (phase_ == Phase::idle)
        close_socket();
    else
        socket_.cancel(ignored);
}

Task<void> Connection::run() {
    for (;;) {
        const Received received = co_await receive_head();
        if (received == Received::quiet) co_return;
        After after = After::close;
        if (received == Received::request) after = co_await serve();
        if (received == Received::refused) after = co_await refuse(work_->parser.refusal());
        if (after == After::keep && !gone_) continue;
        if (after == After::linger && !gone_) co_await linger();
        gone_ = true;
        co_return;
    }
}

Task<Connection::Received> Connection::receive_head() {
    RequestParser& parser = work_->parser;
    parser.reset();
    bool started = false;
    for (;;) {
        const std::string_view bytes = work_->input.view();
        if (!bytes.empty()) {
            const ParseState state = parser.feed(bytes);
            if (state != ParseState::incomplete) {
                done_waiting();
                co_return state == ParseState::complete ? Received::request : Received::refused;
            }
            if (started && expired_) break;
            if (!started) wait_in(Phase::head, home_.shared_.options.limits.head_time);
            started = true;
        } else {
            if (home_.draining_) co_return Received::gone;
            wait_in(Phase::quiet, quiet_time);
        }
        const bool arrived = started ? co_await receive() : take_in(co_await arrival());
        if (arrived) continue;
        if (!expired_ || gone_) co_return Received::gone;
        if (!started) co_return Received::quiet;
        break;
    }
    parser.give_up(408, "The request did not arrive in time.");
    co_return Received::refused;
}

/// No coroutine: each one on a request's way costs.
Task<Reading> Connection::arrival() {
    return read_when_there(socket_, work_->input.space());
}

Task<bool> Connection::receive() {
    const Reading now = read_now(socket_, work_->input.space());
    co_return take_in(would_block(now) ? co_await arrival() : now);
}

bool Connection::take_in(const Reading& reading) {
    const auto [error, size] = reading;
    work_->input.commit(size);
    return !error;
}

void Connection::wait_in(Phase phase, Duration time) {
    wait_until(phase, home_.now() + time);
}

void Connection::wait_until(Phase phase, MonoTime at) {
    phase_ = phase;
    expired_ = false;
    home_.timeouts_.set(*this, static_cast<std::uint8_t>(phase), at);
}

void Connection::done_waiting() {
    home_.timeouts_.clear(*this);
    phase_ = Phase::handler;
}

bool Connection::closing() const {
    return home_.draining_ || home_.shared_.closing.load(std::memory_order_relaxed);
}

}  // namespace waybill::http
