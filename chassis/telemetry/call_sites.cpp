#include "chassis/telemetry/call_sites.hpp"

#include <algorithm>

namespace waybill::telemetry {

CallSites::Site* CallSites::find(const std::source_location& where) {
    constexpr std::size_t probes_max = 16;
    std::uint64_t key = reinterpret_cast<std::uintptr_t>(where.file_name());
    key = (key ^ (std::uint64_t{where.line()} << 40U)) * 0x9e3779b97f4a7c15U;
    key = (key ^ (key >> 32U)) | 1U;
    for (std::size_t i = 0; i < probes_max; ++i) {
        Site& site = sites_[(key / 2 + i) % sites_.size()];
        std::uint64_t held = site.key.load(std::memory_order_relaxed);
        if (held == 0 && site.key.compare_exchange_strong(held, key)) return &site;
        if (held == key) return &site;
    }
    return nullptr;
}

bool CallSites::admit(const std::source_location& where, MonoTime now, std::uint32_t& suppressed) {
    suppressed = 0;
    Site* site = find(where);
    if (site == nullptr) return true;
    std::int64_t paid = site->paid_until_us.load(std::memory_order_relaxed);
    std::int64_t start = 0;
    do {
        start = std::max(paid, now.us);
        if (start - now.us > burst_us_) {
            site->suppressed.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
    } while (!site->paid_until_us.compare_exchange_weak(paid, start + interval_us_,
                                                        std::memory_order_relaxed));
    if (site->suppressed.load(std::memory_order_relaxed) != 0)
        suppressed = site->suppressed.exchange(0, std::memory_order_relaxed);
    return true;
}

}  // namespace waybill::telemetry
