#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>

namespace waybill {

/// Memory of coroutine frames, kept by the thread that freed it for the next frame of that size:
/// a request nests a dozen frames, of up to some 2 KiB. Holds at most kept_bytes_max a thread.
class FramePool {
 public:
    static constexpr std::size_t kept_bytes_max = std::size_t{512} * 1024;
    static constexpr std::size_t frame_bytes_max = 4096;  ///< larger ones are not kept

    static void* take(std::size_t size);
    static void give(void* frame, std::size_t size) noexcept;
    /// What the calling thread holds.
    static std::size_t kept_bytes();
};

}  // namespace waybill

// Sanitizers would not see the use of a frame that is kept.
#ifndef WAYBILL_SANITIZED
namespace boost::asio::detail {

// Asio's own cache holds no frame above 1,020 bytes, and gives up one that it holds whenever a
// frame does not fit: one large frame in a chain sends all of them to the heap.
template <>
inline void* thread_info_base::allocate(awaitable_frame_tag, thread_info_base*, std::size_t size,
                                        std::size_t) {
    return waybill::FramePool::take(size);
}
template <>
inline void thread_info_base::deallocate(awaitable_frame_tag, thread_info_base*, void* frame,
                                         std::size_t size) {
    waybill::FramePool::give(frame, size);
}

}  // namespace boost::asio::detail
#endif
