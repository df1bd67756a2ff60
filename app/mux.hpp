#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "chassis/http/handler.hpp"
#include "chassis/http/routes.hpp"

namespace waybill::app {

/// The door of a process without a gateway: hands each request to the service whose route it is.
class Mux final : public http::Handler {
 public:
    struct Part {
        const http::Routes* routes;
        http::Handler* handler;
    };
    /// `parts` must not be empty; the first also answers what no route matches.
    explicit Mux(const std::vector<Part>& parts);
    Task<http::Response> handle(http::Request request, Deadline deadline) override;

 private:
    std::map<const http::Route*, http::Handler*> handlers_;
    std::vector<const http::Route*> routes_;  ///< in the order of the parts
    http::Handler* otherwise_;
    std::unique_ptr<http::RouteIndex> index_;
};

/// What the listener calls before and after everything stands: 503 until open() was called, and
/// again after close().
class Front final : public http::Handler {
 public:
    void open(http::Handler& handler) { handler_.store(&handler, std::memory_order_release); }
    Task<http::Response> handle(http::Request request, Deadline deadline) override;

 private:
    static Task<http::Response> starting(http::Request request);
    std::atomic<http::Handler*> handler_{nullptr};
};

}  // namespace waybill::app
