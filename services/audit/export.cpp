#include "services/audit/export.hpp"

#include "services/audit/shapes.hpp"

namespace waybill::audit {

namespace {
constexpr std::int64_t slice_events_max = 500;
}

Task<Result<std::string_view>> DocumentExport::next(Deadline deadline) {
    if (!seq_max_) {
        auto newest = co_await readers_.read(
            [](sql::Session& session) { return newest_seq(session); }, deadline);
        if (!newest) co_return fail(std::move(newest.error()));
        seq_max_ = *newest;
    }
    text_.clear();
    while (text_.empty() && seq_done_ < *seq_max_) {
        auto slice = co_await readers_.read(
            [filter = filter_, after = seq_done_, last = *seq_max_](sql::Session& session) {
                return scan_events(session, filter, after, last, slice_events_max);
            },
            deadline);
        if (!slice) co_return fail(std::move(slice.error()));
        seq_done_ = slice->seq_done;
        for (const auto& event : slice->events) {
            text_ += document_json(event);
            text_ += '\n';
        }
    }
    co_return std::string_view(text_);
}

}  // namespace waybill::audit
