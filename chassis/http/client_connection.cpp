#include "chassis/http/client_connection.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"
#include "chassis/http/client_pool.hpp"
#include "chassis/http/response_body.hpp"

namespace waybill::http {
namespace {

constexpr int interim_responses_max = 8;

/// A body up to this size is read before the response is handed over: it needs no connection then.
constexpr std::uint64_t short_body_bytes_max = 16 * 1024;

}  // namespace

ClientConnection::ClientConnection(ClientPool& pool)
    : pool_(pool),
      socket_(io_executor(pool.loop())),
      input_(pool.options().limits.head.bytes + 2),
      parser_(pool.options().limits.head) {
    pool_.opened();
}

ClientConnection::~ClientConnection() {
    done_waiting();
    pool_.closed(connected_at_);
}

Task<bool> ClientConnection::resolve(std::vector<Tcp::endpoint>& out) {
    const ClientOptions& options = pool_.options();
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options.host, error);
    if (!error) {
        out.emplace_back(address, options.port);
        co_return true;
    }
    asio::ip::basic_resolver<Tcp, IoExecutor> resolver(socket_.get_executor());
    const auto [failed, found] =
        co_await resolver.async_resolve(options.host, std::to_string(options.port),
                                        asio::ip::resolver_base::numeric_service, as_result);
    for (const auto& entry : found) out.push_back(entry.endpoint());
    co_return !failed && !out.empty();
}

Task<Origin> ClientConnection::connect(Deadline deadline) {
    std::vector<Tcp::endpoint> endpoints;
    if (!co_await resolve(endpoints)) co_return Origin::connect_failed;
    const MonoTime limit = pool_.env().monotonic() + pool_.options().limits.connect_time;
    wait_until(Wait::connect, std::min(limit, deadline.at));
    const auto [failed, where] = co_await asio::async_connect(socket_, endpoints, as_result);
    done_waiting();
    if (failed || expired_) co_return Origin::connect_failed;
    boost::system::error_code error;
    socket_.set_option(Tcp::no_delay(true), error);
    if (!error) socket_.non_blocking(true, error);
    if (error) co_return Origin::connect_failed;
    Intake::prepare(socket_.native_handle());
    connected_at_ = pool_.env().monotonic();
    pool_.connected();
    co_return Origin::upstream;
}

void ClientConnection::wait_until(Wait wait, MonoTime at) {
    wait_ = wait;
    expired_ = false;
    pool_.timeouts().set(*this, static_cast<std::uint8_t>(wait), at);
}

void ClientConnection::done_waiting() {
    pool_.timeouts().clear(*this);
}

void ClientConnection::cancel() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void ClientConnection::expired() {
    expired_ = true;
    if (wait_ == Wait::idle)
        pool_.drop_idle(*this);
    else
        cancel();
}

/// No coroutine: each one on a request's way costs.
Task<Reading> ClientConnection::arrival() {
    return read_when_there(socket_, input_.space());
}

Task<bool> ClientConnection::receive() {
    const Reading now = read_now(socket_, input_.space());
    co_return take_in(would_block(now) ? co_await arrival() : now);
}

bool ClientConnection::take_in(const Reading& reading) {
    const auto [error, size] = reading;
    ended_ = error == asio::error::eof;
    if (error) return false;
    input_.commit(size);
    return true;
}

Task<bool> ClientConnection::read_head(Attempt& attempt) {
    for (int interim = 0; interim <= interim_responses_max;) {
        const std::string_view bytes = input_.view();
        const bool begun = attempt.received || !bytes.empty();
        const ParseState state = parser_.feed(bytes, to_head_);
        attempt.received = begun;
        if (state == ParseState::refused) {
            attempt.why = parser_.refusal().reason;
            co_return false;
        }
        if (state == ParseState::complete) {
            if (parser_.head().status >= 200) co_return true;
            if (parser_.head().status == 101) break;
            input_.consume(parser_.size());
            parser_.reset();
            ++interim;
        } else if (!(begun ? co_await receive() : take_in(co_await arrival()))) {
            attempt.why = "The upstream closed the connection without an answer.";
            co_return false;
        }
    }
    attempt.why = "The upstream sent interim responses that nobody asked for.";
    co_return false;
}

std::optional<std::uint64_t> ClientConnection::short_body() const {
    const ResponseHead& head = parser_.head();
    if (head.framing == Framing::none) return 0;
    const bool is_short =
        head.framing == Framing::length && head.content_length <= short_body_bytes_max;
    return is_short ? std::optional(head.content_length) : std::nullopt;
}

bool ClientConnection::has_whole_answer() const {
    const auto size = short_body();
    return size && input_.view().size() >= parser_.size() + *size;
}

Response ClientConnection::take_head() {
    Response response;
    response.status = parser_.head().status;
    response.headers = parser_.headers(input_.view());
    input_.consume(parser_.size());
    return response;
}

Response ClientConnection::take_whole_answer(std::unique_ptr<ClientConnection> self) {
    Response response = self->take_head();
    self->take_body(response);
    self->pool_.give_back(std::move(self));
    return response;
}

void ClientConnection::take_body(Response& response) {
    const auto size = static_cast<std::size_t>(short_body().value_or(0));
    response.body = std::string(input_.view().substr(0, size));
    input_.consume(size);
}

Task<Response> ClientConnection::take_answer(std::unique_ptr<ClientConnection> self,
                                             Deadline deadline) {
    const ResponseHead head = self->parser_.head();
    Response response = self->take_head();
    if (const auto size = self->short_body()) {
        self->wait_until(Wait::exchange, deadline.at);
        while (self->input_.view().size() < *size)
            if (!co_await self->receive()) co_return broken_response(self->expired_);
        self->done_waiting();
        self->take_body(response);
        self->pool_.give_back(std::move(self));
        co_return response;
    }
    const auto size =
        head.framing == Framing::length ? std::optional(head.content_length) : std::nullopt;
    response.body = Body(std::make_unique<ResponseBody>(std::move(self), head), size);
    co_return response;
}

}  // namespace waybill::http
