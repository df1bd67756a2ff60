#pragma once
#include <cstdint>
#include <string_view>

#include "chassis/http/head_lines.hpp"

namespace waybill::http {

/// How the end of a message's body is found.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

/// What a request's head says beside its fields. Views into the bytes fed.
struct RequestHead {
    std::string_view method;
    std::string_view path;   ///< as sent, not normalised; `*` for the asterisk form
    std::string_view query;  ///< without the `?`
    std::string_view host;   ///< the target's authority, else `Host`; empty for HTTP/1.0 without
    bool version_1_0 = false;
    bool keep_alive = true;  ///< the client does not ask to close
    bool expects_continue = false;
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
};

/// Reads the head of an HTTP/1.1 request (RFC 9112) strictly, as bytes arrive; whole or byte by
/// byte gives the same. Refuses with 400, 414, 417, 431, 501 or 505 whatever two readers could
/// understand differently: see HeadLines, and exactly one valid `Host` (HTTP/1.1), never
/// `Content-Length` beside `Transfer-Encoding`, one of the former, only `chunked` as the latter.
class RequestParser {
 public:
    explicit RequestParser(const HeadLimits& limits) : lines_(limits) {}

    /// `bytes` starts at the request's first byte and holds all that has arrived since.
    ParseState feed(std::string_view bytes);
    void reset();
    /// Refuses from outside: the request came too slowly.
    void give_up(std::uint16_t status, std::string_view reason) { refuse(status, reason); }

    /// The views are into the bytes of the last feed().
    const RequestHead& head() const { return head_; }
    /// Bytes of the head; the body begins behind them.
    std::size_t size() const { return lines_.size(); }
    Headers headers(std::string_view bytes) const {
        return {bytes.substr(0, size()), lines_.fields()};
    }
    const Refusal& refusal() const { return refusal_; }

 private:
    ParseState refuse(std::uint16_t status, std::string_view reason);
    bool read_start_line(std::string_view line);
    bool read_target(std::string_view target);
    bool read_absolute_target(std::string_view target);
    bool read_fields(std::string_view bytes);
    bool read_field(Headers::Field field);
    bool read_host(std::string_view value);
    bool read_length(std::string_view value);
    bool read_coding(std::string_view value);
    bool read_connection(std::string_view value);
    bool settle();

    HeadLines lines_;
    RequestHead head_;
    Refusal refusal_;
    std::string_view authority_;  ///< of an absolute target
    bool start_checked_ = false;
    bool host_seen_ = false;
    bool length_seen_ = false;
    bool coding_seen_ = false;
};

}  // namespace waybill::http
