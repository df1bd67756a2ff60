#pragma once
#include "chassis/base/actor.hpp"
#include "chassis/base/shape.hpp"

/// For the sources that describe this service's wire types.
namespace waybill {

constexpr auto shape(Type<Actor>) {
    using namespace json;
    return fields(field("subject", &Actor::subject), field("client", &Actor::client));
}

}  // namespace waybill
