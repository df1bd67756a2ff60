#include "chassis/base/json_writer.hpp"
#include "chassis/http/path.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/http/request_body.hpp"
#include "chassis/http/server_loop.hpp"

namespace waybill::http {
namespace {

/// A problem of its own type where there is one, else described by its status alone.
Response refusal_response(const Refusal& refusal) {
    if (refusal.status == 400)
        return problem(Error(Problem::malformed_request, std::string(refusal.reason)), {}, {});
    if (refusal.status == 413)
        return problem(Error(Problem::payload_too_large, std::string(refusal.reason)), {}, {});
    std::string text;
    json::Writer out(text);
    out.begin_object();
    out.plain_key("type").string("about:blank");
    out.plain_key("title").string(reason_phrase(refusal.status));
    out.plain_key("status").number(static_cast<std::int64_t>(refusal.status));
    out.plain_key("detail").string(refusal.reason);
    out.end_object();
    Response response;
    response.status = refusal.status;
    response.headers.add("Content-Type", "application/problem+json");
    response.body = std::move(text);
    return response;
}

}  // namespace

Task<Connection::After> Connection::serve() {
    const RequestHead& head = work_->parser.head();
    Exchange exchange{head.method == "HEAD", head.version_1_0, !head.keep_alive};
    Request request;
    if (const Refusal refusal = prepare(request); refusal.status != 0)
        co_return co_await refuse(refusal);
    if (home_.late() && abandoned()) {
        home_.probe_.request_abandoned();
        co_return After::close;
    }
    const std::size_t kind = home_.probe_.request_started(request.method);
    Response response = co_await ask(std::move(request));
    exchange.close = exchange.close || closing() || !body_can_be_skipped();
    const Delivery delivery = put_answer(response, exchange);
    Outgoing out(work_->output, response.body.bytes());
    bool sent = out.send(socket_);
    if (sent && out.left() != 0) sent = co_await write(out);
    if (sent && response.body.streamed())
        sent = co_await stream(response.body.take_source(), delivery);
    home_.probe_.request_ended(kind);
    BodyInput& body = work_->body;
    if (body.reader != nullptr) body.reader->connection_ = nullptr;
    body.reader = nullptr;
    if (!sent) co_return After::close;
    const bool over = body.done && body.shown == 0;
    if (!exchange.close && (over || co_await skip_body())) co_return After::keep;
    work_->input.consume(std::exchange(body.shown, 0));
    co_return body.done && work_->input.view().empty() ? After::close : After::linger;
}

/// Work for clients that have given up keeps the others waiting until they give up too.
bool Connection::abandoned() {
    return work_->body.done && work_->input.view().empty() &&
           look_at_peer(socket_) == PeerState::gone;
}

/// An exception that leaves the handler is a bug there, and an answer here.
Task<Response> Connection::ask(Request request) {
    ServerShared& shared = home_.shared_;
    std::string path = request.path;
    const TraceContext trace = request.trace;
    std::string what;
    try {
        co_return co_await shared.handler.handle(
            std::move(request), Deadline::after(home_.now(), shared.options.default_deadline));
    } catch (const std::exception& failure) {
        what = failure.what();
    } catch (...) {
        what = "of an unknown type";
    }
    shared.telemetry.log().error("A request handler threw", {{"exception.message", what}}, trace);
    co_return problem(Error(Problem::internal_error, "The request could not be handled."), path,
                      trace);
}

/// Takes the head off the input.
Refusal Connection::prepare(Request& request) {
    const RequestHead head = work_->parser.head();
    if (head.framing == Framing::length &&
        head.content_length > home_.shared_.options.limits.body_bytes)
        return {413, "The body is larger than this server takes."};
    if (head.path == "*")
        request.path = "*";
    else if (!normalise_path(head.path, request.path))
        return {400, "The path is malformed, ambiguous, or leads above the root."};
    request.method = head.method;
    request.query = head.query;
    request.headers = work_->parser.headers(work_->input.view());
    request.peer_address = work_->peer_address;
    request.peer_port = port_;
    work_->input.consume(work_->parser.size());
    prepare_body(request, head.framing, head.content_length);
    work_->body.owes_continue =
        !work_->body.done && head.expects_continue && work_->input.view().empty();
    return {};
}

/// A body that is here already is handed over whole; one that is still coming is pulled.
void Connection::prepare_body(Request& request, Framing framing, std::uint64_t length) {
    BodyInput& body = work_->body;
    body = {};
    if (framing == Framing::none || (framing == Framing::length && length == 0)) return;
    const std::string_view bytes = work_->input.view();
    if (framing == Framing::length && bytes.size() >= length) {
        request.body = std::string(bytes.substr(0, static_cast<std::size_t>(length)));
        work_->input.consume(static_cast<std::size_t>(length));
        return;
    }
    body.framing = framing;
    body.left = length;
    body.done = false;
    auto reader = std::make_unique<RequestBody>(*this);
    body.reader = reader.get();
    request.body =
        Body(std::move(reader),
             framing == Framing::length ? std::optional<std::uint64_t>(length) : std::nullopt);
}

Task<Connection::After> Connection::refuse(Refusal refusal) {
    home_.probe_.request_refused();
    Exchange exchange{false, false, true};
    Response response = refusal_response(refusal);
    put_answer(response, exchange);
    const bool sent = co_await write(Outgoing(work_->output));
    co_return sent ? After::linger : After::close;
}

}  // namespace waybill::http
