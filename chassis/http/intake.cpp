#include "chassis/http/intake.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>

namespace waybill::http {
namespace {

struct Control {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
};

/// Whether the kernel said that nothing is left, not even the end of the stream (which counts as
/// a byte).
bool says_that_was_all(const msghdr& message) {
    const cmsghdr* told = CMSG_FIRSTHDR(&message);
    if (told == nullptr || told->cmsg_level != SOL_TCP || told->cmsg_type != TCP_CM_INQ)
        return false;
    int left = 0;
    std::memcpy(&left, CMSG_DATA(told), sizeof left);
    return left == 0;
}

}  // namespace

void Intake::prepare(int socket) {
    const int on = 1;
    static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_INQ, &on, sizeof on));
}

Intake::Outcome Intake::read(int socket, boost::asio::mutable_buffer into,
                             boost::system::error_code& error, std::size_t& size) {
    iovec piece{into.data(), into.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    ssize_t got = -1;
    do {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        got = ::recvmsg(socket, &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Outcome::nothing;
    size = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got > 0) {
        error = {};
        return says_that_was_all(message) ? Outcome::all : Outcome::some;
    }
    error = got == 0 ? boost::asio::error::make_error_code(boost::asio::error::eof)
                     : boost::system::error_code(errno, boost::system::system_category());
    return Outcome::all;
}

}  // namespace waybill::http
