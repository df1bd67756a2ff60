#include "chassis/http/response_body.hpp"

#include <algorithm>
#include <utility>

#include "chassis/http/client_pool.hpp"
#include "chassis/http/problem.hpp"

namespace waybill::http {

ResponseBody::~ResponseBody() {
    if (connection_ != nullptr && done_) finish();
}

void ResponseBody::cancel() {
    if (connection_ != nullptr) connection_->cancel();
}

void ResponseBody::finish() {
    connection_->input().consume(std::exchange(shown_, 0));
    ClientPool& pool = connection_->pool();
    pool.give_back(std::move(connection_));
    connection_.reset();
}

tl::unexpected<Error> ResponseBody::broken(std::string_view why, Problem problem) {
    connection_.reset();
    return fail(problem, std::string(why));
}

/// The next bytes of what has arrived; empty when more is needed or it is done.
Result<std::string_view> ResponseBody::take() {
    InputBuffer& input = connection_->input();
    for (;;) {
        input.consume(std::exchange(shown_, 0));
        const std::string_view bytes = input.view();
        if (framing_ == Framing::until_close) {
            shown_ = bytes.size();
            return bytes;
        }
        if (framing_ == Framing::length) {
            shown_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
            left_ -= shown_;
            done_ = left_ == 0;
            return bytes.substr(0, shown_);
        }
        const ChunkedDecoder::Step step = decoder_.next(bytes);
        if (step.state == ParseState::refused) return broken(decoder_.refusal());
        shown_ = step.consumed;
        done_ = step.state == ParseState::complete;
        if (done_ || step.consumed == 0 || !step.data.empty()) return step.data;
    }
}

Task<Result<std::string_view>> ResponseBody::next(Deadline deadline) {
    while (connection_ != nullptr) {
        if (done_) break;
        auto part = take();
        if (!part || !part->empty()) co_return part;
        if (done_) break;
        const MonoTime limit =
            connection_->pool().env().monotonic() + connection_->pool().options().limits.stall_time;
        connection_->wait_until(ClientConnection::Wait::exchange, std::min(limit, deadline.at));
        const bool arrived = co_await connection_->receive();
        connection_->done_waiting();
        if (arrived) continue;
        if (connection_->has_expired())
            co_return broken("The upstream stopped in the middle of its answer.",
                             Problem::gateway_timeout);
        if (framing_ != Framing::until_close || !connection_->ended())
            co_return broken("The upstream broke off in the middle of its answer.");
        done_ = true;
    }
    if (connection_ != nullptr) finish();
    co_return std::string_view();
}

Response broken_response(bool late) {
    Response response =
        late ? problem(Error(Problem::gateway_timeout, "The upstream did not answer in time."), {},
                       {})
             : problem(Error(Problem::bad_gateway,
                             "The upstream broke off in the middle of its answer."),
                       {}, {});
    response.origin = late ? Origin::timed_out : Origin::protocol_error;
    return response;
}

}  // namespace waybill::http
