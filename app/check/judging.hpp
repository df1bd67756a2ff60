#pragma once
#include <string>
#include <string_view>

#include "app/check/check.hpp"
#include "app/check/findings.hpp"
#include "app/check/letters.hpp"
#include "app/check/stream.hpp"

namespace waybill::check {

/// What all passes over the data share.
struct Judging {
    const Sources& sources;
    const Options& options;
    Findings findings;
    Letters letters;

    bool resting() const { return options.horizon == nullptr; }
    /// The event may not have reached those that wait for it.
    bool in_flight(Service service, std::int64_t seq) const {
        return options.horizon != nullptr && options.horizon->in_flight(service, seq);
    }
    /// Tells of the rows that a stream has given, now and then.
    void progress(std::string_view what, const Stream& stream) const {
        if (options.progress && stream.count() % 8192 == 0) options.progress(what, stream.count());
    }
};

/// `order 0198…`
std::string object_of(std::string_view kind, const Uuid& id);

// The passes. Each asks for the sources it needs, and says what it leaves out.
sql::Status judge_stock(Judging& judging);     ///< I1, I4: products and their ledger
sql::Status judge_orders(Judging& judging);    ///< I2, I5: orders, their lines and events
sql::Status judge_keys(Judging& judging);      ///< I3: idempotency rows
sql::Status judge_sagas(Judging& judging);     ///< I6, I18: orders and reservations
sql::Status judge_outboxes(Judging& judging);  ///< I7
sql::Status judge_inboxes(Judging& judging);   ///< I4: messages and those that took them
sql::Status judge_catalog(Judging& judging);   ///< I8: the replica of product definitions
sql::Status judge_history(Judging& judging);   ///< I2, I3: what clients were answered
sql::Status judge_audit(Judging& judging);     ///< I8, I9a, I2: events and the audit's store

}  // namespace waybill::check
