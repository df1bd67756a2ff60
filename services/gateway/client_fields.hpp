#pragma once
#include <cstdint>
#include <string_view>

#include "chassis/http/headers.hpp"

namespace waybill::gateway {

/// What a field of a client's request is to the gateway.
enum class FieldKind : std::uint8_t {
    ordinary,
    hop_by_hop,  ///< belongs to one connection (RFC 9110 7.6.1)
    identity,    ///< claims who sends, or asks to be taken for another request
    forwarding,  ///< tells the way so far: only of trusted hops
};
/// By the name alone, in any letter case, `_` like `-`.
FieldKind kind_of(std::string_view name);

/// Takes off a request what does not go on: fields that are about one connection and those that
/// its `Connection` lists, whatever claims an identity, and what tells the way unless the peer is
/// trusted. Before anything is decided on, so that the gateway and its upstream see the same.
void strip_request_fields(http::Headers& headers, bool trusted_peer);

/// Takes off an answer the fields that are about one connection.
void strip_answer_fields(http::Headers& headers);

}  // namespace waybill::gateway
