#include "app/secret_files.hpp"

#include <array>

#include "services/identity/secret_file.hpp"

namespace waybill::app {

Result<std::string> load_or_make_key(const std::string& path, Env& env) {
    constexpr std::size_t key_bytes = 32;
    auto kept = identity::read_secret_file(path);
    if (!kept) return tl::unexpected(std::move(kept.error()));
    if (*kept) {
        if ((*kept)->size() == key_bytes) return std::move(**kept);
        return fail(Problem::unavailable, path +
                                              " holds no key of 32 bytes; remove it to have a "
                                              "new one made (open cursors then end)");
    }
    std::array<std::byte, key_bytes> bytes{};
    env.fill_secret(bytes);
    std::string key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (auto written = identity::write_secret_file(path, key); !written)
        return tl::unexpected(std::move(written.error()));
    return key;
}

}  // namespace waybill::app
