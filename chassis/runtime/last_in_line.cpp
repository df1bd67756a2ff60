#include "chassis/runtime/last_in_line.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "chassis/base/check.hpp"

namespace waybill {

LastInLine::LastInLine(boost::asio::io_context& context) : event_(context) {
    const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(descriptor >= 0);
    event_.assign(descriptor);
}

void LastInLine::post(Callback callback) {
    callbacks_.push_back(std::move(callback));
    if (callbacks_.size() > 1) return;
    wait();
    const std::uint64_t one = 1;
    CHECK(::write(event_.native_handle(), &one, sizeof one) == sizeof one);
}

void LastInLine::wait() {
    event_.async_wait(event_.wait_read, [this](boost::system::error_code error) {
        if (error) return;
        std::uint64_t count = 0;
        CHECK(::read(event_.native_handle(), &count, sizeof count) == sizeof count);
        for (Callback& callback : std::exchange(callbacks_, {})) callback();
    });
}

}  // namespace waybill
