#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "chassis/http/body.hpp"
#include "chassis/sql/readers.hpp"
#include "services/audit/store.hpp"

namespace waybill::audit {

/// The body of an export: one document a line (NDJSON), oldest first, up to the newest event when
/// it began. Pulled, so memory stays bounded whatever its length.
class DocumentExport final : public http::BodySource {
 public:
    DocumentExport(sql::Readers& readers, EventFilter filter)
        : readers_(readers), filter_(std::move(filter)) {}
    Task<Result<std::string_view>> next(Deadline deadline) override;

 private:
    sql::Readers& readers_;
    EventFilter filter_;
    std::optional<std::int64_t> seq_max_;
    std::int64_t seq_done_ = 0;
    std::string text_;
};

}  // namespace waybill::audit
