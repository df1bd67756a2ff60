#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <vector>

#include "chassis/runtime/callback.hpp"

namespace waybill {

/// Runs callbacks behind all sockets that the kernel holds ready. epoll hands descriptors out in
/// the order in which they became ready, some at a time: an eventfd that is written now comes after
/// them, while a handler that is posted overtakes those not handed out yet. On one loop's thread.
class LastInLine {
 public:
    explicit LastInLine(boost::asio::io_context& context);

    void post(Callback callback);

 private:
    void wait();

    boost::asio::posix::stream_descriptor event_;
    std::vector<Callback> callbacks_;
};

}  // namespace waybill
