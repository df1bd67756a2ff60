#include "app/check/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "app/check/judging.hpp"
#include "chassis/base/sha256.hpp"
#include "chassis/service/tables.hpp"
#include "services/orders/shapes.hpp"

namespace waybill::check {
namespace {

/// So many keys are held in memory at once; a longer history is read several times.
constexpr std::uint64_t keys_at_once = 500'000;

/// What clients were answered under one key.
struct KeyFacts {
    Uuid order{};    ///< of the first acknowledged answer; nil: none was
    Uuid answer{};   ///< hash of what that answer said
    Uuid request{};  ///< hash of what it was an answer to
    std::uint64_t line = 0;
};

/// The creates of one customer.
struct CustomerFacts {
    Timestamp first{};
    Timestamp last{};
    std::uint64_t orders_max = 0;  ///< that may be there: answered, kept by a key, or not known
};

Uuid hash_of(std::string_view text) {
    return Uuid::from_bytes(sha256_short(text)).value_or(Uuid{});
}

std::string answer_text(const Attempt& attempt) {
    std::string text =
        fmt::format("{}\n{}\n{}", attempt.order.to_string(), attempt.number, attempt.total);
    for (const AnsweredLine& line : attempt.lines)
        text += fmt::format("\n{} {} {} {}", line.product_id.to_string(), line.quantity,
                            line.unit_price, line.line_total);
    return text;
}

std::string attempt_name(std::string_view customer, std::string_view key, std::uint64_t line) {
    return fmt::format("attempt of line {} by {}{}", line, customer,
                       key.empty() ? "" : fmt::format(" under key {}", key));
}

/// Judges the attempts of one part of all keys.
class HistoryPass {
 public:
    explicit HistoryPass(Judging& judging) : judging_(judging), orders_(*judging.sources.orders) {}

    sql::Status run() {
        std::uint64_t creates = 0;
        if (auto done = each([&](const Attempt&) { ++creates; }); !done) return done;
        const std::uint64_t parts = creates / keys_at_once + 1;
        for (std::uint64_t part = 0; part < parts; ++part)
            if (auto done = judge_part(part, parts); !done) return done;
        for (const Invariant one : {Invariant::no_loss, Invariant::idempotency})
            judging_.findings.note(
                one, fmt::format("{} recorded creates, {} acknowledged", creates, acknowledged_));
        return judge_customers();
    }

 private:
    /// Every recorded create. A failure of the file is one that people can read.
    sql::Status each(const std::function<void(const Attempt&)>& judge) {
        auto read = judging_.options.history([&](const Attempt& attempt) {
            if (attempt.operation == "create") judge(attempt);
        });
        if (read) return {};
        return tl::unexpected(sql::Failure{sql::FailureKind::invalid, read.error().detail, ""});
    }

    sql::Status judge_part(std::uint64_t part, std::uint64_t parts) {
        keys_.clear();
        sql::Status judged;
        auto read = each([&](const Attempt& attempt) {
            const std::string owner =
                attempt.key.empty() ? std::to_string(attempt.line) : attempt.key;
            const std::string lookup =
                service::lookup_of({.subject = attempt.customer, .key = owner, .request_hash = {}});
            if (!judged || std::hash<std::string>{}(lookup) % parts != part) return;
            judged = judge_attempt(attempt, lookup);
        });
        if (!read) return read;
        if (!judged) return judged;
        return judge_kept_keys();
    }

    sql::Status judge_attempt(const Attempt& attempt, const std::string& lookup) {
        CustomerFacts& customer = customers_[attempt.customer];
        if (customer.first == Timestamp{} || attempt.at < customer.first)
            customer.first = attempt.at;
        customer.last = std::max(customer.last, attempt.at);
        const bool acknowledged = attempt.outcome == "acknowledged";
        if (acknowledged) {
            ++acknowledged_;
            if (auto done = judge_acknowledged(attempt); !done) return done;
        }
        if (attempt.key.empty()) {
            customer.orders_max += acknowledged || attempt.outcome == "unknown" ? 1U : 0U;
            return {};
        }
        KeyFacts& facts = keys_[{lookup, attempt.customer}];
        if (acknowledged) compare(attempt, facts);
        if (facts.line == 0) facts.line = attempt.line;
        return {};
    }

    /// I3: whatever was answered for a key says the same.
    void compare(const Attempt& attempt, KeyFacts& facts) {
        const Uuid answer = hash_of(answer_text(attempt));
        const Uuid request = hash_of(attempt.request_hash);
        if (facts.order.is_nil()) {
            facts = {attempt.order, answer, request, attempt.line};
            return;
        }
        const auto broken = [&](std::string text) {
            judging_.findings.breach(Invariant::idempotency,
                                     attempt_name(attempt.customer, attempt.key, attempt.line),
                                     std::move(text));
        };
        if (attempt.order != facts.order)
            broken(fmt::format("was answered with order {}, that of line {} with {}",
                               attempt.order.to_string(), facts.line, facts.order.to_string()));
        else if (request != facts.request)
            broken(fmt::format("was acknowledged for another request than that of line {}",
                               facts.line));
        else if (answer != facts.answer)
            broken(fmt::format("was answered otherwise than that of line {}", facts.line));
    }

