#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace waybill::telemetry {

/// A bounded queue of records of any size between one writing and one reading thread. Memory is
/// taken at construction; its pages become resident as they are first written.
class Ring {
 public:
    /// `capacity` is a power of two, or 0: then nothing ever fits.
    explicit Ring(std::size_t capacity)
        : memory_(capacity == 0 ? nullptr : new char[capacity]), capacity_(capacity) {}

    std::size_t capacity() const { return capacity_; }
    /// Bytes waiting. From any thread; may be a moment old.
    std::size_t used() const {
        const auto tail = tail_.load(std::memory_order_relaxed);
        return static_cast<std::size_t>(head_.load(std::memory_order_relaxed) - tail);
    }

    /// Writer: memory for a record, or nullptr when it is full. commit() with the same size hands
    /// the record over.
    char* reserve(std::size_t size) {
        const std::uint64_t head = head_.load(std::memory_order_relaxed);
        const std::size_t at = head & (capacity_ - 1);
        const std::size_t need = framed(size);
        const std::size_t skip = capacity_ - at < need ? capacity_ - at : 0;
        if (head + skip + need - tail_seen_ > capacity_) {
            tail_seen_ = tail_.load(std::memory_order_acquire);
            if (head + skip + need - tail_seen_ > capacity_) return nullptr;
        }
        if (skip != 0) put_size(at, skipped);
        pending_ = head + skip;
        put_size(pending_ & (capacity_ - 1), static_cast<std::uint32_t>(size));
        return memory_.get() + (pending_ & (capacity_ - 1)) + sizeof(std::uint32_t) * 2;
    }
    void commit(std::size_t size) {
        const std::uint64_t head = pending_ + framed(size);
        head_.store(head, std::memory_order_release);
        fetch_ahead(head);
    }
    /// Writer: more than half of it waits.
    bool filling() {
        const std::uint64_t head = head_.load(std::memory_order_relaxed);
        if (head - tail_seen_ <= capacity_ / 2) return false;
        // What was seen last may be long read: waking the reader for every record costs more than
        // the record.
        tail_seen_ = tail_.load(std::memory_order_acquire);
        return head - tail_seen_ > capacity_ / 2;
    }

    /// Reader: the oldest record, valid until pop(); empty when none waits.
    std::string_view front() {
        std::uint64_t tail = tail_.load(std::memory_order_relaxed);
        if (tail == head_.load(std::memory_order_acquire)) return {};
        std::uint32_t size = get_size(tail & (capacity_ - 1));
        if (size == skipped) {
            tail += capacity_ - (tail & (capacity_ - 1));
            tail_.store(tail, std::memory_order_release);
            size = get_size(0);
        }
        return {memory_.get() + (tail & (capacity_ - 1)) + sizeof(std::uint32_t) * 2, size};
    }
    void pop(std::size_t size) {
        tail_.store(tail_.load(std::memory_order_relaxed) + framed(size),
                    std::memory_order_release);
    }

 private:
    static constexpr std::uint32_t skipped = ~std::uint32_t{0};
    static constexpr std::uint64_t line_bytes = 64;
    static constexpr std::uint64_t ahead_bytes = 3072;  ///< some six spans
    static constexpr std::size_t lines_ahead = 12;      ///< more than a span takes
    /// Memory that is written soon was last read by the other thread: it is the writer's own again
    /// by the time that a record comes to lie there. Always as many lines, for a number that varies
    /// is a branch that the processor guesses wrong.
    void fetch_ahead(std::uint64_t head) const {
        for (std::size_t i = 0; i < lines_ahead; ++i)
            fetch_to_write(memory_.get() +
                           ((head + ahead_bytes + i * line_bytes) & (capacity_ - 1)));
    }
    /// The builtin alone fetches for reading, and leaves the line shared, unless the compiler may
    /// take more than every x86-64 has. Those that do not know the instruction ignore it.
    static void fetch_to_write(char* line) {
#if defined(__x86_64__)
        asm volatile("prefetchw %0" : : "m"(*line));
#else
        __builtin_prefetch(line, 1);
#endif
    }
    static constexpr std::size_t framed(std::size_t size) { return (size + 8 + 7) & ~7UL; }
    void put_size(std::size_t at, std::uint32_t size) {
        std::memcpy(memory_.get() + at, &size, sizeof size);
    }
    std::uint32_t get_size(std::size_t at) const {
        std::uint32_t size = 0;
        std::memcpy(&size, memory_.get() + at, sizeof size);
        return size;
    }

    std::unique_ptr<char[]> memory_;
    std::size_t capacity_;
    alignas(64) std::atomic<std::uint64_t> head_{0};
    std::uint64_t tail_seen_ = 0;
    std::uint64_t pending_ = 0;
    alignas(64) std::atomic<std::uint64_t> tail_{0};
};

}  // namespace waybill::telemetry
