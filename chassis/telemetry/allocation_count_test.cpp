#include "chassis/telemetry/allocation_count.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local constinit std::size_t count = 0;

}  // namespace

#ifndef WAYBILL_THREAD_SANITIZER
namespace {

void* counted(std::size_t size) {
    ++count;
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

namespace waybill::telemetry::testing {

std::size_t allocations() {
    return count;
}

}  // namespace waybill::telemetry::testing
