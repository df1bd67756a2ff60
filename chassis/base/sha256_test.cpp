#include "chassis/base/sha256.hpp"

#include <gtest/gtest.h>

namespace waybill {
namespace {

TEST(Sha256, GivesTheDigestsOfTheStandard) {
    const std::string empty = sha256("");
    EXPECT_EQ(static_cast<unsigned char>(empty[0]), 0xe3);
    EXPECT_EQ(static_cast<unsigned char>(empty[31]), 0x55);
    const std::string abc = sha256("abc");
    EXPECT_EQ(static_cast<unsigned char>(abc[0]), 0xba);
    EXPECT_EQ(abc.substr(0, 16), sha256_short("abc"));
}

}  // namespace
}  // namespace waybill
