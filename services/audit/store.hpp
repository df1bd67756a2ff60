#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chassis/base/keys.hpp"
#include "chassis/messaging/message.hpp"
#include "chassis/sql/session.hpp"
#include "services/audit/domain.hpp"

namespace waybill::audit {

/// Loads the rows that `keys` name; what is looked up and not there is known to be absent.
sql::Status load(sql::Session& session, const Keys& keys, State& state);
/// Writes every row that changed.
sql::Status save(sql::Session& session, const State& state);

/// What a list of events or documents asks for. All that is given must hold.
struct EventFilter {
    std::optional<std::string> type{};
    std::optional<std::string> actor{};  ///< subject
    std::optional<Uuid> correlation_id{};
    std::optional<std::string> stream_type{};
    std::optional<Uuid> stream_id{};
    std::optional<Timestamp> from{};  ///< occurred, included
    std::optional<Timestamp> to{};    ///< occurred, not included
};

struct EventPage {
    std::vector<StoredEvent> events{};  ///< newest first
    /// Look on below it: there may be more. A page may have fewer events than asked for, because
    /// one answer looks at a bounded range of the store.
    std::optional<std::int64_t> next_before{};
};
/// Events with a smaller seq than `before` (all when 0), at most `limit`.
sql::Result<EventPage> list_events(sql::Session& session, const EventFilter& filter,
                                   std::int64_t before, std::int64_t limit);

/// A part of an export: oldest first.
struct EventSlice {
    std::vector<StoredEvent> events{};
    std::int64_t seq_done = 0;  ///< everything up to it was looked at
};
/// Looks at seqs above `after` up to `seq_max`, a bounded range of them.
sql::Result<EventSlice> scan_events(sql::Session& session, const EventFilter& filter,
                                    std::int64_t after, std::int64_t seq_max, std::int64_t limit);

/// The message that a stored event was.
messaging::MessagePtr message_of(StoredEvent event);

/// The newest event's seq; 0 when there is none.
sql::Result<std::int64_t> newest_seq(sql::Session& session);
/// The first seq recorded at `at` or later; newest + 1 when there is none.
sql::Result<std::int64_t> first_seq_at(sql::Session& session, Timestamp at);

/// A stream's events with a larger version than `after`, ascending.
sql::Result<std::vector<StoredEvent>> read_stream(sql::Session& session, const std::string& type,
                                                  const Uuid& id, std::int64_t after,
                                                  std::int64_t limit);
/// All of one correlation, in the order of recording, at most `limit`.
sql::Result<std::vector<StoredEvent>> read_correlation(sql::Session& session,
                                                       const Uuid& correlation_id,
                                                       std::int64_t limit);

sql::Result<std::optional<Replay>> find_replay(sql::Session& session, const ReplayId& id);
/// Those that are not finished, oldest first.
sql::Result<std::vector<Replay>> running_replays(sql::Session& session);

/// What a selection holds, before a replay of it begins.
struct SelectionFacts {
    std::int64_t seq_max = 0;
    bool nothing = false;  ///< known to hold no event
    std::optional<Timestamp> oldest{};
};
sql::Result<SelectionFacts> look_at(sql::Session& session, const Selection& selection);
/// The filter that a selection is.
EventFilter filter_of(const Selection& selection);

/// A stored event whose predecessor is missing.
struct Gap {
    std::string stream_type{};
    Uuid stream_id{};
    std::int64_t version = 0;  ///< the one that is there
};
/// Gaps before the events of this range of seqs, both ends included.
sql::Result<std::vector<Gap>> find_gaps(sql::Session& session, std::int64_t first,
                                        std::int64_t last);

}  // namespace waybill::audit
