#include "chassis/service/tables.hpp"

#include <gtest/gtest.h>

#include <array>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::service {
namespace {

std::string lookup(std::string subject, std::string key, std::int64_t item = 0) {
    return lookup_of(
        {.subject = std::move(subject), .key = std::move(key), .item = item, .request_hash = {}});
}

TEST(Lookups, FollowTheirKeysAndDifferByWhoSentThemAndByItem) {
    EXPECT_LT(lookup("bob", "019ad5a0-0001-7000-8000-000000000000"),
              lookup("alice", "019ad5a0-0002-7000-8000-000000000000"));
    EXPECT_NE(lookup("alice", "k"), lookup("bob", "k"));
    EXPECT_NE(lookup("alice", "k", 0), lookup("alice", "k", 1));
    const std::string longest(255, 'k');
    EXPECT_NE(lookup("alice", longest), lookup("alice", longest.substr(1)));
}

TEST(Lookups, OfRowsThatWereFoundByTheHashAloneAreMadeAnew) {
    const sql::TemporaryFolder folder;
    const auto env = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    auto database = sql::SqliteDatabase::open(*env, {.path = folder.file("keys.db")});
    auto session = std::move(*(*database)->open_writer());
    const std::string schema = frame_schema();
    const std::array steps{sql::Migration{1, "frame", schema},
                           sql::Migration{2, "lookups", lookups_in_key_order()}};
    ASSERT_TRUE(sql::migrate(*session, *env, std::span(steps).first(1)));
    const std::array<std::string, 2> keys{"k", std::string(255, 'k')};
    for (const std::string& key : keys) {
        const std::string made = lookup("alice", key);
        const std::array<sql::Cell, 9> row{
            sql::Bytes(std::string_view(made).substr(made.size() - 16)),
            std::string_view("alice"),
            std::string_view(key),
            0,
            sql::Bytes("hash"),
            201,
            sql::Bytes("0123456789abcdef"),
            1,
            1};
        ASSERT_TRUE(session->insert(idempotency_table, row));
    }
    ASSERT_TRUE(sql::migrate(*session, *env, steps));
    for (const std::string& key : keys) {
        const std::string made = lookup("alice", key);
        const std::array<sql::Cell, 1> wanted{std::string_view(made)};
        const auto found = session->select_in(idempotency_table, "lookup", wanted, false);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->size(), 1U) << key;
    }
}

}  // namespace
}  // namespace waybill::service
