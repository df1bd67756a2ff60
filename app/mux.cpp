#include "app/mux.hpp"

#include "chassis/base/check.hpp"
#include "chassis/http/problem.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::app {

Mux::Mux(const std::vector<Part>& parts) {
    CHECK(!parts.empty());
    otherwise_ = parts.front().handler;
    for (const auto& part : parts)
        for (const auto& route : part.routes->all()) {
            routes_.push_back(&route);
            handlers_.emplace(&route, part.handler);
        }
    index_ = std::make_unique<http::RouteIndex>(routes_);
}

Task<http::Response> Mux::handle(http::Request request, Deadline deadline) {
    const bool head = request.method == "HEAD";
    const auto match = index_->find(head ? "GET" : request.method, request.path);
    if (match.route != nullptr)
        return handlers_.at(match.route)->handle(std::move(request), deadline);
    // A service that has the path with other methods answers 405 itself.
    for (const http::Route* route : routes_)
        if (!match.allow.empty() && match.allow.find(route->method) != std::string::npos) {
            const auto own = index_->find(route->method, request.path);
            if (own.route == route)
                return handlers_.at(route)->handle(std::move(request), deadline);
        }
    return otherwise_->handle(std::move(request), deadline);
}

Task<http::Response> Front::handle(http::Request request, Deadline deadline) {
    auto* const handler = handler_.load(std::memory_order_acquire);
    return handler != nullptr ? handler->handle(std::move(request), deadline)
                              : starting(std::move(request));
}

Task<http::Response> Front::starting(http::Request request) {
    Error error(Problem::unavailable, "the process is starting");
    error.retry_after = std::chrono::seconds(1);
    co_return http::problem(error, request.path, request.trace);
}

}  // namespace waybill::app
