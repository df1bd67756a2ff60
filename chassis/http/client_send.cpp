#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "chassis/http/client_connection.hpp"
#include "chassis/http/client_pool.hpp"
#include "chassis/http/serializer.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t copied_bytes_max = 8 * 1024;

/// A method that says nothing by having no body needs no `Content-Length: 0` (RFC 9110 8.6).
Delivery delivery_of(const Request& request) {
    Delivery delivery;
    if (request.body.empty()) {
        const bool expected =
            request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
        delivery.framing = expected ? Framing::length : Framing::none;
    } else if (request.body.size()) {
        delivery.framing = Framing::length;
        delivery.content_length = *request.body.size();
    } else {
        delivery.framing = Framing::chunked;
    }
    return delivery;
}

/// Short bytes are sent together with the head: one piece is cheaper than two.
bool is_copied(const Body& body) {
    return !body.streamed() && body.bytes().size() <= copied_bytes_max;
}

}  // namespace

/// Puts the head into the output, and behind it what is at hand of the body. Looks at a kept
/// connection as late as that: nothing may go to one that the upstream has closed.
bool ClientConnection::may_send(const Request& request, Attempt& attempt) {
    output_.clear();
    if (!append_request_head(output_, request, delivery_of(request), pool_.host())) {
        attempt.why = "The request cannot be sent as HTTP/1.1.";
        return false;
    }
    if (is_copied(request.body)) output_ += request.body.bytes();
    attempt.why = "The upstream closed the connection.";
    return !kept_ || look_at_peer(socket_) == PeerState::quiet;
}

Task<Attempt> ClientConnection::exchange(Request& request, Deadline deadline) {
    Attempt attempt;
    to_head_ = request.method == "HEAD";
    parser_.reset();
    wait_until(Wait::exchange, deadline.at);
    // Requests that set out one behind the other wake the upstream once, not each time.
    if (!pool_.one_is_out()) co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    bool sendable = may_send(request, attempt);
    if (sendable) {
        Outgoing out(output_, is_copied(request.body) ? std::string_view() : request.body.bytes());
        attempt.whole = send_now(out, attempt);
        if (attempt.whole && out.left() != 0) attempt.whole = co_await write(out, attempt);
        if (attempt.whole && request.body.streamed())
            sendable = co_await send_body(request.body, delivery_of(request), attempt, deadline);
    }
    // An upstream that stops reading may have said why.
    if (sendable) attempt.answered = co_await read_head(attempt);
    done_waiting();
    reusable_ = reusable_ && attempt.whole;
    if (expired_) {
        attempt.answered = false;
        attempt.origin = Origin::timed_out;
        attempt.why = "The upstream did not answer in time.";
    }
    co_return attempt;
}

Task<bool> ClientConnection::send_body(Body& body, Delivery delivery, Attempt& attempt,
                                       Deadline deadline) {
    const bool chunked = delivery.framing == Framing::chunked;
    std::uint64_t left = delivery.content_length;
    attempt.body_started = true;
    attempt.whole = false;
    for (;;) {
        const auto part = co_await body.source().next(deadline);
        if (!part || (!chunked && part->size() > left)) break;
        if (part->empty()) {
            attempt.whole = chunked ? co_await write(Outgoing("0\r\n\r\n"), attempt) : left == 0;
            if (attempt.whole || chunked) co_return true;
            break;
        }
        // An answer that comes this early ends the sending.
        if (look_at_peer(socket_) != PeerState::quiet) co_return true;
        output_.clear();
        if (chunked) append_chunk_size(output_, part->size());
        left -= chunked ? 0 : part->size();
        if (!co_await write(Outgoing(output_, *part, chunked ? "\r\n" : ""), attempt))
            co_return true;
    }
    attempt.why = "The request's body broke off.";
    co_return false;
}

/// What the socket takes without waiting; false when the connection is broken.
bool ClientConnection::send_now(Outgoing& out, Attempt& attempt) {
    const std::size_t before = out.left();
    const bool open = out.send(socket_);
    attempt.sent = attempt.sent || out.left() != before;
    return open;
}

/// False when not everything could be sent, or an answer came meanwhile.
Task<bool> ClientConnection::write(Outgoing out, Attempt& attempt) {
    for (;;) {
        if (!send_now(out, attempt)) co_return false;
        if (out.left() == 0) co_return true;
        const auto [order, unwritable, unreadable] =
            co_await asio::experimental::make_parallel_group(
                socket_.async_wait(Socket::wait_write, asio::deferred),
                socket_.async_wait(Socket::wait_read, asio::deferred))
                .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (expired_ || (order[0] == 1 && !unreadable) || unwritable) co_return false;
    }
}

}  // namespace waybill::http
