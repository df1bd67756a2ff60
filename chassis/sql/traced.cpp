#include "chassis/sql/traced.hpp"

#include <functional>
#include <source_location>
#include <string>
#include <unordered_map>

#include "chassis/sql/failure_word.hpp"
#include "chassis/sql/summary.hpp"
#include "chassis/telemetry/names.hpp"

namespace waybill::sql {
namespace {

namespace attribute = telemetry::attribute;
using telemetry::Histogram;
using telemetry::Kind;
using telemetry::Span;
using telemetry::Telemetry;

constexpr std::size_t operations_max = 256;

/// One kind of operation: its names, and its series when all goes well.
struct Operation {
    Summary summary;
    std::string name;
    Histogram duration;
};

class Traced final : public TracedSession {
 public:
    Traced(std::unique_ptr<Session> session, Env& env, Telemetry& telemetry,
           std::string_view system)
        : session_(std::move(session)), env_(env), telemetry_(telemetry), system_(system) {}

    void trace(const TraceContext& parent) override { parent_ = parent; }
    bool lost() const override { return lost_; }

    Status begin() override {
        return measured("begin", 0, [&] { return session_->begin(); });
    }
    Status commit() override {
        return measured("commit", 0, [&] { return session_->commit(); });
    }
    void rollback() override { session_->rollback(); }
    bool in_transaction() const override { return session_->in_transaction(); }
    Result<Rows> select_in(const TableDef& table, std::string_view column,
                           std::span<const Cell> values, bool lock) override {
        return measured(on("select from ", table), values.size(),
                        [&] { return session_->select_in(table, column, values, lock); });
    }
    Status insert(const TableDef& table, std::span<const Cell> rows) override {
        return measured(on("insert into ", table), rows.size() / table.columns.size(),
                        [&] { return session_->insert(table, rows); });
    }
    Result<std::vector<std::size_t>> insert_new(const TableDef& table,
                                                std::span<const Cell> rows) override {
        return measured(on("insert into ", table), rows.size() / table.columns.size(),
                        [&] { return session_->insert_new(table, rows); });
    }
    Status update(const TableDef& table, std::span<const Cell> rows) override {
        return measured(on("update ", table), rows.size() / table.columns.size(),
                        [&] { return session_->update(table, rows); });
    }
    Status remove(const TableDef& table, std::span<const Cell> keys) override {
        return measured(on("delete from ", table), keys.size() / table.keys,
                        [&] { return session_->remove(table, keys); });
    }
    Result<Rows> query(std::string_view statement, std::span<const Cell> parameters) override {
        return measured(statement, 0, [&] { return session_->query(statement, parameters); });
    }
    Result<std::int64_t> execute(std::string_view statement,
                                 std::span<const Cell> parameters) override {
        return measured(statement, 0, [&] { return session_->execute(statement, parameters); });
    }
    void set_deadline(std::optional<MonoTime> at) override { session_->set_deadline(at); }

 private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::string_view on(std::string_view words, const TableDef& table) {
        words_.assign(words).append(table.name);
        return words_;
    }

    /// The operation of a statement; statements beyond what is kept have their verb alone.
    const Operation& operation(std::string_view statement) {
        if (const auto known = operations_.find(statement); known != operations_.end())
            return known->second;
        Operation made{summarize(statement), {}, {}};
        if (operations_.size() >= operations_max) {
            made.summary.collection.clear();
            statement = statement.substr(0, statement.find(' '));
        }
        made.name = made.summary.text();
        made.duration = series(made, {});
        return operations_.insert_or_assign(std::string(statement), std::move(made)).first->second;
    }

    Histogram series(const Operation& operation, std::string_view error) {
        constexpr std::string_view name = telemetry::metric::db_client_operation_duration;
        telemetry::Meter& meter = telemetry_.meter();
        if (error.empty())
            return meter.histogram(name,
                                   {{attribute::db_system_name, system_},
                                    {attribute::db_operation_name, operation.summary.operation},
                                    {attribute::db_collection_name, operation.summary.collection}});
        return meter.histogram(name, {{attribute::db_system_name, system_},
                                      {attribute::db_operation_name, operation.summary.operation},
                                      {attribute::db_collection_name, operation.summary.collection},
                                      {attribute::error_type, error}});
    }

    Span start(const Operation& operation, std::size_t rows) {
        Span span = telemetry_.tracer().start(operation.name, Kind::client, parent_);
        span.set(attribute::db_system_name, system_)
            .set(attribute::db_operation_name, operation.summary.operation)
            .set(attribute::db_query_summary, operation.name);
        if (!operation.summary.collection.empty())
            span.set(attribute::db_collection_name, operation.summary.collection);
        if (rows >= 2)
            span.set(attribute::db_operation_batch_size, static_cast<std::int64_t>(rows));
        return span;
    }

    /// What the writer deals with by itself (a taken key, a retry, a deadline) is no trouble.
    static bool is_trouble(FailureKind kind) {
        return kind != FailureKind::transient && kind != FailureKind::duplicate &&
               kind != FailureKind::timeout;
    }
    void report(const Failure& failure, std::string_view error, const TraceContext& trace) {
        telemetry_.log().write(telemetry::Severity::warn, "A statement failed.",
                               {{attribute::exception_type, error},
                                {attribute::exception_message, failure.message},
                                {attribute::db_query_summary, failure.statement},
                                {attribute::db_system_name, system_}},
                               trace, telemetry::event::db_client_operation_exception,
                               std::source_location::current());
    }

    template <class F>
    auto measured(std::string_view statement, std::size_t rows, F&& work) -> decltype(work()) {
        const Operation& what = operation(statement);
        Span span;
        if (parent_.valid()) span = start(what, rows);
        const MonoTime began = env_.monotonic();
        auto outcome = work();
        const Duration took = env_.monotonic() - began;
        const double seconds = static_cast<double>(took.count()) / 1e6;
        if (outcome) {
            what.duration.record(seconds, span.context());
        } else {
            const FailureKind kind = outcome.error().kind;
            lost_ = lost_ || kind == FailureKind::connection_lost ||
                    kind == FailureKind::commit_unknown;
            const std::string_view error = word_of(kind);
            series(what, error).record(seconds, span.context());
            span.fail(error, outcome.error().message);
            if (is_trouble(kind)) report(outcome.error(), error, span.context());
        }
        span.end();
        return outcome;
    }

    std::unique_ptr<Session> session_;
    Env& env_;
    Telemetry& telemetry_;
    std::string_view system_;
    TraceContext parent_;
    bool lost_ = false;
    std::string words_;
    std::unordered_map<std::string, Operation, Hash, std::equal_to<>> operations_;
};

}  // namespace

std::unique_ptr<TracedSession> TracedSession::wrap(std::unique_ptr<Session> session, Env& env,
                                                   Telemetry& telemetry, std::string_view system) {
    return std::make_unique<Traced>(std::move(session), env, telemetry, system);
}

}  // namespace waybill::sql
