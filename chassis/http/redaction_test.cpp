#include "chassis/http/redaction.hpp"

#include <gtest/gtest.h>

namespace waybill::http {
namespace {

TEST(ShownPath, HidesWhatIsNoIdentifier) {
    for (const std::string& path : {std::string("/v1/orders/number/anna@example.com"),
                                    std::string("/v1/inventory/products/sku/anna%20lee"),
                                    "/v1/orders/" + std::string(65, 'a'), std::string("/a;b=c")})
        EXPECT_EQ(shown_path(path), "/REDACTED") << path;
}

TEST(ShownPath, KeepsWordsAndIdentifiers) {
    for (const std::string_view path :
         {"/", "/v1/orders/0193a1f0-0000-7000-8000-000000000001/confirm",
          "/v1/orders/number/WB-20261123-7K3QZ9M2", "/v1/inventory/products:batch",
          "/realms/waybill/.well-known/openid-configuration"})
        EXPECT_EQ(shown_path(path), path);
}

TEST(ShownQuery, HidesEveryValueThatMayBeSecretOrPersonal) {
    EXPECT_EQ(shown_query("access_token=abc&q=anna&sku=X-1&id_token_hint=e.y.J"),
              "access_token=REDACTED&q=REDACTED&sku=REDACTED&id_token_hint=REDACTED");
    EXPECT_EQ(shown_query("code=123456&password=1"), "code=REDACTED&password=REDACTED");
    EXPECT_EQ(shown_query("limit=secret&limit=1234567890123"), "limit=REDACTED&limit=REDACTED");
}

TEST(ShownQuery, HidesNamesThatAreNone) {
    EXPECT_EQ(shown_query("%61ccess_token=abc&anna@example.com&p4ss=1"),
              "REDACTED=REDACTED&REDACTED&REDACTED=REDACTED");
}

TEST(ShownQuery, KeepsNumbersTruthValuesTimesAndIdentifiers) {
    const std::string query =
        "limit=5&unread=true&flag&createdFrom=2026-11-23T10:00:00Z"
        "&orderId=0193a1f0-0000-7000-8000-000000000001";
    EXPECT_EQ(shown_query(query), query);
    EXPECT_EQ(shown_query(""), "");
}

}  // namespace
}  // namespace waybill::http
