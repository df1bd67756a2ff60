#include "chassis/runtime/frame_pool.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstring>
#include <thread>
#include <vector>

#include "chassis/runtime/task.hpp"

namespace waybill {
namespace {

/// On a thread of its own, whose pool is empty.
template <class Work>
void on_a_fresh_thread(Work work) {
    std::thread(work).join();
}

TEST(FramePool, KeepsNothingLargerThanItsFrames) {
    on_a_fresh_thread([] {
        constexpr std::size_t size = FramePool::frame_bytes_max + 1;
        FramePool::give(FramePool::take(size), size);
        EXPECT_EQ(FramePool::kept_bytes(), 0U);
    });
}

TEST(FramePool, KeepsNoMoreThanItsLimit) {
    on_a_fresh_thread([] {
        constexpr std::size_t size = FramePool::frame_bytes_max;
        std::vector<void*> frames;
        for (std::size_t i = 0; i < 2 * FramePool::kept_bytes_max / size; ++i)
            frames.push_back(FramePool::take(size));
        for (void* frame : frames) FramePool::give(frame, size);
        EXPECT_EQ(FramePool::kept_bytes(), FramePool::kept_bytes_max);
    });
}

TEST(FramePool, HandsAFrameOutAgainWhateverItsSize) {
    on_a_fresh_thread([] {
        for (std::size_t size = 1; size <= FramePool::frame_bytes_max; size += 61) {
            void* const first = FramePool::take(size);
            std::memset(first, 0x5a, size);
            FramePool::give(first, size);
            void* const second = FramePool::take(size);
            EXPECT_EQ(second, first);
            std::memset(second, 0xa5, size);
            FramePool::give(second, size);
        }
    });
}

TEST(FramePool, TakesAFrameThatAnotherThreadMade) {
    void* frame = nullptr;
    on_a_fresh_thread([&] { frame = FramePool::take(300); });
    on_a_fresh_thread([&] {
        FramePool::give(frame, 300);
        EXPECT_EQ(FramePool::take(300), frame);
        FramePool::give(frame, 300);
    });
}

#ifndef WAYBILL_SANITIZED
Task<void> do_nothing() {
    co_return;
}

TEST(FramePool, HoldsTheFramesOfCoroutinesThatEnded) {
    on_a_fresh_thread([] {
        boost::asio::io_context context;
        boost::asio::co_spawn(context, do_nothing(), boost::asio::detached);
        context.run();
        EXPECT_GT(FramePool::kept_bytes(), 0U);
    });
}
#endif

}  // namespace
}  // namespace waybill
