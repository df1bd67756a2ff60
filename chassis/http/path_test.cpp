#include "chassis/http/path.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "chassis/http/path_model.hpp"

namespace waybill::http {
namespace {

using namespace std::string_literals;

const std::string refused_paths[] = {""s,
                                     "a"s,
                                     "//"s,
                                     "//a"s,
                                     "/a//b"s,
                                     "/a//"s,
                                     "/.."s,
                                     "/../a"s,
                                     "/a/../.."s,
                                     "/%2e%2e/a"s,
                                     "/%2E%2E%2fa"s,
                                     "/a%2fb"s,
                                     "/a%2Fb"s,
                                     "/a%5cb"s,
                                     "/a\\b"s,
                                     "/a%00"s,
                                     "/a%0a"s,
                                     "/a%0d%0aX"s,
                                     "/a%1f"s,
                                     "/a%7f"s,
                                     "/a%25"s,
                                     "/a%252e"s,
                                     "/a%252fb"s,
                                     "/%25%32%65"s,
                                     "/a%"s,
                                     "/a%2"s,
                                     "/a%2g"s,
                                     "/a%g2"s,
                                     "/a%u002e"s,
                                     "/a%c0%af"s,
                                     "/a%c0%ae%c0%ae/"s,
                                     "/a%e0%80%af"s,
                                     "/a%ed%a0%80"s,
                                     "/a%f4%90%80%80"s,
                                     "/a%ff"s,
                                     "/a%80"s,
                                     "/a%c3"s,
                                     "/a%c3b%a9"s,
                                     "/a%c2%85"s,
                                     "/a b"s,
                                     "/a\tb"s,
                                     "/a\"b"s,
                                     "/a<b"s,
                                     "/a>b"s,
                                     "/a^b"s,
                                     "/a`b"s,
                                     "/a{b"s,
                                     "/a|b"s,
                                     "/a}b"s,
                                     "/a?b"s,
                                     "/a#b"s,
                                     "/a[b"s,
                                     "/caf\xc3\xa9"s,
                                     "/..;/a"s,
                                     "/a/..;x=y/b"s,
                                     "/.;/a"s,
                                     "/a/%2e%2e;/b"s,
                                     "/a/..%3b/b"s,
                                     "/a/.%2e"s + "/../.."};

std::string normal(std::string_view raw) {
    std::string out;
    return normalise_path(raw, out) ? out : "refused";
}

TEST(Path, IsRefusedWhenAmbiguousMalformedOrAboveTheRoot) {
    for (const std::string& raw : refused_paths) EXPECT_EQ(normal(raw), "refused") << raw;
}

TEST(Path, HasOneFormForAllItsSpellings) {
    const std::vector<std::pair<std::string, std::string>> all = {
        {"/", "/"},
        {"/a/b-c_d.e~f", "/a/b-c_d.e~f"},
        {"/a/", "/a/"},
        {"/.", "/"},
        {"/./a/./b/.", "/a/b/"},
        {"/a/..", "/"},
        {"/a/../b", "/b"},
        {"/a/b/../../c/", "/c/"},
        {"/a/%2e/b/%2E%2e/c", "/a/c"},
        {"/.well-known/x", "/.well-known/x"},
        {"/...", "/..."},
        {"/..a/.b", "/..a/.b"},
        {"/%61%7E%41", "/a~A"},
        {"/a%20b%3fc%3D", "/a%20b%3Fc%3D"},
        {"/products:batch", "/products:batch"},
        {"/products%3abatch", "/products%3Abatch"},
        {"/caf%c3%a9", "/caf%C3%A9"},
        {"/%f0%9f%9a%9a", "/%F0%9F%9A%9A"},
        {"/a;v=1/b", "/a;v=1/b"},
        {"/!$&'()*+,;=:@", "/!$&'()*+,;=:@"},
    };
    for (const auto& [raw, expected] : all) EXPECT_EQ(normal(raw), expected) << raw;
}

TEST(Path, AgreesWithThePlainModelAndIsItsOwnNormalForm) {
    rc::check([] {
        const auto piece = rc::gen::element<std::string>(
            "/", "a", "..", ".", ";", "%2e", "%2E", "%2f", "%25", "%41", "%3b", "%C3%A9", "%c2%80",
            "%c3", "%e2%82%ac", "%f4%8f%bf%bf", "%", "0", " ", "%20", ":", "é", "%00", "\\", "%7e");
        std::string raw = "/";
        for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece))
            raw += part;
        std::string out;
        const bool taken = normalise_path(raw, out);
        const auto expected = PathModel::normalise(raw);
        RC_ASSERT(taken == expected.has_value());
        if (!taken) return;
        RC_ASSERT(out == *expected);
        std::string again;
        RC_ASSERT(normalise_path(out, again));
        RC_ASSERT(again == out);
    });
}

}  // namespace
}  // namespace waybill::http
