#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "chassis/auth/remote_keys.hpp"
#include "chassis/base/error.hpp"
#include "chassis/http/chunked.hpp"
#include "chassis/http/limits.hpp"
#include "chassis/http/response_parser.hpp"

namespace waybill::auth {

/// Reads one HTTP/1.1 response of bounded size from bytes as they arrive.
class DocumentReader {
 public:
    explicit DocumentReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// True once the response is whole. bad_gateway for what is no HTTP, payload_too_large above
    /// the limit; not to be called again after either.
    Result<bool> feed(std::string_view bytes);
    /// The connection has ended: only a body without a length may end so.
    Result<bool> end();
    DocumentFetcher::Document take() { return std::move(document_); }

 private:
    Result<bool> read_body(std::string_view bytes);
    Result<bool> append(std::string_view bytes);

    const std::size_t bytes_max_;
    http::HeadLimits limits_{.start_line_bytes = 8 * 1024, .bytes = 16 * 1024, .fields = 100};
    http::ResponseParser parser_{limits_};
    http::ChunkedDecoder chunks_;
    std::string held_;  ///< what has come of the head, then of a chunk's line
    bool in_body_ = false;
    DocumentFetcher::Document document_;
};

}  // namespace waybill::auth
