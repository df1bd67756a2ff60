#include "tests/simulation/fiber.hpp"

#include <sys/mman.h>

#include <utility>

#include "chassis/base/check.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WAYBILL_FIBERS_UNDER_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif
#endif

namespace waybill::simulation {
namespace {

// The deepest are SQLite's parser under the address sanitizer: 60 KiB.
constexpr std::size_t stack_bytes = std::size_t{256} << 10U;
constexpr std::size_t guard_bytes = std::size_t{16} << 10U;

Fiber* running_fiber = nullptr;

#ifdef WAYBILL_FIBERS_UNDER_ASAN
void begin_switch(void** save, const void* bottom, std::size_t size) {
    __sanitizer_start_switch_fiber(save, bottom, size);
}
void end_switch(void* saved, const void** bottom, std::size_t* size) {
    __sanitizer_finish_switch_fiber(saved, bottom, size);
}
#else
void begin_switch(void**, const void*, std::size_t) {}
void end_switch(void*, const void**, std::size_t*) {}
#endif

}  // namespace

Fiber::Fiber() {
    void* pages = ::mmap(nullptr, guard_bytes + stack_bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(pages != MAP_FAILED);
    CHECK(::mprotect(pages, guard_bytes, PROT_NONE) == 0);
    stack_ = static_cast<std::byte*>(pages);
}

Fiber::~Fiber() {
    CHECK(!active_);
    ::munmap(stack_, guard_bytes + stack_bytes);
}

Fiber* Fiber::current() {
    return running_fiber;
}

void Fiber::start(std::function<void()> body) {
    CHECK(!active_);
    body_ = std::move(body);
    CHECK(::getcontext(&own_) == 0);
    own_.uc_stack.ss_sp = stack_ + guard_bytes;
    own_.uc_stack.ss_size = stack_bytes;
    own_.uc_link = nullptr;
    ::makecontext(&own_, &Fiber::enter, 0);
    active_ = true;
    own_fake_stack_ = nullptr;
    switch_in();
}

void Fiber::resume() {
    CHECK(active_);
    switch_in();
}

void Fiber::suspend() {
    CHECK(running_fiber != nullptr);
    running_fiber->switch_out(false);
}

void Fiber::switch_in() {
    outer_ = running_fiber;
    running_fiber = this;
    begin_switch(&caller_fake_stack_, stack_ + guard_bytes, stack_bytes);
    CHECK(::swapcontext(&caller_, &own_) == 0);
    end_switch(caller_fake_stack_, nullptr, nullptr);
}

void Fiber::switch_out(bool for_good) {
    running_fiber = outer_;
    begin_switch(for_good ? nullptr : &own_fake_stack_, caller_bottom_, caller_size_);
    CHECK(::swapcontext(&own_, &caller_) == 0);
    end_switch(own_fake_stack_, &caller_bottom_, &caller_size_);
}

void Fiber::enter() {
    Fiber& self = *running_fiber;
    end_switch(nullptr, &self.caller_bottom_, &self.caller_size_);
    std::exchange(self.body_, nullptr)();
    self.active_ = false;
    self.switch_out(true);
}

}  // namespace waybill::simulation
