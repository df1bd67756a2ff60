#include "app/check/check.hpp"

#include <fmt/format.h>

#include <array>

#include "app/check/judging.hpp"

namespace waybill::check {

std::string object_of(std::string_view kind, const Uuid& id) {
    return fmt::format("{} {}", kind, id.to_string());
}

sql::Result<Report> judge(const Sources& sources, const Options& options) {
    auto letters = Letters::load(sources);
    if (!letters) return tl::unexpected(std::move(letters.error()));
    Judging judging{sources, options, Findings(options.breaches_max), std::move(*letters)};
    constexpr std::array passes{judge_stock,   judge_orders,   judge_keys,
                                judge_sagas,   judge_outboxes, judge_inboxes,
                                judge_catalog, judge_audit,    judge_history};
    for (const auto pass : passes)
        if (auto done = pass(judging); !done) return tl::unexpected(std::move(done.error()));
    if (const std::size_t held = judging.letters.size(); held > 0)
        judging.findings.note(
            Invariant::once,
            fmt::format("{} messages are held aside, see waybill dead-letters", held));
    return judging.findings.report(!judging.resting());
}

}  // namespace waybill::check
