#include "chassis/service/dead_letters.hpp"

#include <fmt/format.h>

#include <charconv>

#include "chassis/base/faults.hpp"
#include "chassis/base/json.hpp"
#include "chassis/messaging/envelope.hpp"
#include "chassis/service/dead_letter_json.hpp"
#include "chassis/service/respond.hpp"

namespace waybill::service {
namespace {

using messaging::Deliveries;
using messaging::DeliveryRow;

constexpr std::uint32_t act_draw = 0;
constexpr std::int64_t filter_rows_max = 10'000;

/// The event of an act, as a decision of the frame.
Decision acted(const Facts& facts, std::string service, std::string action, std::string target,
               std::string reason) {
    messaging::OperatorActed act{facts.id(act_draw), std::move(service), std::move(action),
                                 std::move(target), std::move(reason)};
    Decision decision;
    decision.subject = {act.id, messaging::operator_acted_version};
    std::vector<DecidedEvent> events;
    events.push_back({identify(act), messaging::operator_acted_version, to_json(act)});
    decision.outcome = std::move(events);
    return decision;
}

Decision rejected(Error error) {
    Decision decision;
    decision.outcome = std::move(error);
    return decision;
}

/// One act on one row.
class ActOnLetter final : public AwaitedWork {
 public:
    std::string_view name() const override { return "ActOnDeadLetter"; }
    sql::Result<Decision> run(sql::Session& session, const Facts& facts) override {
        auto row = Deliveries::find(session, id);
        if (!row) return tl::unexpected(std::move(row.error()));
        if (!*row) return rejected(Error(Problem::not_found, "there is no such dead letter"));
        if (auto changed = change(**row, facts.now); !changed)
            return rejected(std::move(changed.error()));
        if (auto saved = Deliveries::save(session, **row); !saved)
            return tl::unexpected(std::move(saved.error()));
        return acted(facts, service, action, std::to_string(id), reason);
    }
    std::int64_t id = 0;
    std::string service, action, reason;
    std::function<Status(DeliveryRow&, Timestamp)> change;
};

/// Puts every dead row of a filter back to waiting, spread over time by the rate.
class ReplayLetters final : public AwaitedWork {
 public:
    std::string_view name() const override { return "ReplayDeadLetters"; }
    sql::Result<Decision> run(sql::Session& session, const Facts& facts) override {
        Deliveries::Filter filter{asked.reason, asked.message_type, "dead", 0, filter_rows_max};
        auto rows = Deliveries::list(session, filter);
        if (!rows) return tl::unexpected(std::move(rows.error()));
        *matched = static_cast<std::int64_t>(rows->size());
        if (asked.dry_run || rows->empty()) {
            Decision decision;
            decision.outcome = Nothing{asked.dry_run ? "dry_run" : "no_match"};
            return decision;
        }
        std::int64_t n = 0;
        for (auto row = rows->rbegin(); row != rows->rend(); ++row, ++n) {
            if (n > 0) faults::crash_point("in_replay_by_filter");
            row->state = "waiting";
            row->attempts = 0;
            row->replayed_by = cause.actor.subject;
            row->not_before =
                asked.rate ? facts.now + Duration(n * 1'000'000 / *asked.rate) : facts.now;
            if (auto saved = Deliveries::save(session, *row); !saved)
                return tl::unexpected(std::move(saved.error()));
        }
        return acted(facts, service, "dead_letter.replayed",
                     fmt::format("reason={} messageType={} count={}", asked.reason.value_or("*"),
                                 asked.message_type.value_or("*"), n),
                     {});
    }
    ReplayByFilter asked;
    std::string service;
    // Read by the waiting coroutine after the commit.
    std::shared_ptr<std::int64_t> matched = std::make_shared<std::int64_t>(0);
};

Result<std::int64_t> letter_id(const http::Call& call) {
    const std::string& text = call.parameter("id");
    std::int64_t id = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || id < 1)
        return fail(Problem::not_found, "there is no such dead letter");
    return id;
}

Error wrong_state(const DeliveryRow& row) {
    return Error(Problem::illegal_transition, "the dead letter is " + row.state)
        .with("currentStatus", row.state);
}

Status put_back(DeliveryRow& row, Timestamp now, const std::string& by) {
    if (row.state != "dead" && row.state != "waiting") return fail(wrong_state(row));
    faults::crash_point("in_letter_replay");
    row.state = "waiting";
    row.attempts = 0;
    row.not_before = now;
    row.replayed_by = by;
    return {};
}

Status put_away(DeliveryRow& row, const std::string& reason) {
    if (row.state != "dead" && row.state != "waiting") return fail(wrong_state(row));
    faults::crash_point("in_letter_discard");
    row.state = "discarded";
    row.discard_reason = reason;
    return {};
}

}  // namespace

Task<Result<Completion>> run_work(Env& env, WriterCore& core, std::unique_ptr<AwaitedWork> work,
                                  Deadline deadline) {
    auto done = work->done;
    work->lane = Lane::move;
    work->deadline = deadline.at;
    if (auto queued = core.enqueue(std::move(work)); !queued)
        co_return tl::unexpected(std::move(queued.error()));
    auto completion = co_await get_until(env, std::move(done), deadline);
    if (!completion) co_return fail(Problem::gateway_timeout, "the act was not confirmed in time");
    co_return std::move(*completion);
}

DeadLetters::DeadLetters(Env& env, std::string service, WriterCore& core, sql::Readers& readers,
                         const Cursors& cursors)
    : env_(env), service_(std::move(service)), core_(core), readers_(readers), cursors_(cursors) {}

