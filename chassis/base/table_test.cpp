#include "chassis/base/table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "chassis/base/keys.hpp"

namespace waybill {
namespace {

using Rows = Table<int, std::string>;

std::vector<std::string> texts(const std::vector<const std::string*>& rows) {
    std::vector<std::string> out;
    for (const std::string* row : rows) out.push_back(*row);
    return out;
}

TEST(TableRows, LookingAtWhatWasNeverLoadedIsABug) {
    Rows rows;
    EXPECT_FALSE(rows.known(1));
    EXPECT_DEATH(static_cast<void>(rows.find(1)), "CHECK failed");
    EXPECT_DEATH(rows.change(1), "CHECK failed");
    rows.absent(1);
    EXPECT_DEATH(static_cast<void>(rows.at(1)), "CHECK failed");
    EXPECT_DEATH(rows.change(1), "CHECK failed");
}

TEST(TableRows, AnAbsentRowIsKnownAndNotThere) {
    Rows rows;
    rows.absent(1);
    EXPECT_TRUE(rows.known(1));
    EXPECT_EQ(rows.find(1), nullptr);
    EXPECT_TRUE(rows.present().empty());
}

TEST(TableRows, AbsentDoesNotForgetALoadedRow) {
    Rows rows;
    rows.loaded(1, "a");
    rows.absent(1);
    EXPECT_EQ(rows.at(1), "a");
}

TEST(TableRows, AKeyThatIsAFieldOutlivesTheMoveOfItsRow) {
    struct Row {
        std::string name;
        int count = 0;
    };
    const std::string long_name(100, 'n');
    Table<std::string, Row> rows;
    Row row{long_name, 3};
    rows.loaded(&Row::name, std::move(row));
    EXPECT_TRUE(rows.known(long_name));
    EXPECT_EQ(rows.at(long_name).name, long_name);
    EXPECT_EQ(rows.at(long_name).count, 3);
}

TEST(TableRows, KnowsWhatIsNewWhatChangedAndWhatIsGone) {
    Rows rows;
    rows.loaded(3, "kept");
    rows.loaded(2, "old");
    rows.loaded(1, "going");
    rows.absent(5);
    rows.absent(4);
    rows.change(2) = "new";
    rows.put(5, "five");
    rows.put(4, "four");
    rows.erase(1);
    EXPECT_EQ(texts(rows.inserted()), (std::vector<std::string>{"four", "five"}));
    EXPECT_EQ(texts(rows.updated()), (std::vector<std::string>{"new"}));
    EXPECT_EQ(rows.removed(), (std::vector<int>{1}));
    EXPECT_EQ(texts(rows.present()), (std::vector<std::string>{"new", "kept", "four", "five"}));
}

TEST(TableRows, ARowThatComesAndGoesInOneBatchWasNeverThere) {
    Rows rows;
    rows.absent(1);
    rows.put(1, "a");
    rows.erase(1);
    EXPECT_TRUE(rows.inserted().empty());
    EXPECT_TRUE(rows.removed().empty());
}

TEST(TableRows, ARowThatGoesAndComesIsUpdated) {
    Rows rows;
    rows.loaded(1, "a");
    rows.erase(1);
    rows.put(1, "b");
    EXPECT_TRUE(rows.inserted().empty());
    EXPECT_EQ(texts(rows.updated()), (std::vector<std::string>{"b"}));
    EXPECT_TRUE(rows.removed().empty());
}

TEST(KeyList, SettlesIntoTheOrderOfLocking) {
    Keys keys;
    keys.change(1, "b");
    keys.read(0, "z");
    keys.change(0, "a", 1);
    keys.change(0, "a");
    keys.settle();
    ASSERT_EQ(keys.all().size(), 4U);
    EXPECT_EQ(keys.all()[0], (Key{0, 0, true, "a"}));
    EXPECT_EQ(keys.all()[1], (Key{0, 0, false, "z"}));
    EXPECT_EQ(keys.all()[2], (Key{0, 1, true, "a"}));
    EXPECT_EQ(keys.all()[3], (Key{1, 0, true, "b"}));
}

TEST(KeyList, AKeyReadAndChangedIsChanged) {
    for (const bool change_first : {true, false}) {
        Keys keys;
        if (change_first) keys.change(0, "a");
        keys.read(0, "a");
        if (!change_first) keys.change(0, "a");
        keys.settle();
        EXPECT_EQ(keys.all(), (std::vector<Key>{{0, 0, true, "a"}}));
    }
}

TEST(KeyList, MergesAndPicksByTableAndIndex) {
    Keys keys;
    keys.read(0, "b");
    Keys more;
    more.read(0, "a");
    more.read(0, "c", 1);
    more.read(1, "d");
    keys.merge(more);
    keys.settle();
    EXPECT_EQ(keys.of(0), (std::vector<std::string_view>{"a", "b"}));
    EXPECT_EQ(keys.of(0, 1), (std::vector<std::string_view>{"c"}));
    EXPECT_TRUE(keys.of(2).empty());
}

}  // namespace
}  // namespace waybill
