#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "chassis/http/headers.hpp"
#include "chassis/http/limits.hpp"

namespace waybill::http {

/// Why a message is refused: a status to answer with, and a constant sentence.
struct Refusal {
    std::uint16_t status = 0;
    std::string_view reason;
};

enum class ParseState : std::uint8_t { incomplete, complete, refused };

/// Cuts a message's head into lines and its field lines into fields, as bytes arrive. All places
/// are offsets into the bytes fed, so the buffer may move. No I/O, no allocation once warm.
///
/// Strict where RFC 9112 leaves a choice: lines end in CRLF and hold no other CR or LF, no folded
/// lines, no space before the colon, names are tokens, values free of control characters.
class HeadLines {
 public:
    explicit HeadLines(const HeadLimits& limits) : limits_(limits) {}

    /// `bytes` starts at the message's first byte and holds all that has arrived since.
    /// Bytes already looked at are not looked at again.
    ParseState feed(std::string_view bytes);
    /// Ready for the next message.
    void reset();

    /// Of the start line, once it is known: without the line end.
    bool has_start_line() const { return start_line_known_; }
    std::string_view start_line(std::string_view bytes) const {
        return bytes.substr(start_, start_size_);
    }
    const std::vector<Headers::Place>& fields() const { return fields_; }
    Headers::Field field(std::string_view bytes, const Headers::Place& place) const {
        return {bytes.substr(place.name, place.name_size),
                bytes.substr(place.value, place.value_size)};
    }
    /// Bytes of the complete head, the empty line included.
    std::size_t size() const { return line_; }
    const Refusal& refusal() const { return refusal_; }

 private:
    ParseState refuse(std::uint16_t status, std::string_view reason);
    ParseState check_pending(std::string_view bytes);
    /// Takes the line from line_ to `end`, its CR excluded.
    ParseState take_line(std::string_view bytes, std::size_t end);
    ParseState take_field(std::string_view bytes, std::size_t end);

    HeadLimits limits_;
    std::size_t line_ = 0;     ///< where the line that is arriving begins
    std::size_t scanned_ = 0;  ///< no line feed before this
    std::size_t start_ = 0;
    std::size_t start_size_ = 0;
    bool start_line_known_ = false;
    bool blank_seen_ = false;
    std::vector<Headers::Place> fields_;
    Refusal refusal_;
};

}  // namespace waybill::http
