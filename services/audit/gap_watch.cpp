#include "services/audit/gap_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "services/audit/store.hpp"

namespace waybill::audit {

namespace {
constexpr Duration gap_age = std::chrono::seconds(60);
constexpr Duration looks_back = std::chrono::minutes(10);
constexpr Duration look_every = std::chrono::seconds(10);
constexpr std::int64_t rows_max = 20'000;
}  // namespace

/// True when more is old enough than one look takes.
sql::Result<bool> GapWatch::look(sql::Session& session) {
    if (!seq_done_) {
        auto first = first_seq_at(session, env_.now() - looks_back);
        if (!first) return tl::unexpected(std::move(first.error()));
        seq_done_ = *first - 1;
    }
    auto young = first_seq_at(session, env_.now() - gap_age);
    if (!young) return tl::unexpected(std::move(young.error()));
    const std::int64_t last = std::min(*young - 1, *seq_done_ + rows_max);
    if (last <= *seq_done_) return false;
    auto gaps = find_gaps(session, *seq_done_ + 1, last);
    if (!gaps) return tl::unexpected(std::move(gaps.error()));
    for (const auto& gap : *gaps) {
        ++found_;
        telemetry_.log().error(
            "The audit misses an event: a stream has a gap",
            {{"waybill.stream.type", gap.stream_type},
             {"waybill.aggregate.id", gap.stream_id.to_string()},
             {"waybill.reason", fmt::format("no version before {}", gap.version)}});
    }
    seq_done_ = last;
    return last < *young - 1;
}

MonoTime GapWatch::step(sql::Session& session) {
    const MonoTime now = env_.monotonic();
    if (now < next_at_) return next_at_;
    const auto more = look(session);
    next_at_ = more && *more ? now : now + look_every;
    return next_at_;
}

}  // namespace waybill::audit
