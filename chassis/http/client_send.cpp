#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "chassis/http/client_connection.hpp"
#include "chassis/http/client_pool.hpp"
#include "chassis/http/serializer.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t copied_bytes_max = 8 * 1024;

std::string host_of(const ClientOptions& options) {
    const bool v6 = options.host.find(':') != std::string::npos;
    std::string host = v6 ? "[" + options.host + "]" : options.host;
    if (options.port != 80) host += ":" + std::to_string(options.port);
    return host;
}

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

}  // namespace

/// False when it makes no sense to wait for an answer.
Task<bool> ClientConnection::send(Request& request, Attempt& attempt, Deadline deadline) {
    const Delivery delivery = delivery_of(request);
    output_.clear();
    if (!append_request_head(output_, request, delivery, host_of(pool_.options()))) {
        attempt.why = "The request cannot be sent as HTTP/1.1.";
        co_return false;
    }
    if (request.body.streamed()) {
        if (!co_await write(output_, {}, {}, attempt)) co_return true;
        co_return co_await send_body(request.body, delivery, attempt, deadline);
    }
    const std::string& bytes = request.body.bytes();
    const bool copied = bytes.size() <= copied_bytes_max;
    if (copied) output_ += bytes;
    attempt.whole = co_await write(output_, copied ? std::string_view() : bytes, {}, attempt);
    co_return true;
}

Task<bool> ClientConnection::send_body(Body& body, Delivery delivery, Attempt& attempt,
                                       Deadline deadline) {
    const bool chunked = delivery.framing == Framing::chunked;
    std::uint64_t left = delivery.content_length;
    attempt.body_started = true;
    for (;;) {
        const auto part = co_await body.source().next(deadline);
        if (!part || (!chunked && part->size() > left)) break;
        if (part->empty()) {
            attempt.whole = chunked ? co_await write("0\r\n\r\n", {}, {}, attempt) : left == 0;
            if (attempt.whole || chunked) co_return true;
            break;
        }
        // An answer that comes this early ends the sending.
        if (look_at_peer(socket_) != PeerState::quiet) co_return true;
        output_.clear();
        if (chunked) append_chunk_size(output_, part->size());
        left -= chunked ? 0 : part->size();
        if (!co_await write(output_, *part, chunked ? "\r\n" : "", attempt)) co_return true;
    }
    attempt.why = "The request's body broke off.";
    co_return false;
}

/// False when not everything could be sent, or an answer came meanwhile.
Task<bool> ClientConnection::write(std::string_view first, std::string_view second,
                                   std::string_view third, Attempt& attempt) {
    std::array<std::string_view, 3> parts = {first, second, third};
    std::size_t left = first.size() + second.size() + third.size();
    while (left != 0) {
        const std::array<asio::const_buffer, 3> buffers = {
            asio::buffer(parts[0].data(), parts[0].size()),
            asio::buffer(parts[1].data(), parts[1].size()),
            asio::buffer(parts[2].data(), parts[2].size())};
        boost::system::error_code error;
        std::size_t sent = socket_.write_some(buffers, error);
        if (error && error != asio::error::would_block) co_return false;
        attempt.sent = attempt.sent || sent != 0;
        left -= sent;
        for (std::string_view& part : parts) {
            const std::size_t taken = std::min(sent, part.size());
            part.remove_prefix(taken);
            sent -= taken;
        }
        if (!error) continue;
        const auto [order, unwritable, unreadable] =
            co_await asio::experimental::make_parallel_group(
                socket_.async_wait(Socket::wait_write, asio::deferred),
                socket_.async_wait(Socket::wait_read, asio::deferred))
                .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (expired_ || (order[0] == 1 && !unreadable) || unwritable) co_return false;
    }
    co_return true;
}

}  // namespace waybill::http
