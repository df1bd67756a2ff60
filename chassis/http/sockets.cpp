#include "chassis/http/sockets.hpp"

#include <algorithm>

#include "chassis/base/check.hpp"

namespace waybill::http {

IoExecutor io_executor(Loop& loop) {
    IoExecutor executor = loop.executor();
    CHECK(executor.target<asio::io_context::executor_type>() != nullptr);
    return executor;
}

asio::ip::address plain_address(asio::ip::address address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

PeerState look_at_peer(Socket& socket) {
    char byte = 0;
    boost::system::error_code error;
    socket.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
    if (!error) return PeerState::has_bytes;
    const bool quiet = error == asio::error::would_block || error == asio::error::try_again;
    return quiet ? PeerState::quiet : PeerState::gone;
}

Reading read_now(Socket& socket, std::span<char> into) {
    CHECK(!into.empty());
    boost::system::error_code error;
    const std::size_t size = socket.read_some(asio::buffer(into.data(), into.size()), error);
    return {error, size};
}

Task<Reading> read_when_there(Socket& socket, std::span<char> into) {
    CHECK(!into.empty());
    return socket.async_read_some(Intake(into), as_result);
}

bool Outgoing::send(Socket& socket) {
    while (left_ != 0) {
        boost::system::error_code error;
        std::size_t sent = 0;
        if (left_ == parts_.front().size())
            sent = socket.write_some(asio::buffer(parts_.front()), error);
        else
            sent = socket.write_some(std::array{asio::buffer(parts_[0]), asio::buffer(parts_[1]),
                                                asio::buffer(parts_[2])},
                                     error);
        left_ -= sent;
        for (std::string_view& part : parts_) {
            const std::size_t taken = std::min(sent, part.size());
            part.remove_prefix(taken);
            sent -= taken;
        }
        if (error) return error == asio::error::would_block;
    }
    return true;
}

}  // namespace waybill::http
