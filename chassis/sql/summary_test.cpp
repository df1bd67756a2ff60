#include "chassis/sql/summary.hpp"

#include <gtest/gtest.h>

namespace waybill::sql {
namespace {

TEST(Summary, NamesTheOperationAndItsTable) {
    EXPECT_EQ(summarize("").text(), "");
    EXPECT_EQ(summarize("  begin immediate").text(), "begin");
    EXPECT_EQ(summarize("SELECT a, b\nFROM orders WHERE x = ?").text(), "select orders");
    EXPECT_EQ(summarize("insert into order_items (id) values (?)").text(), "insert order_items");
    EXPECT_EQ(summarize("update catalog set price = ?").text(), "update catalog");
    EXPECT_EQ(summarize("delete from outbox where id = ?").text(), "delete outbox");
    EXPECT_EQ(summarize("create table if not exists things (id)").text(), "create things");
}

}  // namespace
}  // namespace waybill::sql
