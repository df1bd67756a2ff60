#pragma once
#include "chassis/base/shape.hpp"
#include "chassis/messaging/operator_acted.hpp"

/// For the sources that describe the wire types of services that publish it.
namespace waybill::messaging {

constexpr auto shape(Type<OperatorActed>) {
    return json::fields(json::field("id", &OperatorActed::id),
                        json::field("service", &OperatorActed::service),
                        json::field("action", &OperatorActed::action),
                        json::field("target", &OperatorActed::target),
                        json::field("reason", &OperatorActed::reason));
}

}  // namespace waybill::messaging
