#include "chassis/auth/base64url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace waybill::auth {
namespace {

TEST(Base64url, RefusesWhatIsNotCanonical) {
    for (const std::string_view text : {"A", "AAAAA", "AA==", "AAA=", "AB", "AAB", "A+AA", "A/AA",
                                        "AA A", "AAAA\n", "AA\xc3\xa4"})
        EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
}

TEST(Base64url, ReadsTheExamplesOfRfc4648) {
    EXPECT_EQ(decode_base64url(""), "");
    EXPECT_EQ(decode_base64url("Zg"), "f");
    EXPECT_EQ(decode_base64url("Zm8"), "fo");
    EXPECT_EQ(decode_base64url("Zm9v"), "foo");
    EXPECT_EQ(decode_base64url("Zm9vYmFy"), "foobar");
    EXPECT_EQ(decode_base64url("-_8"), "\xfb\xff");
}

RC_GTEST_PROP(Base64url, GivesBackWhatWasEncoded, (const std::string& bytes)) {
    RC_ASSERT(decode_base64url(encode_base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Base64url, HasOneEncodingForEveryValue, ()) {
    const auto letters = rc::gen::elementOf(std::string("ABCQgwxyz0189-_"));
    const auto text = *rc::gen::container<std::string>(letters);
    const auto bytes = decode_base64url(text);
    if (bytes) RC_ASSERT(encode_base64url(*bytes) == text);
}

}  // namespace
}  // namespace waybill::auth
