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
        error = receive_now();
        if (error == asio::error::would_block) {
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
        const bool arrived = co_await (started ? receive() : receive_first());
        if (arrived) continue;
        if (!expired_ || gone_) co_return Received::gone;
        if (!started) co_return Received::quiet;
        break;
    }
    parser.give_up(408, "The request did not arrive in time.");
    co_return Received::refused;
}

Task<bool> Connection::receive_first() {
    const Intake space(work_->input.space());
    CHECK(space.size() != 0);
    const auto [error, size] = co_await socket_.async_read_some(space, as_result);
    if (error) co_return false;
    work_->input.commit(size);
    co_return true;
}

Task<bool> Connection::receive() {
    const auto error = receive_now();
    if (error == asio::error::would_block) co_return co_await receive_first();
    co_return !error;
}

boost::system::error_code Connection::receive_now() {
    std::size_t size = 0;
    const auto error = read_now(socket_, work_->input.space(), size);
    work_->input.commit(size);
    return error;
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
