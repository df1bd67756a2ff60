#include "chassis/http/problem.hpp"
#include "chassis/http/server_loop.hpp"

namespace waybill::http {
namespace {

/// Below this a body is copied behind the head: one piece is cheaper to send than two.
constexpr std::size_t joined_bytes_max = 8 * 1024;

Delivery delivery_of(const Response& response, bool to_head, bool version_1_0, bool close) {
    Delivery delivery;
    delivery.close = close;
    const bool bodiless = response.status == 204 || response.status == 304;
    const bool says_length = response.headers.get("content-length").has_value();
    // The length that GET would have had may stand without a body: RFC 9110 8.6.
    if (response.status == 304 || (to_head && response.body.empty() && says_length)) {
        delivery.keep_content_length = true;
    } else if (!bodiless && response.body.size()) {
        delivery.framing = Framing::length;
        delivery.content_length = *response.body.size();
    } else if (!bodiless && !to_head) {
        delivery.framing = version_1_0 ? Framing::until_close : Framing::chunked;
        delivery.close = close || version_1_0;
    }
    return delivery;
}

}  // namespace

/// Puts the head into the output, and behind it a body that is short.
Delivery Connection::put_answer(Response& response, Exchange& exchange) {
    std::string& out = work_->output;
    const auto put_head = [&] {
        out.clear();
        const Delivery delivery =
            delivery_of(response, exchange.to_head, exchange.version_1_0, exchange.close);
        const bool fits = response.status >= 200 &&
                          append_response_head(out, response, delivery,
                                               home_.date_.text(home_.shared_.env.now()));
        return std::pair(fits, delivery);
    };
    auto [fits, delivery] = put_head();
    if (!fits) {
        home_.shared_.telemetry.log().error("A handler's response cannot go over the wire");
        response = problem(Error(Problem::internal_error, "The answer could not be sent."), {}, {});
        delivery = put_head().second;
    }
    exchange.close = delivery.close;
    if (exchange.to_head || response.status == 204 || response.status == 304) response.body = {};
    if (!response.body.streamed() && response.body.bytes().size() <= joined_bytes_max) {
        out += response.body.bytes();
        response.body = {};
    }
    return delivery;
}

/// What was promised is sent whole, or the connection is broken off so that the client notices.
Task<bool> Connection::stream(std::unique_ptr<BodySource> source, Delivery delivery) {
    watch(*source);
    std::uint64_t left = delivery.content_length;
    bool whole = false;
    while (!gone_) {
        const auto part = co_await pull(*source);
        if (!part || gone_) break;
        if (part->empty()) {
            whole = delivery.framing != Framing::length || left == 0;
            break;
        }
        work_->output.clear();
        if (delivery.framing == Framing::chunked) append_chunk_size(work_->output, part->size());
        if (delivery.framing == Framing::length && part->size() > left) break;
        left -= delivery.framing == Framing::length ? part->size() : 0;
        const std::string_view end = delivery.framing == Framing::chunked ? "\r\n" : "";
        if (!co_await write(Outgoing(work_->output, *part, end))) break;
    }
    unwatch();
    if (!whole || delivery.framing != Framing::chunked) co_return whole;
    co_return co_await write(Outgoing("0\r\n\r\n"));
}

Task<Result<std::string_view>> Connection::pull(BodySource& source) {
    std::string what;
    try {
        co_return co_await source.next(
            Deadline::after(home_.now(), home_.shared_.options.limits.source_time));
    } catch (const std::exception& failure) {
        what = failure.what();
    } catch (...) {
        what = "of an unknown type";
    }
    home_.shared_.telemetry.log().error("A response's body source threw",
                                        {{"exception.message", what}});
    co_return fail(Problem::internal_error, "The answer could not be read to its end.");
}

Task<bool> Connection::write(Outgoing out) {
    bool waiting = false;
    bool sent = out.send(socket_);
    while (sent && out.left() != 0) {
        const ServerLimits& limits = home_.shared_.options.limits;
        if (!std::exchange(waiting, true))
            wait_in(Phase::write,
                    limits.write_time + std::chrono::seconds(out.left() / limits.write_rate_min));
        const auto [failed] = co_await socket_.async_wait(Socket::wait_write, as_result);
        sent = !failed && !expired_ && out.send(socket_);
    }
    if (waiting) done_waiting();
    co_return sent;
}

/// RFC 9112 9.6: closing with input unread would reset the connection, and the client might never
/// see the answer.
Task<void> Connection::linger() {
    const ServerLimits& limits = home_.shared_.options.limits;
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    wait_in(Phase::linger, limits.linger_time);
    for (std::size_t drained = 0; drained < limits.linger_bytes && !expired_;) {
        work_->input.clear();
        if (!co_await receive()) break;
        drained += work_->input.view().size();
    }
    done_waiting();
}

void Connection::watch(BodySource& source) {
    watched_ = &source;
    noticing_ = true;
    ++outstanding_;
    socket_.async_wait(Socket::wait_read,
                       [this](boost::system::error_code error) { notice(error); });
}

void Connection::unwatch() {
    watched_ = nullptr;
    boost::system::error_code ignored;
    if (noticing_) socket_.cancel(ignored);
}

void Connection::notice(boost::system::error_code error) {
    --outstanding_;
    noticing_ = false;
    if (!error && watched_ != nullptr && look_at_peer(socket_) == PeerState::gone) {
        gone_ = true;
        watched_->cancel();
    }
    release();
}

}  // namespace waybill::http