    /// I2: the order is there, says what was answered, and the audit holds its creation once.
    sql::Status judge_acknowledged(const Attempt& attempt) {
        const auto broken = [&](std::string text) {
            judging_.findings.breach(Invariant::no_loss,
                                     attempt_name(attempt.customer, attempt.key, attempt.line),
                                     std::move(text));
        };
        const std::string order = attempt.order.to_string();
        const std::array<sql::Cell, 1> id{sql::id_cell(attempt.order)};
        auto found = orders::order_rows().load(orders_, id, false);
        if (!found) return tl::unexpected(std::move(found.error()));
        if (found->empty()) {
            broken(fmt::format("was answered with order {}, which is not there", order));
            return {};
        }
        auto items = orders::item_rows().load(orders_, id, false);
        if (!items) return tl::unexpected(std::move(items.error()));
        std::vector<AnsweredLine> lines;
        const Currency currency = found->front().currency;
        for (const auto& item : *items)
            lines.push_back({item.line.product_id.value, item.line.quantity,
                             Money{item.line.unit_price.minor, currency}.to_string(),
                             Money{item.line.line_total.minor, currency}.to_string()});
        std::vector<AnsweredLine> answered = attempt.lines;
        std::ranges::sort(lines);
        std::ranges::sort(answered);
        if (attempt.number != found->front().order_number ||
            attempt.total != found->front().total_amount.to_string() || answered != lines)
            broken(fmt::format("was answered with other number, total or lines than order {} has",
                               order));
        return judge_recorded(attempt, broken);
    }

    template <class Broken>
    sql::Status judge_recorded(const Attempt& attempt, const Broken& broken) {
        if (judging_.sources.audit == nullptr) return {};
        const std::array<sql::Cell, 1> id{sql::id_cell(attempt.order)};
        auto recorded = judging_.sources.audit->query(
            "select count(*) from event_store where stream_id = ? and stream_type = 'order' and "
            "version > 0 and type = 'OrderCreated'",
            id);
        if (!recorded) return tl::unexpected(std::move(recorded.error()));
        const std::int64_t times = Row(recorded->row(0)).number(0);
        if (times == 1) return {};
        auto event = orders_.query(
            "select seq, event_id from events where aggregate_id = ? and aggregate_type = 'order' "
            "and aggregate_version = 1",
            id);
        if (!event) return tl::unexpected(std::move(event.error()));
        const bool excused = times == 0 && !event->empty() &&
                             (judging_.in_flight(Service::orders, Row(event->row(0)).number(0)) ||
                              judging_.letters.hold(Service::audit, Row(event->row(0)).id(1)));
        if (!excused)
            broken(fmt::format("the audit holds {} OrderCreated of its order {}", times,
                               attempt.order.to_string()));
        return {};
    }

    /// I3: what the key is kept for is what was answered under it.
    sql::Status judge_kept_keys() {
        for (const auto& [key, facts] : keys_) {
            const auto& [lookup, customer] = key;
            auto kept = orders_.query(
                "select aggregate_id, idempotency_key from idempotency where lookup = ?",
                std::array<sql::Cell, 1>{sql::Bytes(lookup)});
            if (!kept) return tl::unexpected(std::move(kept.error()));
            if (!kept->empty() || !facts.order.is_nil()) ++customers_[customer].orders_max;
            if (kept->empty() || facts.order.is_nil()) continue;
            const Row row(kept->row(0));
            if (row.id(0) != facts.order)
                judging_.findings.breach(
                    Invariant::idempotency, attempt_name(customer, row.text(1), facts.line),
                    fmt::format("was answered with order {}, the key is kept for {}",
                                facts.order.to_string(), row.id(0).to_string()));
        }
        return {};
    }

    /// I3: no customer has more orders from that time than it was told of or may have made.
    sql::Status judge_customers() {
        for (const auto& [customer, facts] : customers_) {
            const std::array<sql::Cell, 3> parameters{std::string_view(customer), facts.first.us,
                                                      facts.last.us};
            auto there = orders_.query(
                "select count(*) from orders where customer_id = ? and created_at >= ? and "
                "created_at <= ?",
                parameters);
            if (!there) return tl::unexpected(std::move(there.error()));
            const auto count = static_cast<std::uint64_t>(Row(there->row(0)).number(0));
            if (count > facts.orders_max)
                judging_.findings.breach(
                    Invariant::idempotency, "customer " + customer,
                    fmt::format("has {} orders from {} to {}; the recorded attempts account for {}",
                                count, facts.first.to_string(), facts.last.to_string(),
                                facts.orders_max));
        }
        return {};
    }

    Judging& judging_;
    sql::Session& orders_;
    std::map<std::pair<std::string, std::string>, KeyFacts> keys_;
    std::map<std::string, CustomerFacts> customers_;
    std::uint64_t acknowledged_ = 0;
};

}  // namespace

sql::Status judge_history(Judging& judging) {
    if (!judging.options.history) return {};
    if (judging.sources.orders != nullptr) return HistoryPass(judging).run();
    return tl::unexpected(
        sql::Failure{sql::FailureKind::invalid, "a history is judged by the orders' database", ""});
}

}  // namespace waybill::check
