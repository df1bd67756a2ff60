#include "chassis/http/request_body.hpp"
#include "chassis/http/server_loop.hpp"

namespace waybill::http {
namespace {

/// A rest this small is cheaper to read than a new connection is to open.
constexpr std::uint64_t skipped_bytes_max = 64 * 1024;

Task<Result<std::string_view>> over() {
    co_return fail(Problem::internal_error, "The request is over, and its body with it.");
}

}  // namespace

RequestBody::RequestBody(Connection& connection) : connection_(&connection) {}

RequestBody::~RequestBody() {
    if (connection_ != nullptr) connection_->work_->body.reader = nullptr;
}

Task<Result<std::string_view>> RequestBody::next(Deadline deadline) {
    return connection_ == nullptr ? over() : connection_->read_body(deadline);
}

Task<Result<std::string_view>> Connection::read_body(Deadline deadline) {
    BodyInput& body = work_->body;
    InputBuffer& input = work_->input;
    for (;;) {
        input.consume(std::exchange(body.shown, 0));
        if (body.done) co_return std::string_view();
        const std::string_view bytes = input.view();
        if (body.framing == Framing::length && !bytes.empty()) {
            body.shown = static_cast<std::size_t>(std::min<std::uint64_t>(body.left, bytes.size()));
            body.left -= body.shown;
            body.done = body.left == 0;
            co_return bytes.substr(0, body.shown);
        }
        if (body.framing == Framing::chunked) {
            const ChunkedDecoder::Step step = body.decoder.next(bytes);
            if (step.state == ParseState::refused)
                co_return body_failed(Problem::malformed_request, body.decoder.refusal());
            body.shown = step.consumed;
            body.done = step.state == ParseState::complete;
            body.received += step.data.size();
            if (body.received > home_.shared_.options.limits.body_bytes)
                co_return body_failed(Problem::payload_too_large,
                                      "The body is larger than this server takes.");
            if (!step.data.empty()) co_return step.data;
            if (step.consumed != 0) continue;
        }
        if (!co_await need_more_body(deadline))
            co_return body_failed(Problem::malformed_request,
                                  expired_ ? "The body did not arrive in time."
                                           : "The connection ended in the middle of the body.");
    }
}

Task<bool> Connection::need_more_body(Deadline deadline) {
    if (work_->body.failed || gone_) co_return false;
    if (std::exchange(work_->body.owes_continue, false) &&
        !co_await write(Outgoing("HTTP/1.1 100 Continue\r\n\r\n")))
        co_return false;
    const MonoTime limit = home_.now() + home_.shared_.options.limits.body_time;
    wait_until(Phase::body, std::min(limit, deadline.at));
    const bool arrived = co_await receive();
    done_waiting();
    co_return arrived;
}

tl::unexpected<Error> Connection::body_failed(Problem problem, std::string_view why) {
    work_->body.failed = true;
    home_.probe_.request_refused();
    return fail(problem, std::string(why));
}

bool Connection::body_can_be_skipped() const {
    const BodyInput& body = work_->body;
    return body.done || (!body.failed && !body.owes_continue && body.framing == Framing::length &&
                         body.left <= skipped_bytes_max);
}

Task<bool> Connection::skip_body() {
    BodyInput& body = work_->body;
    const Deadline deadline =
        Deadline::after(home_.now(), home_.shared_.options.limits.linger_time);
    while (!body.done || body.shown != 0) {
        const auto part = co_await read_body(deadline);
        if (!part) co_return false;
    }
    co_return true;
}

}  // namespace waybill::http
