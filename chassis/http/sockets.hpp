#pragma once
#include <array>
#include <boost/asio.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>

#include "chassis/http/intake.hpp"
#include "chassis/runtime/env.hpp"
#include "chassis/runtime/task.hpp"

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

/// Why nothing was read, or how much was.
using Reading = std::tuple<boost::system::error_code, std::size_t>;

/// Reads what is there into `into`, which has room.
Reading read_now(Socket& socket, std::span<char> into);
/// Nothing was there.
inline bool would_block(const Reading& reading) {
    return std::get<0>(reading) == asio::error::would_block;
}
/// Reads as soon as something is there. For the first bytes of a message: see Intake.
Task<Reading> read_when_there(Socket& socket, std::span<char> into);

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
