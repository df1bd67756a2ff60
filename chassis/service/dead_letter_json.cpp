#include "chassis/service/dead_letter_json.hpp"

#include "chassis/base/json.hpp"
#include "chassis/messaging/operator_acted_shape.hpp"

namespace waybill::service {

using json::count;
using json::doc;
using json::field;
using json::fields;
using json::length;
using json::optional;
using json::range;

/// A dead letter on the wire.
struct LetterView {
    std::string id, service, queue;
    Uuid message_id{};
    std::string message_type, aggregate_id, reason, exception;
    std::int64_t attempts = 0;
    Timestamp first_failed_at, last_failed_at;
    std::string status;
    std::optional<std::string> edited_by;
    RawJson headers, body;
};

constexpr auto shape(Type<LetterView>) {
    return fields(
        field("id", &LetterView::id), field("service", &LetterView::service),
        field("queue", &LetterView::queue), field("messageId", &LetterView::message_id),
        field("messageType", &LetterView::message_type),
        field("aggregateId", &LetterView::aggregate_id, doc("type/id of what it tells about")),
        field("reason", &LetterView::reason, doc("why it is here; groups by it")),
        field("exception", &LetterView::exception, doc("the last failure, in words")),
        field("attempts", &LetterView::attempts),
        field("firstFailedAt", &LetterView::first_failed_at),
        field("lastFailedAt", &LetterView::last_failed_at),
        field("status", &LetterView::status,
              json::one_of("waiting", "dead", "replayed", "discarded")),
        field("editedBy", &LetterView::edited_by), field("headers", &LetterView::headers),
        field("body", &LetterView::body));
}
constexpr auto shape(Type<ReplayByFilter>) {
    return fields(field("reason", &ReplayByFilter::reason, length(1, 200)),
                  field("messageType", &ReplayByFilter::message_type, length(1, 200)),
                  field("rate", &ReplayByFilter::rate, range(1, 10'000), doc("messages a second")),
                  field("dryRun", &ReplayByFilter::dry_run, optional));
}
constexpr auto shape(Type<DiscardLetter>) {
    return fields(field("reason", &DiscardLetter::reason, length(1, 500)));
}
constexpr auto shape(Type<EditLetter>) {
    return fields(field("body", &EditLetter::body, doc("the whole envelope")));
}

std::string to_json(const messaging::DeliveryRow& row, std::string_view service) {
    return json::write(LetterView{std::to_string(row.id),
                                  std::string(service),
                                  row.queue,
                                  row.message_id,
                                  row.message_type,
                                  row.aggregate,
                                  row.reason,
                                  row.fault,
                                  row.attempts,
                                  row.first_failed_at,
                                  row.last_failed_at,
                                  row.state,
                                  row.edited_by,
                                  {row.headers},
                                  {row.body}});
}

std::string to_json(const messaging::OperatorActed& act) {
    return json::write(act);
}

Result<ReplayByFilter> read_replay_by_filter(std::string_view body) {
    if (body.empty()) return ReplayByFilter();
    return json::read<ReplayByFilter>(body);
}
Result<DiscardLetter> read_discard(std::string_view body) {
    return json::read<DiscardLetter>(body);
}
Result<EditLetter> read_edit(std::string_view body) {
    return json::read<EditLetter>(body);
}

std::string dead_letter_schema() {
    return json::schema<LetterView>();
}
std::string replay_by_filter_schema() {
    return json::schema<ReplayByFilter>();
}
std::string discard_schema() {
    return json::schema<DiscardLetter>();
}
std::string edit_schema() {
    return json::schema<EditLetter>();
}

}  // namespace waybill::service
