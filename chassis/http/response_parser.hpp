#pragma once
#include <cstdint>
#include <string_view>

#include "chassis/http/head_lines.hpp"
#include "chassis/http/request_parser.hpp"

namespace waybill::http {

/// What a response's head says beside its fields.
struct ResponseHead {
    std::uint16_t status = 0;
    bool keep_alive = true;  ///< the connection can be used again after the body
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;  ///< for HEAD and 304 what a GET would have had
    bool has_content_length = false;
};

/// Reads the head of an HTTP/1.1 response as strictly as RequestParser reads requests. A response
/// without a length is read until the connection closes.
class ResponseParser {
 public:
    explicit ResponseParser(const HeadLimits& limits) : lines_(limits) {}

    /// `bytes` starts at the response's first byte and holds all that has arrived since.
    /// `to_head`: the request was HEAD, so that no body follows whatever the fields say.
    ParseState feed(std::string_view bytes, bool to_head);
    void reset();

    const ResponseHead& head() const { return head_; }
    std::size_t size() const { return lines_.size(); }
    Headers headers(std::string_view bytes) const {
        return {bytes.substr(0, size()), lines_.fields()};
    }
    /// Only the reason means anything.
    const Refusal& refusal() const { return refusal_; }

 private:
    bool refuse(std::string_view reason);
    bool read_start_line(std::string_view line);
    bool read_field(Headers::Field field);
    bool settle(bool to_head);

    HeadLines lines_;
    ResponseHead head_;
    Refusal refusal_;
    bool start_checked_ = false;
    bool version_1_0_ = false;
    bool coding_seen_ = false;
};

}  // namespace waybill::http
