#include "chassis/http/message.hpp"

namespace waybill::http {

Request copy_to_hand_over(Request& request) {
    Request copy;
    copy.method = request.method;
    copy.path = request.path;
    copy.query = request.query;
    copy.headers = request.headers;
    copy.body = request.body.streamed() ? std::move(request.body) : Body(request.body.bytes());
    copy.peer_address = request.peer_address;
    copy.peer_port = request.peer_port;
    copy.secure = request.secure;
    copy.trace = request.trace;
    return copy;
}

}  // namespace waybill::http
