#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "chassis/messaging/envelope.hpp"

namespace {

using namespace waybill;

/// Names in the other case: MassTransit's readers and ours take them for the same.
std::string with_upper_names(std::string text) {
    for (const std::string_view name : {"\"message\":", "\"eventId\":", "\"data\":", "\"actor\":"})
        if (const auto at = text.find(name); at != std::string::npos)
            text[at + 1] = static_cast<char>(text[at + 1] - ('a' - 'A'));
    return text;
}

void check_envelope(std::string_view text) {
    const auto message = messaging::from_envelope(text);
    if (!message) {
        CHECK(message.error().problem == Problem::malformed_json ||
              (message.error().problem == Problem::validation_failed &&
               !message.error().faults.empty()));
        return;
    }
    CHECK(!message->meta.type.empty() && message->meta.aggregate_version >= 1);
    const std::string written = messaging::to_envelope(*message);
    const auto again = messaging::from_envelope(written);
    CHECK(again && again->meta == message->meta && again->data == message->data);
    CHECK(messaging::body_hash(*again) == messaging::body_hash(*message));
    const auto upper = messaging::from_envelope(with_upper_names(written));
    CHECK(upper && upper->meta == message->meta && upper->data == message->data);
}

}  // namespace

// Oracle: what was read is written so that it reads the same, in either case of its names; a
// refusal says what is wrong.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_envelope({reinterpret_cast<const char*>(data), size});
    return 0;
}
