#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/http/head_lines.hpp"

namespace waybill::http {

/// Reads a chunked body (RFC 9112 7.1) strictly, as bytes arrive. Sizes are 1 to 15 hexadecimal
/// digits right before CRLF or `;`; extensions and trailers are checked, bounded over the whole
/// body, and dropped.
class ChunkedDecoder {
 public:
    struct Step {
        ParseState state = ParseState::incomplete;  ///< complete: the body has ended
        std::size_t consumed = 0;                   ///< of the bytes given
        std::string_view data;                      ///< a part of them
    };
    /// Takes what it can from the front of `bytes`; stops behind each run of data, so call it
    /// until it consumes nothing. After complete or refused, make a new one.
    Step next(std::string_view bytes);
    std::string_view refusal() const { return refusal_; }

    static constexpr std::size_t line_bytes_max = 256;       ///< size and extensions
    static constexpr std::size_t overhead_bytes_max = 8192;  ///< extensions and trailers, in total

 private:
    enum class Part : std::uint8_t { size, data, data_end, trailer };
    Step refuse(std::string_view reason);
    /// The line at the front of `bytes` without its end; consumed is 0 when none is complete.
    Step take_line(std::string_view bytes);
    bool read_size(std::string_view line);
    bool read_trailer(std::string_view line);
    bool spend(std::size_t bytes);

    Part part_ = Part::size;
    std::uint64_t left_ = 0;  ///< of the chunk's data
    std::size_t overhead_ = 0;
    std::string_view refusal_;
};

/// The line that opens a chunk of `size` bytes; `\r\n` follows the data, `0\r\n\r\n` ends the body.
void append_chunk_size(std::string& out, std::size_t size);

}  // namespace waybill::http
