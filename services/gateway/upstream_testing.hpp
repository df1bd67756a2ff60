#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chassis/base/json.hpp"
#include "chassis/http/body.hpp"
#include "chassis/http/handler.hpp"
#include "chassis/runtime/async.hpp"

namespace waybill::gateway::testing {

/// An upstream that keeps what it is asked and answers what a test tells it.
class ScriptedUpstream final : public http::Handler, public http::Transport {
 public:
    using Script = std::function<http::Response(const http::Request&)>;
    explicit ScriptedUpstream(Env& env) : env_(env) {}

    Task<http::Response> handle(http::Request request, Deadline deadline) override {
        deadlines.push_back(deadline);
        times.push_back(env_.monotonic());
        auto body = co_await http::read_all(request.body, 1U << 20U, deadline);
        bodies.push_back(body.value_or("unreadable"));
        auto response = script(request);
        requests.push_back(std::move(request));
        if (takes > Duration::zero()) co_await sleep_until(env_, env_.monotonic() + takes);
        co_return response;
    }

    Task<http::Response> send(http::Request& request, Deadline deadline) override {
        return handle(http::copy_to_hand_over(request), deadline);
    }

    Script script = [](const http::Request&) { return http::Response{}; };
    Duration takes{};
    std::vector<http::Request> requests;
    std::vector<std::string> bodies;
    std::vector<Deadline> deadlines;
    std::vector<MonoTime> times;

 private:
    Env& env_;
};

/// A response whose body has been read to its end.
struct Answer {
    std::uint16_t status = 0;
    http::Headers headers;
    std::string body;
    MonoTime at{};

    std::string header(std::string_view name) const {
        return std::string(headers.get(name).value_or(""));
    }
    /// A member of a JSON body: its text.
    std::string member(std::string_view name) const {
        const auto document = json::parse(body);
        return document ? std::string(document->text_at(name)) : "no JSON";
    }
    /// `/problems/<slug>` without its beginning; empty when this is no problem.
    std::string problem() const {
        if (header("Content-Type") != "application/problem+json") return {};
        return member("type").substr(std::string_view("/problems/").size());
    }
};

inline Task<Answer> ask(Env& env, http::Handler& handler, http::Request request) {
    const Deadline deadline = Deadline::after(env.monotonic(), std::chrono::seconds(60));
    auto response = co_await handler.handle(std::move(request), deadline);
    Answer answer;
    answer.status = response.status;
    answer.at = env.monotonic();
    answer.headers = std::move(response.headers);
    auto body = co_await http::read_all(response.body, 64U << 20U, deadline);
    answer.body = body.value_or("unreadable");
    co_return answer;
}

}  // namespace waybill::gateway::testing
