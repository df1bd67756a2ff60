#include "chassis/http/intake.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <optional>
#include <string_view>

#include "chassis/http/raw_peer_testing.hpp"

namespace waybill::http {
namespace {

namespace asio = boost::asio;
using Outcome = Intake::Outcome;

/// A socket that is read from, and its peer. Reading waits for the kernel, not for bytes.
class IntakeTest : public ::testing::Test {
 protected:
    IntakeTest() {
        acceptor_.open(RawPeer::Tcp::v4());
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
        acceptor_.listen();
        peer_.emplace(RawPeer::connect(acceptor_.local_endpoint().port()));
        acceptor_.accept(socket_);
        socket_.non_blocking(true);
        Intake::prepare(socket_.native_handle());
    }
    void arrive() { socket_.wait(RawPeer::Tcp::socket::wait_read); }
    Outcome read(std::size_t size_max = 64) {
        return Intake::read(socket_.native_handle(), asio::buffer(bytes_, size_max), error_, size_);
    }
    std::string_view got() const { return {bytes_, size_}; }

    asio::io_context context_;
    RawPeer::Tcp::acceptor acceptor_{context_};
    RawPeer::Tcp::socket socket_{context_};
    std::optional<RawPeer> peer_;
    char bytes_[64]{};
    boost::system::error_code error_;
    std::size_t size_ = 0;
};

TEST_F(IntakeTest, HasNothingWhereNothingCame) {
    EXPECT_EQ(read(), Outcome::nothing);
}

TEST_F(IntakeTest, KnowsThatItReadEverything) {
    ASSERT_TRUE(peer_->send("abc"));
    arrive();
    EXPECT_EQ(read(), Outcome::all);
    EXPECT_EQ(got(), "abc");
    EXPECT_FALSE(error_);
    EXPECT_EQ(read(), Outcome::nothing);
}

TEST_F(IntakeTest, KnowsThatItLeftSomething) {
    ASSERT_TRUE(peer_->send("abc"));
    arrive();
    EXPECT_EQ(read(2), Outcome::some);
    EXPECT_EQ(read(), Outcome::all);
    EXPECT_EQ(got(), "c");
}

TEST_F(IntakeTest, TakesTheEndThatCameWithTheBytesForARest) {
    ASSERT_TRUE(peer_->send("abc"));
    peer_->shut_down_sending();
    // Until the end is there too, what is left may be nothing.
    pollfd ended{socket_.native_handle(), POLLRDHUP, 0};
    ASSERT_EQ(::poll(&ended, 1, 30'000), 1);
    EXPECT_EQ(read(), Outcome::some);
    EXPECT_EQ(got(), "abc");
    EXPECT_EQ(read(), Outcome::all);
    EXPECT_EQ(error_, asio::error::eof);
}

TEST_F(IntakeTest, TellsOfAReset) {
    peer_->reset();
    arrive();
    EXPECT_EQ(read(), Outcome::all);
    EXPECT_EQ(error_, asio::error::connection_reset);
    EXPECT_EQ(size_, 0U);
}

}  // namespace
}  // namespace waybill::http
