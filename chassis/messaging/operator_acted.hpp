#pragma once
#include <string>

#include "chassis/base/event.hpp"
#include "chassis/base/uuid.hpp"

namespace waybill::messaging {

/// An operator did something that is no business event: a dead letter was replayed or discarded,
/// a template changed, a replay began. Any service may publish it. Every act is an aggregate of
/// its own, at version 1.
struct OperatorActed {
    Uuid id{};              ///< of the act: the aggregate's id
    std::string service{};  ///< where: `notifications`
    std::string action{};   ///< what, `noun.verb`: `template.updated`, `dead_letter.discarded`
    std::string target{};   ///< on what: an id or a filter, as the operator named it
    std::string reason{};   ///< the operator's words; may be empty
    friend bool operator==(const OperatorActed&, const OperatorActed&) = default;
};

inline EventIdentity identify(const OperatorActed& act) {
    return {.type = "OperatorActed", .aggregate_type = "operator", .aggregate_id = act.id};
}
/// What a domain's `version_of` answers for it.
inline constexpr std::int64_t operator_acted_version = 1;

}  // namespace waybill::messaging
