#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/reactive_socket_recv_op.hpp>
#include <cstddef>
#include <span>

namespace waybill::http {

/// Where a read from a socket goes. Asio tries each read at once, mostly in vain: the message that
/// was just read was all there is. A read into an Intake finds out whether it left anything behind
/// (more bytes, or the peer's end), and only then is the next one tried before epoll reports the
/// socket again.
///
/// A reset that came together with bytes is no such rest: within a message, read without waiting
/// first.
class Intake : public boost::asio::mutable_buffer {
 public:
    explicit Intake(std::span<char> space) : mutable_buffer(space.data(), space.size()) {}

    /// Lets `socket` tell about what is left; without it, each read is tried at once.
    static void prepare(int socket);

    enum class Outcome { nothing, some, all };
    /// Reads without waiting. nothing: later; some and all: `error` and `size` tell what came.
    static Outcome read(int socket, boost::asio::mutable_buffer into,
                        boost::system::error_code& error, std::size_t& size);
};

}  // namespace waybill::http

namespace boost::asio::detail {

template <>
class reactive_socket_recv_op_base<waybill::http::Intake> : public reactor_op {
 public:
    reactive_socket_recv_op_base(const boost::system::error_code& success, socket_type socket,
                                 socket_ops::state_type, const waybill::http::Intake& into,
                                 socket_base::message_flags, func_type complete)
        : reactor_op(success, &reactive_socket_recv_op_base::do_perform, complete),
          socket_(socket),
          into_(into) {}

    static status do_perform(reactor_op* base) {
        using Outcome = waybill::http::Intake::Outcome;
        auto* op = static_cast<reactive_socket_recv_op_base*>(base);
        switch (
            waybill::http::Intake::read(op->socket_, op->into_, op->ec_, op->bytes_transferred_)) {
            case Outcome::nothing:
                return not_done;
            case Outcome::some:
                return done;
            case Outcome::all:
                break;
        }
        return done_and_exhausted;
    }

 private:
    socket_type socket_;
    mutable_buffer into_;
};

}  // namespace boost::asio::detail
