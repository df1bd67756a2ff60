#include "chassis/sql/traced.hpp"

#include <gtest/gtest.h>

#include <array>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"
#include "chassis/telemetry/pipeline.hpp"

namespace waybill::sql {
namespace {

constexpr std::array thing_columns{Column{"id", ColumnType::integer},
                                   Column{"name", ColumnType::text}};
constexpr TableDef traced_things{"things", thing_columns, 1};

class Traced : public ::testing::Test {
 protected:
    void SetUp() override {
        ASSERT_TRUE(
            session_->execute("create table things (id integer primary key, name text)", {}));
    }
    Status insert_two() {
        return session_->insert(traced_things,
                                std::vector<Cell>{std::int64_t{1}, "a", std::int64_t{2}, "b"});
    }
    std::string spans() {
        pipeline_.flush();
        return pipeline_.traces().trace(parent_.trace_id_hex()).value_or("");
    }
    std::string logs() {
        pipeline_.flush();
        return pipeline_.logs().logs({})->otlp_json;
    }
    bool measured(std::string_view sample) {
        return pipeline_.metrics("").text.find(sample) != std::string::npos;
    }
    static bool has(const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    }

    TemporaryFolder folder_;
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{1'700'000'000'000'000});
    telemetry::Pipeline pipeline_{*env_, {.identity = {}, .process_metrics = false, .log_fd = -1}};
    std::unique_ptr<SqliteDatabase> database_ =
        std::move(*SqliteDatabase::open(*env_, {.path = folder_.file("t.db")}));
    std::unique_ptr<TracedSession> session_ = TracedSession::wrap(
        std::move(*database_->open_writer()), *env_, pipeline_.service("orders"), "sqlite");
    TraceContext parent_ =
        TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
};

TEST_F(Traced, WritesNoSpanWithoutAParent) {
    ASSERT_TRUE(insert_two());
    EXPECT_EQ(spans(), "");
}

TEST_F(Traced, ReportsAFailureInSpanMetricAndLog) {
    session_->trace(parent_);
    ASSERT_FALSE(session_->execute("delete from nowhere", {}));
    EXPECT_TRUE(has(spans(), "delete nowhere"));
    EXPECT_TRUE(has(spans(), "invalid"));
    EXPECT_TRUE(has(logs(), "no such table"));
    EXPECT_TRUE(measured("error_type=\"invalid\"")) << pipeline_.metrics("").text;
}

TEST_F(Traced, MakesNoNoiseOfATakenKey) {
    ASSERT_TRUE(insert_two());
    EXPECT_EQ(insert_two().error().kind, FailureKind::duplicate);
    EXPECT_FALSE(has(logs(), "things"));
}

TEST_F(Traced, WritesOneSpanForABulkStatement) {
    session_->trace(parent_);
    ASSERT_TRUE(insert_two());
    session_->trace({});
    ASSERT_TRUE(session_->query("select * from things where id = ?", std::array{Cell(1)}));
    const std::string text = spans();
    EXPECT_TRUE(has(text, "insert things")) << text;
    EXPECT_TRUE(has(text, "db.operation.batch.size")) << text;
    EXPECT_FALSE(has(text, "select things")) << text;
}

TEST_F(Traced, MeasuresEveryStatementByOperationAndTable) {
    ASSERT_TRUE(insert_two());
    ASSERT_TRUE(session_->select_in(traced_things, "id", std::array{Cell(2)}, false));
    EXPECT_TRUE(measured("db_operation_name=\"insert\"")) << pipeline_.metrics("").text;
    EXPECT_TRUE(measured("db_operation_name=\"select\""));
    EXPECT_TRUE(measured("db_collection_name=\"things\""));
}

}  // namespace
}  // namespace waybill::sql
