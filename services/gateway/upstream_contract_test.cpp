#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "chassis/http/client.hpp"
#include "chassis/http/test_server.hpp"
#include "services/gateway/gateway_testing.hpp"
#include "services/gateway/http_upstream.hpp"

namespace waybill::gateway {
namespace {

using std::chrono::seconds;
using testing::Answer;

/// Gives `chunks` pieces and tells how many were asked for, and whether it has been given up.
class CountedSource final : public http::BodySource {
 public:
    struct Seen {
        std::atomic<int> asked{0};
        std::atomic<bool> gone{false};
    };
    CountedSource(int chunks, bool breaks, std::shared_ptr<Seen> seen)
        : left_(chunks), breaks_(breaks), seen_(std::move(seen)) {}
    ~CountedSource() override { seen_->gone = true; }
    Task<Result<std::string_view>> next(Deadline) override {
        ++seen_->asked;
        if (left_-- > 0) co_return std::string_view(chunk_);
        if (breaks_) co_return fail(Problem::internal_error, "broken off");
        co_return std::string_view{};
    }

 private:
    const std::string chunk_ = std::string(64 * 1024, 'c');
    int left_;
    const bool breaks_;
    std::shared_ptr<Seen> seen_;  // shared with the test
};

/// What stands behind the gateway: `echo` describes the request, `large` streams, `broken` breaks.
class Service {
 public:
    Task<http::Response> answer(http::Request request, Deadline deadline) {
        http::Response response;
        if (request.path == "/large" || request.path == "/broken") {
            const int chunks = request.path == "/large" ? 256 : 2;
            response.body = http::Body(
                std::make_unique<CountedSource>(chunks, request.path == "/broken", seen));
            co_return response;
        }
        auto body = co_await http::read_all(request.body, 8U << 20U, deadline);
        response.status = 202;
        response.headers.add("ETag", "\"7\"");
        for (const char* name :
             {"Via", "X-User", "Request-Timeout", "traceparent", "X-Forwarded-For"})
            response.headers.add(std::string("Seen-") + name,
                                 request.headers.get(name).value_or("-"));
        response.body = fmt::format("{} {}?{} {}", request.method, request.path, request.query,
                                    body ? std::to_string(body->size()) : "unreadable");
        co_return response;
    }
    std::shared_ptr<CountedSource::Seen> seen = std::make_shared<CountedSource::Seen>();
};

enum class Kind { in_process, over_http };

/// The same expectations, whichever way the upstream is reached; real loops and sockets.
class UpstreamContract : public ::testing::TestWithParam<Kind> {
 protected:
    UpstreamContract() {
        keys_.set(auth::testing::key_set(auth::testing::issuer_key()));
        std::vector<auth::Authenticator::Issuer> issuers;
        issuers.push_back({auth::testing::test_rules(), keys_});
        authenticator_ =
            std::make_unique<auth::Authenticator>(*env_, telemetry::nowhere(), std::move(issuers));
        http::Handler* upstream = &service_handler_;
        if (GetParam() == Kind::over_http) {
            server_ =
                std::move(*http::Server::start(*env_, service_handler_, {}, telemetry::nowhere()));
            client_ = std::make_unique<http::Client>(
                *env_, http::ClientOptions{"127.0.0.1", server_->port(), {}});
            http_ = std::make_unique<HttpUpstream>(
                HttpUpstream::Options{.host = "127.0.0.1", .port = server_->port()}, *env_,
                telemetry::nowhere(), *client_);
            upstream = http_.get();
        }
        gateway_ = std::make_unique<Gateway>(Options{.hosts = {"localhost:*"}, .access_log = false},
                                             *env_, telemetry::nowhere(), *authenticator_, routes(),
                                             Gateway::Upstreams{{"service", upstream}});
    }
    ~UpstreamContract() override {
        gateway_.reset();
        http_.reset();
        client_.reset();
        server_.reset();
        env_->stop();
    }

