#pragma once
#include "chassis/http/connection.hpp"

namespace waybill::http {

/// The handler's end of a body that is still arriving.
class RequestBody final : public BodySource {
 public:
    explicit RequestBody(Connection& connection);
    ~RequestBody() override;
    Task<Result<std::string_view>> next(Deadline deadline) override;

 private:
    friend class Connection;
    Connection* connection_;  ///< nullptr once the request is over
};

}  // namespace waybill::http