Task<http::Response> DeadLetters::list(http::Call& call) {
    Deliveries::Filter filter;
    if (auto value = call.query.get("reason")) filter.reason = std::string(*value);
    if (auto value = call.query.get("messageType")) filter.message_type = std::string(*value);
    if (auto value = call.query.get("status")) filter.state = std::string(*value);
    if (auto group = call.query.get("group")) {
        if (*group != "reason")
            co_return refuse(call, invalid("?group", "must be `reason`").value());
        co_return co_await list_groups(call, std::move(filter));
    }
    auto page = page_of(call, cursors_);
    if (!page) co_return refuse(call, page.error());
    filter.limit = page->limit + 1;
    if (!page->after.empty()) filter.before_id = std::strtoll(page->after.c_str(), nullptr, 10);
    auto rows = co_await readers_.read(
        [filter](sql::Session& session) { return Deliveries::list(session, filter); },
        call.deadline, call.request.trace);
    if (!rows) co_return refuse(call, rows.error());
    std::vector<std::string> items;
    std::string next;
    for (const auto& row : *rows) {
        if (static_cast<std::int64_t>(items.size()) == page->limit) {
            next = next_cursor(call, cursors_, std::to_string((*rows)[items.size() - 1].id));
            break;
        }
        items.push_back(to_json(row, service_));
    }
    co_return list_response(items, next);
}

Task<http::Response> DeadLetters::list_groups(http::Call& call, Deliveries::Filter filter) {
    auto groups = co_await readers_.read(
        [filter](sql::Session& session) { return Deliveries::by_reason(session, filter); },
        call.deadline, call.request.trace);
    if (!groups) co_return refuse(call, groups.error());
    std::vector<std::string> items;
    for (const auto& group : *groups) {
        std::string text;
        json::Writer(text)
            .begin_object()
            .plain_key("reason")
            .string(group.reason)
            .plain_key("count")
            .number(group.count)
            .end_object();
        items.push_back(std::move(text));
    }
    co_return list_response(items, {});
}

Task<http::Response> DeadLetters::read(http::Call& call) {
    auto id = letter_id(call);
    if (!id) co_return refuse(call, id.error());
    co_return co_await show(call, *id);
}

Task<http::Response> DeadLetters::show(http::Call& call, std::int64_t id) {
    auto row = co_await readers_.read(
        [id](sql::Session& session) { return Deliveries::find(session, id); }, call.deadline,
        call.request.trace);
    if (!row) co_return refuse(call, row.error());
    if (!*row) co_return refuse(call, Error(Problem::not_found, "there is no such dead letter"));
    co_return json_response(200, to_json(**row, service_));
}

Task<http::Response> DeadLetters::act(http::Call& call, std::string action, std::string reason,
                                      Change change) {
    auto id = letter_id(call);
    if (!id) co_return refuse(call, id.error());
    auto work = std::make_unique<ActOnLetter>();
    work->id = *id;
    work->service = service_;
    work->action = std::move(action);
    work->reason = std::move(reason);
    work->change = std::move(change);
    work->cause = cause_of(call);
    auto done = co_await run_work(env_, core_, std::move(work), call.deadline);
    if (!done) co_return refuse(call, done.error());
    faults::crash_point("after_letter_act");
    co_return co_await show(call, *id);
}

Task<http::Response> DeadLetters::edit(http::Call& call) {
    auto asked = read_edit(call.body);
    if (!asked) co_return refuse(call, asked.error());
    if (auto readable = messaging::from_envelope(asked->body.text); !readable) {
        Error error = std::move(readable.error());
        for (auto& fault : error.faults) fault.pointer = "/body" + fault.pointer;
        co_return refuse(call, error);
    }
    auto change = [body = asked->body.text, by = call.principal.subject](Row& row,
                                                                         Timestamp) -> Status {
        if (row.state != "dead" && row.state != "waiting") return fail(wrong_state(row));
        faults::crash_point("in_letter_edit");
        if (!row.original_body) row.original_body = row.body;
        row.body = body;
        row.edited_by = by;
        return {};
    };
    co_return co_await act(call, "dead_letter.edited", {}, std::move(change));
}

Task<http::Response> DeadLetters::replay(http::Call& call) {
    auto change = [by = call.principal.subject](Row& row, Timestamp now) {
        return put_back(row, now, by);
    };
    co_return co_await act(call, "dead_letter.replayed", {}, std::move(change));
}

Task<http::Response> DeadLetters::discard(http::Call& call) {
    auto asked = read_discard(call.body);
    if (!asked) co_return refuse(call, asked.error());
    auto change = [reason = asked->reason](Row& row, Timestamp) { return put_away(row, reason); };
    co_return co_await act(call, "dead_letter.discarded", asked->reason, std::move(change));
}

Task<http::Response> DeadLetters::replay_by_filter(http::Call& call) {
    auto asked = read_replay_by_filter(call.body);
    if (!asked) co_return refuse(call, asked.error());
    const bool dry = asked->dry_run;
    auto work = std::make_unique<ReplayLetters>();
    work->asked = std::move(*asked);
    work->service = service_;
    work->cause = cause_of(call);
    auto matched = work->matched;
    auto done = co_await run_work(env_, core_, std::move(work), call.deadline);
    if (!done) co_return refuse(call, done.error());
    std::string text;
    json::Writer(text)
        .begin_object()
        .plain_key("matched")
        .number(*matched)
        .plain_key("replayed")
        .number(dry ? 0 : *matched)
        .plain_key("dryRun")
        .boolean(dry)
        .end_object();
    co_return json_response(200, std::move(text));
}

}  // namespace waybill::service
