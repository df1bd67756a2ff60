#include "chassis/sql/data_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

TEST(DataFolder, RefusesASecondOwnerAndNamesTheFirst) {
    TemporaryFolder parent;
    const std::string path = parent.file("data");
    auto first = DataFolder::open(path);
    ASSERT_TRUE(first) << first.error().detail;
    const auto second = DataFolder::open(path + "/");
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().detail.find(path), std::string::npos) << second.error().detail;
    EXPECT_NE(second.error().detail.find("process " + std::to_string(::getpid())),
              std::string::npos)
        << second.error().detail;
}

TEST(DataFolder, IsFreeAgainWhenItsOwnerIsGone) {
    TemporaryFolder parent;
    {
        auto first = DataFolder::open(parent.file("data"));
    }
    auto next = DataFolder::open(parent.file("data"));
    ASSERT_TRUE(next);
    DataFolder moved = std::move(*next);
    EXPECT_FALSE(DataFolder::open(parent.file("data")));
    EXPECT_EQ(moved.file("orders.db"), parent.file("data/orders.db"));
}

TEST(DataFolder, RefusesAFileAndAnEmptyName) {
    TemporaryFolder parent;
    std::ofstream(parent.file("file")) << "x";
    const auto refused = DataFolder::open(parent.file("file"));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("not a folder"), std::string::npos);
    EXPECT_FALSE(DataFolder::open(""));
}

TEST(DataFolder, RefusesAFolderThatCannotBeMade) {
    const auto refused = DataFolder::open("/proc/waybill/data");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("/proc/waybill/data"), std::string::npos);
}

TEST(DataFolder, IsMadeForItsOwnerAlone) {
    TemporaryFolder parent;
    auto folder = DataFolder::open(parent.file("a/b/data"));
    ASSERT_TRUE(folder) << folder.error().detail;
    struct stat facts{};
    ASSERT_EQ(::stat(folder->path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace waybill::sql
