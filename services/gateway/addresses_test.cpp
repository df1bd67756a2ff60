#include "services/gateway/addresses.hpp"

#include <gtest/gtest.h>

#include "services/gateway/hosts.hpp"

namespace waybill::gateway {
namespace {

http::Request from(std::string peer, std::vector<std::pair<std::string, std::string>> fields) {
    http::Request request;
    request.peer_address = std::move(peer);
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    return request;
}

TEST(AddressBlock, RefusesWhatIsNoBlock) {
    for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129",
                             "localhost", "10.0.0.0/8x", "[::1]"})
        EXPECT_FALSE(AddressBlock::parse(text)) << text;
}

TEST(AddressBlock, HoldsExactlyItsAddresses) {
    const auto holds = [](const char* block, const char* address) {
        return AddressBlock::parse(block)->holds(*Address::parse(address));
    };
    EXPECT_TRUE(holds("10.0.0.0/8", "10.255.1.2"));
    EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(holds("192.168.4.0/23", "192.168.5.9"));
    EXPECT_FALSE(holds("192.168.4.0/23", "192.168.6.1"));
    EXPECT_TRUE(holds("127.0.0.1", "::ffff:127.0.0.1")) << "a mapped address is the same";
    EXPECT_TRUE(holds("fd00::/8", "fdab::1"));
    EXPECT_FALSE(holds("fd00::/8", "fe80::1"));
    EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
    EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
}

TEST(ClientAddresses, BelieveNobodyByDefault) {
    const ClientAddresses addresses({});
    EXPECT_EQ(addresses.client_of(from("192.0.2.1", {{"X-Forwarded-For", "1.1.1.1"}})),
              "192.0.2.1");
}

TEST(ClientAddresses, TakeTheLastHopThatIsNoTrustedProxy) {
    const ClientAddresses addresses({"10.0.0.0/8", "::1"});
    const auto client = [&](std::vector<std::pair<std::string, std::string>> fields) {
        return addresses.client_of(from("10.0.0.1", std::move(fields)));
    };
    EXPECT_EQ(client({}), "10.0.0.1");
    EXPECT_EQ(client({{"X-Forwarded-For", "9.9.9.9, 1.2.3.4, 10.0.0.2"}}), "1.2.3.4");
    EXPECT_EQ(client({{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-For", "1.2.3.4"}}), "1.2.3.4");
    EXPECT_EQ(client({{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}), "10.0.0.3");
    EXPECT_EQ(client({{"X-Forwarded-For", "1.2.3.4, unknown"}}), "10.0.0.1")
        << "nothing beyond an unreadable hop is believed";
    EXPECT_EQ(client({{"X-Forwarded-For", "1.2.3.4:5678"}}), "1.2.3.4");
    EXPECT_EQ(client({{"Forwarded", R"(proto=http;for="[2001:db8::7]:443")"}}), "2001:db8::7");
    EXPECT_EQ(client({{"Forwarded", "for=_hidden"}}), "10.0.0.1");
}

TEST(HostRule, AllowsItsNamesInAnyLetterCaseAndNothingElse) {
    const HostRule rule({"localhost:8080", "api.example", "[::1]:*"});
    EXPECT_TRUE(rule.allows("LOCALHOST:8080"));
    EXPECT_TRUE(rule.allows("api.example"));
    EXPECT_TRUE(rule.allows("[::1]:9"));
    EXPECT_TRUE(rule.allows("[::1]"));
    for (const char* host : {"localhost", "localhost:80", "api.example:80", "x.api.example",
                             "api.example.", "[::2]:9", "::1", ""})
        EXPECT_FALSE(rule.allows(host)) << host;
}

}  // namespace
}  // namespace waybill::gateway
