#pragma once
#include <array>
#include <boost/asio.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "chassis/http/intake.hpp"
#include "chassis/runtime/env.hpp"

namespace waybill::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
/// That of the coroutines: where the two types differ, Asio sends every completion through the
/// executor once more.
using IoExecutor = asio::any_io_executor;
using Socket = asio::basic_stream_socket<Tcp, IoExecutor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, IoExecutor>;

/// The loop's executor for sockets. A loop without an io_context (virtual time) has none: a bug.
IoExecutor io_executor(Loop& loop);
/// IPv4 addresses that came as IPv6 are IPv4 again.
asio::ip::address plain_address(asio::ip::address address);

/// What is known about the other side without waiting.
enum class PeerState { quiet, has_bytes, gone };
PeerState look_at_peer(Socket& socket);

/// Reads what is there into `into`, which has room. would_block: nothing yet.
boost::system::error_code read_now(Socket& socket, std::span<char> into, std::size_t& size);

/// Up to three pieces on their way out, sent one behind the other.
class Outgoing {
 public:
    explicit Outgoing(std::string_view first, std::string_view second = {},
                      std::string_view third = {})
        : parts_{first, second, third}, left_(first.size() + second.size() + third.size()) {}
    /// Sends what the socket takes without waiting; false when the connection is broken.
    bool send(Socket& socket);
    std::size_t left() const { return left_; }

 private:
    std::array<std::string_view, 3> parts_;
    std::size_t left_;
};

/// Completes with error and size instead of throwing.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace waybill::http
