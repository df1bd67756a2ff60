#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "services/identity/identity_testing.hpp"
#include "services/identity/secret_file.hpp"

namespace waybill::identity {
namespace {

using testing::Folder;

mode_t mode_of(const std::string& path) {
    struct stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777U;
}

TEST(SecretFile, IsReadableByItsOwnerAloneAndLeavesNoTemporary) {
    Folder folder;
    const std::string path = folder.path() + "/secret";
    EXPECT_EQ(read_secret_file(path).value(), std::nullopt);
    ASSERT_TRUE(write_secret_file(path, "one"));
    ASSERT_TRUE(write_secret_file(path, "two"));
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_EQ(read_secret_file(path).value(), "two");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(SecretFile, IsRefusedByNameWhenOthersMayReadIt) {
    Folder folder;
    const std::string path = folder.path() + "/secret";
    ASSERT_TRUE(write_secret_file(path, "one"));
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
    const auto read = read_secret_file(path);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().detail.find(path), std::string::npos);
}

TEST(SecretFile, IsRefusedWhenItIsALinkOrAFolder) {
    Folder folder;
    ASSERT_TRUE(write_secret_file(folder.path() + "/secret", "one"));
    std::filesystem::create_symlink("secret", folder.path() + "/link");
    EXPECT_FALSE(read_secret_file(folder.path() + "/link"));
    EXPECT_FALSE(read_secret_file(folder.path()));
}

TEST(SecretFile, SurvivesATemporaryThatACrashLeft) {
    Folder folder;
    const std::string path = folder.path() + "/secret";
    std::ofstream(path + ".new") << "half";
    ASSERT_TRUE(write_secret_file(path, "whole"));
    EXPECT_EQ(read_secret_file(path).value(), "whole");
}

TEST(SecretFile, SaysWhichFolderCannotBeWritten) {
    const auto written = write_secret_file("/nonexistent/secret", "x");
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().detail.find("/nonexistent/secret"), std::string::npos);
}

TEST(Secrets, AreTheSameWhenReadAgain) {
    Folder folder;
    auto env = VirtualEnv::create(1, Timestamp{0});
    EXPECT_FALSE(read_service_secret(folder.path()));
    const auto made = load_or_make_secrets(folder.path(), *env);
    ASSERT_TRUE(made);
    const auto again = load_or_make_secrets(folder.path(), *env);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->signing_key.kid(), made->signing_key.kid());
    EXPECT_EQ(again->refresh_key, made->refresh_key);
    EXPECT_EQ(again->service_secret, made->service_secret);
    EXPECT_EQ(read_service_secret(folder.path()).value(), made->service_secret);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        EXPECT_EQ(mode_of(entry.path().string()), 0600U) << entry.path();
}

TEST(Secrets, AreRefusedByNameWhenDamaged) {
    Folder folder;
    auto env = VirtualEnv::create(1, Timestamp{0});
    const std::string path = folder.path() + "/identity-signing-key.pem";
    ASSERT_TRUE(write_secret_file(path, "not a key"));
    const auto read = load_or_make_secrets(folder.path(), *env);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().detail.find(path), std::string::npos);
}

TEST(CheckListen, RefusesPlacesThatOtherMachinesReach) {
    for (const char* host :
         {"0.0.0.0", "::", "[::]", "192.168.1.4", "127.evil.example", "", "localhost.example"}) {
        const auto checked = check_listen(host, false);
        ASSERT_FALSE(checked) << host;
        EXPECT_NE(checked.error().detail.find("identity.allow_remote"), std::string::npos);
        EXPECT_TRUE(check_listen(host, true)) << host;
    }
    for (const char* host : {"127.0.0.1", "127.0.0.53", "::1", "[::1]", "localhost"})
        EXPECT_TRUE(check_listen(host, false)) << host;
}

}  // namespace
}  // namespace waybill::identity
