#pragma once
#include <memory>

#include "chassis/http/client_connection.hpp"

namespace waybill::http {

/// A response's body while it is still arriving. Holds the connection until the body's end; one
/// that is given up before is closed.
class ResponseBody final : public BodySource {
 public:
    ResponseBody(std::unique_ptr<ClientConnection> connection, const ResponseHead& head)
        : connection_(std::move(connection)), framing_(head.framing), left_(head.content_length) {}
    ~ResponseBody() override;
    Task<Result<std::string_view>> next(Deadline deadline) override;
    void cancel() override;

 private:
    Result<std::string_view> take();
    void finish();
    tl::unexpected<Error> broken(std::string_view why, Problem problem = Problem::bad_gateway);

    std::unique_ptr<ClientConnection> connection_;  ///< nullptr at the end
    Framing framing_;
    std::uint64_t left_;
    std::size_t shown_ = 0;  ///< bytes of the input that the reader has a view of
    bool done_ = false;
    ChunkedDecoder decoder_;
};

/// What a response becomes whose short body did not arrive.
Response broken_response(bool late);

}  // namespace waybill::http
