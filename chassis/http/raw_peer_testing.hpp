#pragma once
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio.hpp>
#include <string>
#include <string_view>

namespace waybill::http {

/// The other side of a connection in tests: plain blocking calls, each of which gives up after
/// thirty seconds so that a broken test ends.
class RawPeer {
 public:
    using Tcp = boost::asio::ip::tcp;

    static RawPeer connect(std::uint16_t port) {
        RawPeer peer;
        peer.socket_.connect({boost::asio::ip::address_v4::loopback(), port});
        peer.limit_waiting();
        return peer;
    }
    static RawPeer accept(Tcp::acceptor& acceptor) {
        RawPeer peer;
        acceptor.accept(peer.socket_);
        peer.limit_waiting();
        return peer;
    }

    /// False when the other side has closed or reset.
    bool send(std::string_view text) {
        boost::system::error_code error;
        boost::asio::write(socket_, boost::asio::buffer(text.data(), text.size()), error);
        return !error;
    }
    /// What comes until `end` has come; shorter when the connection ends first.
    std::string read_until(std::string_view end) {
        while (held_.find(end) == std::string::npos && read_some()) {
        }
        const std::size_t found = held_.find(end);
        return take(found == std::string::npos ? held_.size() : found + end.size());
    }
    std::string read(std::size_t size) {
        while (held_.size() < size && read_some()) {
        }
        return take(std::min(size, held_.size()));
    }
    /// Everything until the connection ends.
    std::string read_to_end() {
        while (read_some()) {
        }
        return take(held_.size());
    }
    /// A response with a Content-Length: head and body.
    std::string read_response() {
        std::string text = read_until("\r\n\r\n");
        const std::size_t at = text.find("Content-Length: ");
        if (at == std::string::npos) return text;
        return text + read(std::stoul(text.substr(at + 16)));
    }
    void shut_down_sending() { socket_.shutdown(Tcp::socket::shutdown_send); }
    void close() { socket_.close(); }
    /// Closes without an orderly end.
    void reset() {
        socket_.set_option(boost::asio::socket_base::linger(true, 0));
        socket_.close();
    }
    void set_receive_buffer(int bytes) {
        socket_.set_option(boost::asio::socket_base::receive_buffer_size(bytes));
    }

 private:
    RawPeer() : context_(std::make_unique<boost::asio::io_context>()), socket_(*context_) {}
    void limit_waiting() {
        const timeval limit{30, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    bool read_some() {
        char bytes[4096];
        const auto got = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        held_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    std::string take(std::size_t size) {
        std::string text = held_.substr(0, size);
        held_.erase(0, size);
        return text;
    }

    std::unique_ptr<boost::asio::io_context> context_;
    Tcp::socket socket_;
    std::string held_;
};

}  // namespace waybill::http
