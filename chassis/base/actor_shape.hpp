#pragma once
#include "chassis/base/actor.hpp"
#include "chassis/base/fields.hpp"

namespace waybill {

/// For shapes of structs that hold an Actor; include it in a shapes.cpp.
constexpr auto shape(Type<Actor>) {
    return json::fields(json::field("subject", &Actor::subject, json::length(0, 255)),
                        json::field("client", &Actor::client, json::length(0, 255)));
}

}  // namespace waybill
