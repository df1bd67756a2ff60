#pragma once
#include "services/audit/ports.hpp"

namespace waybill::app {

/// How each kind of stream folds to its resource: the services' own `apply`, handed to the audit
/// so that it includes none of them.
audit::Folds make_folds();

}  // namespace waybill::app