    static std::vector<GatewayRoute> routes() {
        std::vector<GatewayRoute> routes;
        for (const char* path : {"/echo", "/large", "/broken"})
            for (const char* method : {"GET", "POST"}) {
                GatewayRoute& route = routes.emplace_back();
                route.method = method;
                route.path = path;
                route.upstream = "service";
                route.scope = "public";
            }
        return routes;
    }
    static http::Request request(std::string method, std::string path) {
        http::Request request;
        request.method = std::move(method);
        request.path = std::move(path);
        request.peer_address = "127.0.0.1";
        request.headers.add("Host", "localhost:1");
        return request;
    }
    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(env_->loop(0).executor(), std::move(task),
                                     boost::asio::use_future)
            .get();
    }
    Answer send(http::Request asked) {
        return run(testing::ask(*env_, *gateway_, std::move(asked)));
    }
    Deadline soon() { return Deadline::after(env_->monotonic(), seconds(30)); }

    std::unique_ptr<RealEnv> env_ = RealEnv::start(1);
    Service service_;
    http::FunctionHandler service_handler_{
        [this](http::Request r, Deadline d) { return service_.answer(std::move(r), d); }};
    auth::LocalKeySource keys_;
    std::unique_ptr<auth::Authenticator> authenticator_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<HttpUpstream> http_;
    std::unique_ptr<Gateway> gateway_;
};

TEST_P(UpstreamContract, CarriesRequestAndAnswer) {
    auto asked = request("POST", "/echo");
    asked.query = "a=%20b&c";
    asked.headers.add("X-User", "forged");
    asked.body = std::string(100'000, 'b');
    const Answer answer = send(std::move(asked));
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.body, "POST /echo?a=%20b&c 100000");
    EXPECT_EQ(answer.header("ETag"), "\"7\"");
    EXPECT_EQ(answer.header("Seen-Via"), "1.1 waybill");
    EXPECT_EQ(answer.header("Seen-X-User"), "-");
    EXPECT_EQ(answer.header("Seen-X-Forwarded-For"), "127.0.0.1");
    const double left = std::stod(answer.header("Seen-Request-Timeout"));
    EXPECT_GT(left, 1.0);
    EXPECT_LE(left, 5.0);
}

TEST_P(UpstreamContract, CarriesAStreamedRequestOfUnknownSize) {
    auto asked = request("POST", "/echo");
    asked.body = http::Body(std::make_unique<CountedSource>(4, false, service_.seen));
    EXPECT_EQ(send(std::move(asked)).body, "POST /echo? 262144");
}

TEST_P(UpstreamContract, CarriesALargeAnswerWhole) {
    EXPECT_EQ(send(request("GET", "/large")).body.size(), 256U * 64 * 1024);
}

Task<std::size_t> read_one_chunk(http::Handler& handler, http::Request request, Deadline deadline) {
    auto response = co_await handler.handle(std::move(request), deadline);
    auto chunk = co_await response.body.source().next(deadline);
    co_return chunk ? chunk->size() : 0;
}

TEST_P(UpstreamContract, StopsTheSourceWhenTheClientHasGone) {
    EXPECT_GT(run(read_one_chunk(*gateway_, request("GET", "/large"), soon())), 0U);
    for (int i = 0; i < 30'000 && !service_.seen->gone; ++i)
        run(sleep_until(*env_, env_->monotonic() + std::chrono::milliseconds(1)));
    EXPECT_TRUE(service_.seen->gone);
    EXPECT_LT(service_.seen->asked, 256) << "what nobody reads is not made";
}

TEST_P(UpstreamContract, TellsOfAnAnswerThatBreaksOff) {
    EXPECT_EQ(send(request("GET", "/broken")).body, "unreadable");
}

TEST_P(UpstreamContract, KeepsTheClientsTrace) {
    auto asked = request("GET", "/echo");
    asked.headers.add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_TRUE(send(std::move(asked))
                    .header("Seen-traceparent")
                    .starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
}

INSTANTIATE_TEST_SUITE_P(BothWays, UpstreamContract,
                         ::testing::Values(Kind::in_process, Kind::over_http),
                         [](const auto& kind) {
                             return kind.param == Kind::in_process ? "InProcess" : "OverHttp";
                         });

/// Only what a router in this process cannot do: go away.
class OverHttp : public UpstreamContract {};

TEST_P(OverHttp, AnswersBadGatewayOnceItsServiceIsGone) {
    server_.reset();
    const Answer answer = send(request("POST", "/echo"));
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(answer.problem(), "bad-gateway");
}

INSTANTIATE_TEST_SUITE_P(Sockets, OverHttp, ::testing::Values(Kind::over_http));

}  // namespace
}  // namespace waybill::gateway
