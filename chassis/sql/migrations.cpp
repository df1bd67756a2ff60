#include "chassis/sql/migrations.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "chassis/base/check.hpp"
#include "chassis/base/faults.hpp"

namespace waybill::sql {
namespace {

constexpr std::array ledger_columns{
    Column{"version", ColumnType::integer},
    Column{"name", ColumnType::text},
    Column{"checksum", ColumnType::text},
    Column{"applied_at", ColumnType::timestamp},
};
constexpr TableDef ledger{"schema_migrations", ledger_columns, 1};

struct Applied {
    std::int64_t version;
    std::string name;
    std::string checksum;
};

waybill::Error broken(std::string why) {
    return {Problem::unavailable, std::move(why)};
}

waybill::Error stopped(const Migration& step, const Failure& failure) {
    return broken(fmt::format("migration {} {}: {}", step.version, step.name, failure.message));
}

waybill::Status make_ledger(Session& session) {
    auto made = session.execute(
        "create table if not exists schema_migrations (version integer not null primary key, "
        "name text not null, checksum text not null, applied_at bigint not null)",
        {});
    if (!made) return fail(broken(made.error().message));
    return {};
}

waybill::Result<std::vector<Applied>> read_ledger(Session& session) {
    auto rows =
        session.query("select version, name, checksum from schema_migrations order by version", {});
    if (!rows) return fail(broken(rows.error().message));
    std::vector<Applied> applied;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto row = rows->row(i);
        applied.push_back(
            {as_int(row[0]), std::string(as_text(row[1])), std::string(as_text(row[2]))});
    }
    return applied;
}

/// What stands in the way of going on from `applied` with `steps`.
waybill::Status compare(std::span<const Applied> applied, std::span<const Migration> steps) {
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const Applied& past = applied[i];
        if (past.version > static_cast<std::int64_t>(steps.size()))
            return fail(broken(fmt::format(
                "the database's schema has version {} ({}), this program knows {}: it is older "
                "than the database",
                applied.back().version, applied.back().name, steps.size())));
        if (past.version != static_cast<std::int64_t>(i + 1))
            return fail(
                broken(fmt::format("migration {} is missing in the database, which has {} already",
                                   i + 1, past.version)));
        if (past.checksum != checksum(steps[i].sql))
            return fail(broken(fmt::format(
                "migration {} {} differs from what was applied as {}: a published migration is "
                "never changed",
                past.version, steps[i].name, past.name)));
    }
    return {};
}

/// False when another process has applied it meanwhile.
Result<bool> apply_in_transaction(Session& session, Env& env, const Migration& step) {
    const std::string sum = checksum(step.sql);
    const std::array<Cell, 4> row{std::int64_t{step.version}, step.name, std::string_view(sum),
                                  env.now().us};
    // The row first: where several processes migrate at once the unique version is their lock.
    auto left_out = session.insert_new(ledger, row);
    if (!left_out) return tl::unexpected(left_out.error());
    if (!left_out->empty()) return false;
    for (const std::string_view statement : split_statements(step.sql))
        if (auto done = session.execute(statement, {}); !done) return tl::unexpected(done.error());
    faults::crash_point("in_migration");
    if (auto committed = session.commit(); !committed) return tl::unexpected(committed.error());
    faults::crash_point("after_migration");
    return true;
}

waybill::Result<bool> apply(Session& session, Env& env, const Migration& step) {
    if (auto begun = session.begin(); !begun) return fail(stopped(step, begun.error()));
    auto applied = apply_in_transaction(session, env, step);
    if (!applied || !*applied) session.rollback();
    if (!applied) return fail(stopped(step, applied.error()));
    return *applied;
}

}  // namespace

waybill::Result<std::vector<Migration>> pending(Session& session,
                                                std::span<const Migration> migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i)
        CHECK(migrations[i].version == static_cast<std::int32_t>(i + 1));
    if (auto made = make_ledger(session); !made) return tl::unexpected(made.error());
    auto applied = read_ledger(session);
    if (!applied) return tl::unexpected(applied.error());
    if (auto fits = compare(*applied, migrations); !fits) return tl::unexpected(fits.error());
    const auto rest = migrations.subspan(applied->size());
    return std::vector<Migration>(rest.begin(), rest.end());
}

waybill::Result<MigrationReport> migrate(Session& session, Env& env,
                                         std::span<const Migration> migrations) {
    auto steps = pending(session, migrations);
    if (!steps) return tl::unexpected(steps.error());
    MigrationReport report{.version = static_cast<std::int32_t>(migrations.size())};
    for (const Migration& step : *steps) {
        auto applied = apply(session, env, step);
        if (!applied) return tl::unexpected(applied.error());
        if (*applied) report.applied.emplace_back(step.name);
    }
    return report;
}

std::string checksum(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace waybill::sql
