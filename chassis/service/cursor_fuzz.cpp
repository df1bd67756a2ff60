#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chassis/service/cursor.hpp"

// Oracle: a text is a cursor exactly when it is what make() gives for the position read from it,
// and it is one for no other scope.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const waybill::service::Cursors cursors("0123456789abcdef0123456789abcdef");
    const std::string_view input(reinterpret_cast<const char*>(data), size);

    const auto position = cursors.read(input, "scope");
    if (position && cursors.make(*position, "scope") != input) std::abort();

    if (size == 0 || size > 256) return 0;
    std::string cursor = cursors.make(input, "scope");
    if (cursors.read(cursor, "scope") != std::string(input)) std::abort();
    if (cursors.read(cursor, "another scope")) std::abort();
    cursor[data[0] % cursor.size()] ^= 1;
    if (cursors.read(cursor, "scope")) std::abort();
    return 0;
}
