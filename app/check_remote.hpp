#pragma once
#include "app/api_client.hpp"
#include "app/check/report.hpp"

namespace waybill::app {

/// Judges what the public interfaces of a running instance show to an administrator: I1, I2, I5, I6
/// and I18, and says what that leaves out. What may be on its way gets five seconds to arrive.
/// Fails when the instance cannot be asked.
Result<check::Report> judge_remote(ApiClient& client);

}  // namespace waybill::app
