#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/base/time.hpp"
#include "chassis/runtime/task_fwd.hpp"

namespace waybill::http {

/// A body that is pulled chunk by chunk: the reader's pace is the back-pressure.
class BodySource {
 public:
    virtual ~BodySource() = default;  ///< gives up what was not read
    /// The next bytes, valid until the next call; empty at the end. After an error or the end it
    /// is not called again.
    virtual Task<Result<std::string_view>> next(Deadline) = 0;
    /// Whoever the bytes are for has gone: a next() that waits ends soon, with whatever result.
    /// Called on the loop that reads; a source whose wait is short by nature may ignore it.
    virtual void cancel() {}
};

/// Nothing, bytes at hand, or a source of them.
class Body {
 public:
    Body() = default;
    Body(std::string bytes) : bytes_(std::move(bytes)) {}
    /// `size` when known before: then Content-Length, else chunked.
    Body(std::unique_ptr<BodySource> source, std::optional<std::uint64_t> size = {})
        : source_(std::move(source)), size_(size) {}

    bool streamed() const { return source_ != nullptr; }
    bool empty() const { return !source_ && bytes_.empty(); }
    const std::string& bytes() const { return bytes_; }
    std::string take_bytes() { return std::move(bytes_); }
    BodySource& source() { return *source_; }
    std::unique_ptr<BodySource> take_source() { return std::move(source_); }
    std::optional<std::uint64_t> size() const {
        return source_ ? size_ : std::optional<std::uint64_t>(bytes_.size());
    }

 private:
    std::string bytes_;
    std::unique_ptr<BodySource> source_;
    std::optional<std::uint64_t> size_;
};

/// Everything of `body`; 413 above `bytes_max`.
Task<Result<std::string>> read_all(Body& body, std::size_t bytes_max, Deadline deadline);

}  // namespace waybill::http
