#include "chassis/auth/http_fetcher.hpp"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <list>
#include <utility>

#include "chassis/auth/document_reader.hpp"
#include "chassis/auth/url.hpp"
#include "chassis/http/sockets.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::auth {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using http::as_result;
using http::IoExecutor;
using http::Socket;
using http::Tcp;
using Resolver = asio::ip::basic_resolver<Tcp, IoExecutor>;
using Document = DocumentFetcher::Document;

constexpr std::size_t read_bytes = 16 * 1024;

/// Closes what a fetch waits for when its time is up, or when it is given up.
class Limit {
 public:
    using All = std::list<Limit*>;
    Limit(Env& env, Deadline deadline, Socket& socket, Resolver& resolver, All& all)
        : loop_(env.current_loop()),
          socket_(socket),
          resolver_(resolver),
          all_(all),
          place_(all.insert(all.end(), this)),
          timer_(loop_.start_timer(deadline.at, [this] {
              passed_ = true;
              give_up();
          })) {}
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() {
        loop_.cancel_timer(timer_);
        all_.erase(place_);
    }
    bool passed() const { return passed_; }
    void give_up() {
        boost::system::error_code ignored;
        resolver_.cancel();
        socket_.close(ignored);
    }

 private:
    Loop& loop_;
    Socket& socket_;
    Resolver& resolver_;
    All& all_;
    const All::iterator place_;
    bool passed_ = false;
    TimerId timer_;
};

tl::unexpected<Error> unreachable(const Url& url, std::string_view why) {
    return fail(Problem::unavailable, fmt::format("{}:{}: {}.", url.host, url.port, why));
}

/// Sends the request and reads the answer to its end, over a socket or TLS.
template <class Stream>
Task<Result<Document>> exchange(Stream& stream, const Url& url, std::size_t bytes_max) {
    const std::string request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nUser-Agent: waybill\r\n"
        "Connection: close\r\n\r\n",
        url.target, url.authority);
    const auto [unsent, sent] =
        co_await asio::async_write(stream, asio::buffer(request), as_result);
    if (unsent) co_return unreachable(url, "the connection broke");
    DocumentReader reader(bytes_max);
    std::string chunk(read_bytes, '\0');
    for (;;) {
        const auto [error, size] =
            co_await stream.async_read_some(asio::buffer(chunk.data(), chunk.size()), as_result);
        const bool ended = error == asio::error::eof;
        if (error && !ended) co_return unreachable(url, "the connection broke");
        auto state = ended ? reader.end() : reader.feed(std::string_view(chunk).substr(0, size));
        if (!state) co_return fail(std::move(state.error()));
        if (*state) co_return reader.take();
    }
}

class Fetcher final : public HttpFetcher {
 public:
    Fetcher(Env& env, ssl::context context) : env_(env), context_(std::move(context)) {}

    Task<Result<Document>> get(std::string text, std::size_t bytes_max,
                               Deadline deadline) override {
        const auto url = Url::parse(text);
        if (!url || !fetchable(text))
            co_return fail(Problem::bad_gateway, "An URL is neither https nor local.");
        Socket socket(http::io_executor(env_.current_loop()));
        Resolver resolver(socket.get_executor());
        const Limit limit(env_, deadline, socket, resolver, running_);
        auto document = co_await fetch(socket, resolver, *url, bytes_max);
        if (!document && limit.passed())
            co_return fail(Problem::gateway_timeout,
                           fmt::format("{}:{}: no answer in time.", url->host, url->port));
        co_return document;
    }

    void cancel() override {
        for (Limit* const running : running_) running->give_up();
    }

 private:
    Task<Result<Document>> fetch(Socket& socket, Resolver& resolver, const Url& url,
                                 std::size_t bytes_max) {
        const auto [unknown, found] =
            co_await resolver.async_resolve(url.host, std::to_string(url.port),
                                            asio::ip::resolver_base::numeric_service, as_result);
        if (unknown) co_return unreachable(url, "the name is not known");
        const auto [failed, where] = co_await asio::async_connect(socket, found, as_result);
        if (failed) co_return unreachable(url, "nobody answers");
        if (!url.secure) {
            // `localhost` may be anything in a hosts file; plain text stays on this machine.
            if (!where.address().is_loopback()) co_return unreachable(url, "it is not local");
            co_return co_await exchange(socket, url, bytes_max);
        }
        ssl::stream<Socket&> stream(socket, context_);
        boost::system::error_code error;
        stream.set_verify_mode(ssl::verify_peer, error);
        stream.set_verify_callback(ssl::host_name_verification(url.host), error);
        SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
        const auto [refused] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
        if (refused) co_return unreachable(url, "TLS: " + refused.message());
        co_return co_await exchange(stream, url, bytes_max);
    }

    Env& env_;
    ssl::context context_;
    Limit::All running_;
};

}  // namespace

Result<std::unique_ptr<HttpFetcher>> HttpFetcher::create(Env& env, Options options) {
    ssl::context context(ssl::context::tls_client);
    boost::system::error_code error;
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                            ssl::context::no_tlsv1_1 | ssl::context::no_sslv3,
                        error);
    if (options.ca_file.empty())
        context.set_default_verify_paths(error);
    else
        context.load_verify_file(options.ca_file, error);
    if (error)
        return fail(Problem::internal_error,
                    fmt::format("cannot read the certificate authorities {}: {}", options.ca_file,
                                error.message()));
    return std::make_unique<Fetcher>(env, std::move(context));
}

}  // namespace waybill::auth
