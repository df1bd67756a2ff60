#include "tests/bounds/heap_meter.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local constinit std::size_t live = 0;
thread_local constinit std::size_t peak = 0;

void* counted_new(std::size_t size, std::size_t alignment) {
    void* memory = nullptr;
    if (posix_memalign(&memory, std::max(alignment, sizeof(void*)), size != 0 ? size : 1) != 0)
        throw std::bad_alloc();
    live += malloc_usable_size(memory);
    peak = std::max(peak, live);
    return memory;
}

/// What another thread made counts for nothing here.
void counted_delete(void* memory) noexcept {
    if (memory == nullptr) return;
    live -= std::min(live, malloc_usable_size(memory));
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted_new(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
    return counted_new(size, alignof(std::max_align_t));
}
// What memory resources call.
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted_new(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::align_val_t) noexcept {
    counted_delete(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    counted_delete(memory);
}
void operator delete(void* memory) noexcept {
    counted_delete(memory);
}
void operator delete[](void* memory) noexcept {
    counted_delete(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    counted_delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    counted_delete(memory);
}

namespace waybill::bounds {

std::size_t heap_bytes() {
    return live;
}
std::size_t heap_peak() {
    return peak;
}
void restart_peak() {
    peak = live;
}

}  // namespace waybill::bounds
