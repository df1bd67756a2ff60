#include "chassis/http/server_loop.hpp"

#include <utility>

#include "chassis/base/check.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t spare_workspaces_max = 64;
constexpr Duration retry_time = std::chrono::milliseconds(100);
constexpr int accepts_at_once_max = 16;

constexpr std::string_view turned_away =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Content-Type: application/problem+json\r\n"
    "Content-Length: 106\r\n"
    "Retry-After: 1\r\n"
    "Connection: close\r\n\r\n"
    R"({"type":"/problems/overloaded","title":"Too many connections","status":503,)"
    R"("detail":"Try again shortly."})"
    "\n";

bool is_out_of_resources(const boost::system::error_code& error) {
    return error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
           error == asio::error::no_memory ||
           error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

ServerLoop::ServerLoop(ServerShared& shared, Loop& loop, Acceptor acceptor)
    : shared_(shared),
      loop_(loop),
      executor_(loop.executor()),
      acceptor_(std::move(acceptor)),
      timeouts_(shared.env, loop),
      turn_(shared.env, loop),
      probe_(shared.telemetry.meter()) {}

bool ServerLoop::late() {
    return turn_.look(now()) >= shared_.options.limits.late_time;
}

ServerLoop::~ServerLoop() {
    CHECK(first_ == nullptr && !accepting_);
}

void ServerLoop::accept() {
    accepting_ = true;
    acceptor_.async_wait(Acceptor::wait_read, [this](boost::system::error_code) {
        accepting_ = false;
        take_waiting();
    });
}

/// Several at once: one a turn would keep clients waiting for as long as others are served.
void ServerLoop::take_waiting() {
    if (draining_) {
        check_ended();
        return;
    }
    for (int i = 0; i < accepts_at_once_max; ++i) {
        boost::system::error_code error;
        Socket socket(acceptor_.get_executor());
        acceptor_.accept(socket, peer_, error);
        if (error == asio::error::would_block) break;
        if (is_out_of_resources(error)) {
            retry_ = loop_.start_timer(now() + retry_time, [this] {
                retry_ = 0;
                accept();
            });
            return;
        }
        if (!error) take(std::move(socket));
    }
    accept();
}

void ServerLoop::take(Socket socket) {
    const asio::ip::address client = plain_address(peer_.address());
    if (!admit(socket, client)) return;
    auto* connection = new Connection(*this, std::move(socket), client, peer_.port());
    add(*connection);
    connection->wait();
}

bool ServerLoop::admit(Socket& socket, const asio::ip::address& client) {
    boost::system::error_code error;
    socket.non_blocking(true, error);
    if (error) return false;
    Intake::prepare(socket.native_handle());
    if (shared_.clients.enter(client)) return true;
    probe_.connection_turned_away();
    socket.write_some(asio::buffer(turned_away.data(), turned_away.size()), error);
    return false;
}

void ServerLoop::stop_accepting() {
    draining_ = true;
    loop_.cancel_timer(retry_);
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

void ServerLoop::drain(Callback ended) {
    stop_accepting();
    ended_.push_back(std::move(ended));
    for (Connection* each = first_; each != nullptr; each = each->after_) each->drain();
    check_ended();
}

void ServerLoop::cut(Callback ended) {
    stop_accepting();
    ended_.push_back(std::move(ended));
    for (Connection* each = first_; each != nullptr; each = each->after_) each->cut();
    check_ended();
}

void ServerLoop::add(Connection& connection) {
    probe_.connection_opened();
    connection.after_ = first_;
    if (first_ != nullptr) first_->before_ = &connection;
    first_ = &connection;
}

void ServerLoop::remove(Connection& connection) {
    timeouts_.clear(connection);
    shared_.clients.leave(connection.client_);
    probe_.connection_closed();
    (connection.before_ == nullptr ? first_ : connection.before_->after_) = connection.after_;
    if (connection.after_ != nullptr) connection.after_->before_ = connection.before_;
    delete &connection;
    check_ended();
}

/// The last callback may let the server be destroyed on another thread.
void ServerLoop::check_ended() {
    if (!draining_ || accepting_ || first_ != nullptr) return;
    spare_.clear();
    timeouts_.stop();
    auto callbacks = std::exchange(ended_, {});
    for (Callback& callback : callbacks) callback();
}

std::unique_ptr<Workspace> ServerLoop::borrow() {
    if (spare_.empty()) return std::make_unique<Workspace>(shared_.options.limits.head);
    auto workspace = std::move(spare_.back());
    spare_.pop_back();
    return workspace;
}

void ServerLoop::give_back(std::unique_ptr<Workspace> workspace) {
    if (workspace == nullptr || spare_.size() >= spare_workspaces_max) return;
    workspace->input.clear();
    if (workspace->output.capacity() > 64 * 1024) workspace->output = std::string();
    spare_.push_back(std::move(workspace));
}

}  // namespace waybill::http
