#include "chassis/runtime/frame_pool.hpp"

#include <array>
#include <new>
#include <utility>

namespace waybill {
namespace {

constexpr std::size_t class_bytes = 128;
constexpr std::size_t classes = FramePool::frame_bytes_max / class_bytes;

struct FreeFrame {
    FreeFrame* next;
};

/// Trivial to destroy: frames may still be freed while the thread's other objects are destroyed.
struct FreeFrames {
    std::array<FreeFrame*, classes> first;
    std::size_t bytes;
    bool closed;
};
thread_local constinit FreeFrames mine{};

/// Gives all of it back when the thread ends.
struct Closer {
    ~Closer() {
        mine.closed = true;
        for (FreeFrame*& first : mine.first)
            while (first != nullptr) ::operator delete(std::exchange(first, first->next));
    }
};

std::size_t class_of(std::size_t size) {
    return (size - 1) / class_bytes;
}

bool may_keep(std::size_t bytes) {
    thread_local const Closer closer;
    return !mine.closed && mine.bytes + bytes <= FramePool::kept_bytes_max;
}

}  // namespace

void* FramePool::take(std::size_t size) {
    const std::size_t index = class_of(size);
    if (index >= classes) return ::operator new(size);
    const std::size_t bytes = (index + 1) * class_bytes;
    FreeFrame* const free = mine.first[index];
    if (free == nullptr) return ::operator new(bytes);
    mine.first[index] = free->next;
    mine.bytes -= bytes;
    return free;
}

void FramePool::give(void* frame, std::size_t size) noexcept {
    const std::size_t index = class_of(size);
    const std::size_t bytes = (index + 1) * class_bytes;
    if (index >= classes || !may_keep(bytes)) {
        ::operator delete(frame);
        return;
    }
    mine.first[index] = ::new (frame) FreeFrame{mine.first[index]};
    mine.bytes += bytes;
}

std::size_t FramePool::kept_bytes() {
    return mine.bytes;
}

}  // namespace waybill
