#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/gateway.hpp"

namespace waybill::gateway {
namespace {

using ::testing::HasSubstr;

TEST(GatewayOptions, ThatAreWrongAreNamedOneByOne) {
    Options options;
    options.hosts = {"localhost:8080", "bad host"};
    options.trusted_proxies = {"10.0.0.0/8", "10.0.0.0/99"};
    options.console_origins = {"http://localhost:8080", "localhost"};
    options.timeout = Duration::zero();
    options.concurrency.running_max = 0;
    options.rate.burst = 0;
    options.name = "way bill";
    const auto faults = faults_of(options);
    ASSERT_EQ(faults.size(), 7U);
    EXPECT_THAT(faults[0], HasSubstr("'bad host'"));
    EXPECT_THAT(faults[1], HasSubstr("'10.0.0.0/99'"));
    EXPECT_THAT(faults[2], HasSubstr("'localhost'"));
}

TEST(GatewayOptions, OfALoopbackGatewayAreSound) {
    Options options;
    options.hosts = loopback_hosts(8080);
    EXPECT_TRUE(faults_of(options).empty());
    EXPECT_EQ(options.hosts,
              (std::vector<std::string>{"127.0.0.1:8080", "localhost:8080", "[::1]:8080"}));
}

}  // namespace
}  // namespace waybill::gateway
