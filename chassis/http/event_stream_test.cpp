#include "chassis/http/event_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "chassis/runtime/virtual_env.hpp"

namespace waybill::http {
namespace {

Task<void> read(BodySource& source, Env& env, std::vector<std::string>& got, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
        const auto part =
            co_await source.next(Deadline::after(env.monotonic(), std::chrono::hours(1)));
        got.push_back(part ? std::string(*part) : "error");
        if (!part || part->empty()) co_return;
    }
}

class EventStreamTest : public testing::Test {
 protected:
    EventStreamTest() : env_(VirtualEnv::create(1, Timestamp{0})) {}
    void open(EventStreamOptions options = {}) {
        stream_ = EventStream::create(*env_, options);
        source_ = EventStream::response(stream_).body.take_source();
    }
    std::vector<std::string> read_some(std::size_t times, Duration time = std::chrono::seconds(1)) {
        std::vector<std::string> got;
        TaskScope scope(env_->loop(0));
        scope.spawn(read(*source_, *env_, got, times));
        env_->run_for(time);
        EXPECT_EQ(scope.size(), 0U);
        return got;
    }

    std::unique_ptr<VirtualEnv> env_;
    std::shared_ptr<EventStream> stream_;
    std::unique_ptr<BodySource> source_;
};

TEST_F(EventStreamTest, DropsAReaderThatIsSlowerThanTheQueueIsLong) {
    open({.queue_bytes_max = 100});
    const std::string data(40, 'x');
    EXPECT_TRUE(stream_->send({.data = data}));
    EXPECT_TRUE(stream_->send({.data = data}));
    EXPECT_FALSE(stream_->send({.data = data}));
    EXPECT_FALSE(stream_->open());
    EXPECT_EQ(read_some(1), std::vector<std::string>{"error"});
}

TEST_F(EventStreamTest, TakesNothingOnceItsReaderHasGoneOrItHasEnded) {
    open();
    source_.reset();
    EXPECT_FALSE(stream_->send({.data = "x"}));
    open();
    stream_->end();
    EXPECT_FALSE(stream_->comment("x"));
}

TEST_F(EventStreamTest, GivesWhatIsQueuedAtOnceThenEnds) {
    open();
    EXPECT_TRUE(stream_->send({.id = "1", .name = "a", .data = "x"}));
    EXPECT_TRUE(stream_->comment("hm"));
    stream_->end();
    EXPECT_EQ(read_some(3), (std::vector<std::string>{"id: 1\nevent: a\ndata: x\n\n: hm\n\n", ""}));
}

TEST_F(EventStreamTest, SaysSomethingWhenNothingHappens) {
    open({.keep_alive = std::chrono::seconds(15)});
    EXPECT_EQ(read_some(2, std::chrono::seconds(31)), (std::vector<std::string>{":\n\n", ":\n\n"}));
}

TEST_F(EventStreamTest, EndsTheWaitOfAReaderThatIsToldToStop) {
    open();
    env_->loop(0).start_timer(env_->monotonic() + std::chrono::milliseconds(10),
                              [this] { source_->cancel(); });
    EXPECT_EQ(read_some(1), std::vector<std::string>{"error"});
}

/// Reads events back as a browser would (WHATWG HTML 9.2.6).
std::vector<std::string> events_of(std::string_view text) {
    std::vector<std::string> events;
    std::string data;
    bool any = false;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
        if (line.empty()) {
            if (any) events.push_back(data.substr(0, data.size() - 1));
            data.clear();
            any = false;
        } else if (line.starts_with("data: ")) {
            data += std::string(line.substr(6)) + "\n";
            any = true;
        }
    }
    return events;
}

TEST(ServerEvent, CannotBeSplitByWhatItCarries) {
    rc::check([](const std::string& id, const std::string& name, const std::string& data) {
        std::string text;
        append_event(text, {.id = id + "\ndata: forged", .name = name, .data = data});
        std::string expected;
        for (std::size_t i = 0; i < data.size(); ++i) {
            if (data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n') continue;
            expected += data[i] == '\r' ? '\n' : data[i];
        }
        RC_ASSERT(events_of(text) == std::vector<std::string>{expected});
    });
}

}  // namespace
}  // namespace waybill::http
