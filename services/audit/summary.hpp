#pragma once
#include <string>

#include "services/audit/stored_event.hpp"

namespace waybill::audit {

/// What the event says, in a sentence for people. An event of an unknown type is named with its
/// stream.
std::string summary_of(const StoredEvent& event);

}  // namespace waybill::audit
