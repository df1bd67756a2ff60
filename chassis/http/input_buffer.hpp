#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace waybill::http {

/// Bytes received and not yet used: a fixed array, filled at the back and used at the front.
class InputBuffer {
 public:
    explicit InputBuffer(std::size_t capacity)
        : bytes_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

    std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
    void consume(std::size_t size) {
        begin_ += size;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    /// Where the next bytes go; empty when full. May move what view() shows.
    std::span<char> space() {
        if (begin_ > 0 && capacity_ - end_ < capacity_ / 4) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        return {bytes_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t size) { end_ += size; }
    void clear() { begin_ = end_ = 0; }

 private:
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace waybill::http
