#include "chassis/auth/http_fetcher.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "chassis/auth/document_reader.hpp"
#include "chassis/auth/openssl.hpp"
#include "chassis/auth/url.hpp"
#include "chassis/runtime/real_env.hpp"

namespace waybill::auth {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using Tcp = asio::ip::tcp;
using Document = DocumentFetcher::Document;

TEST(Url, RefusesWhatIsNoPlainAddress) {
    for (const char* text :
         {"", "http", "http://", "https:///x", "ftp://a/", "http://a:0/", "http://a:65536/",
          "http://a:/", "http://a:x/", "http://a@b/", "http://[::1/", "http://[::1]x/",
          "http://a b/", "http://a/#f", "http://a\\b/", "http://a_b/", "http://\xc3\xa4/"})
        EXPECT_FALSE(Url::parse(text)) << text;
}

TEST(Url, TakesAnAddressApart) {
    const auto url = Url::parse("https://id.example:8443/realms/w?x=1");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->secure);
    EXPECT_EQ(url->host, "id.example");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->authority, "id.example:8443");
    EXPECT_EQ(url->target, "/realms/w?x=1");
    EXPECT_EQ(Url::parse("http://[::1]")->host, "::1");
    EXPECT_EQ(Url::parse("http://[::1]")->target, "/");
    EXPECT_EQ(Url::parse("https://a?x")->target, "/?x");
    EXPECT_EQ(Url::parse("https://a")->port, 443);
}

/// What a reader makes of an empty_answer that comes in pieces of this size and then ends.
std::string read(std::string_view empty_answer, std::size_t piece, std::size_t bytes_max = 100) {
    DocumentReader reader(bytes_max);
    for (std::size_t at = 0; at < empty_answer.size(); at += piece) {
        const auto whole = reader.feed(empty_answer.substr(at, piece));
        if (!whole) return std::string(info(whole.error().problem).slug);
        if (*whole) return reader.take().body;
    }
    const auto whole = reader.end();
    return whole ? reader.take().body : std::string(info(whole.error().problem).slug);
}

TEST(DocumentReader, ReadsEveryFramingInWhateverPieces) {
    for (const std::size_t piece : {1UL, 2UL, 7UL, 1000UL}) {
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellomore", piece), "hello");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
                       piece),
                  "hello");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\nhello", piece), "hello");
        EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n", piece), "");
    }
}

TEST(DocumentReader, RefusesWhatIsTooLargeCutOffOrNoHttp) {
    for (const std::size_t piece : {1UL, 1000UL}) {
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", piece, 4),
                  "payload-too-large");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\nhello", piece, 4), "payload-too-large");
        EXPECT_EQ(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", piece, 4),
            "payload-too-large");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", piece), "bad-gateway");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", piece),
                  "bad-gateway");
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\n", piece), "bad-gateway");
        EXPECT_EQ(read("SSH-2.0-OpenSSH\r\n\r\n", piece), "bad-gateway");
    }
}

/// A certificate for a name and its key, as PEM files of a folder.
class Certificate {
 public:
    explicit Certificate(const char* name) {
        folder_ = (std::filesystem::temp_directory_path() / "fetch.XXXXXX").string();
        EXPECT_NE(mkdtemp(folder_.data()), nullptr);
        const ossl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        const std::unique_ptr<X509, ossl::Free<X509_free>> cert(X509_new());
        X509_set_version(cert.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
        X509_set_pubkey(cert.get(), key.get());
        X509_NAME* subject = X509_get_subject_name(cert.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
        X509_set_issuer_name(cert.get(), subject);
        const std::string names = std::string("DNS:") + name;
        X509_EXTENSION* extension =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
        X509_add_ext(cert.get(), extension, -1);
        X509_EXTENSION_free(extension);
        X509_sign(cert.get(), key.get(), EVP_sha256());
        BIO* out = BIO_new_file(cert_file().c_str(), "w");
        PEM_write_bio_X509(out, cert.get());
        BIO_free(out);
        out = BIO_new_file(key_file().c_str(), "w");
        PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        BIO_free(out);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;
    ~Certificate() { std::filesystem::remove_all(folder_); }
    std::string cert_file() const { return folder_ + "/cert.pem"; }
    std::string key_file() const { return folder_ + "/key.pem"; }

 private:
    std::string folder_;
};

constexpr std::string_view empty_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

class HttpFetcherTest : public ::testing::Test {
 protected:
    ~HttpFetcherTest() override {
        peer_.reset();
        env_->stop();
    }
    /// Answers one connection on a thread of its own: over TLS with `certificate`, else plain.
    void serve(std::string_view text, const Certificate* certificate = nullptr) {
        peer_ = env_->start_worker("peer", [this, text, certificate] {
            Tcp::socket socket(context_);
            boost::system::error_code error;
            acceptor_.accept(socket, error);
            if (error) return;
            if (certificate == nullptr) return talk(socket, text);
            ssl::context tls(ssl::context::tls_server);
            tls.use_certificate_file(certificate->cert_file(), ssl::context::pem);
            tls.use_private_key_file(certificate->key_file(), ssl::context::pem);
            ssl::stream<Tcp::socket&> stream(socket, tls);
            stream.handshake(ssl::stream_base::server, error);
            if (!error) talk(stream, text);
        });
        peer_->wake();
    }
    template <class Stream>
    void talk(Stream& stream, std::string_view text) {
        boost::system::error_code error;
        asio::read_until(stream, asio::dynamic_buffer(asked_), "\r\n\r\n", error);
        asio::write(stream, asio::buffer(text), error);
        if (text.empty()) asio::read_until(stream, asio::dynamic_buffer(asked_), "never", error);
    }
    Result<Document> get(std::string_view scheme, std::string_view host, std::string ca_file = {},
                         Duration limit = std::chrono::seconds(20)) {
        auto fetcher = HttpFetcher::create(*env_, {.ca_file = std::move(ca_file)});
        EXPECT_TRUE(fetcher);
        std::promise<Result<Document>> done;
        asio::co_spawn(
            env_->loop(0).executor(),
            ask(**fetcher,
                fmt::format("{}://{}:{}/keys?a=1", scheme, host, acceptor_.local_endpoint().port()),
                Deadline::after(env_->monotonic(), limit), done),
            asio::detached);
        return done.get_future().get();
    }
    static Task<void> ask(DocumentFetcher& fetcher, std::string url, Deadline deadline,
                          std::promise<Result<Document>>& done) {
        done.set_value(co_await fetcher.get(std::move(url), 1000, deadline));
    }

    std::unique_ptr<RealEnv> env_ = RealEnv::start(1);
    asio::io_context context_;
    Tcp::acceptor acceptor_{context_, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::string asked_;
    std::unique_ptr<Worker> peer_;
};

TEST_F(HttpFetcherTest, FetchesFromThisMachineInPlainText) {
    serve(empty_answer);
    const auto document = get("http", "127.0.0.1");
    ASSERT_TRUE(document) << document.error().detail;
    EXPECT_EQ(document->status, 200);
    EXPECT_EQ(document->body, "{}");
    EXPECT_TRUE(asked_.starts_with("GET /keys?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")) << asked_;
}

TEST_F(HttpFetcherTest, GivesARedirectBackInsteadOfFollowingIt) {
    serve("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    const auto document = get("http", "127.0.0.1");
    ASSERT_TRUE(document) << document.error().detail;
    EXPECT_EQ(document->status, 302);
}

TEST_F(HttpFetcherTest, RefusesACertificateThatNobodyVouchesFor) {
    const Certificate certificate("localhost");
    serve(empty_answer, &certificate);
    const auto document = get("https", "localhost");
    ASSERT_FALSE(document);
    EXPECT_NE(document.error().detail.find("TLS"), std::string::npos) << document.error().detail;
}

TEST_F(HttpFetcherTest, RefusesACertificateOfAnotherName) {
    const Certificate certificate("id.example");
    serve(empty_answer, &certificate);
    const auto document = get("https", "localhost", certificate.cert_file());
    ASSERT_FALSE(document);
    EXPECT_NE(document.error().detail.find("TLS"), std::string::npos) << document.error().detail;
}

TEST_F(HttpFetcherTest, FetchesOverTlsFromAHostWhoseNameIsVouchedFor) {
    const Certificate certificate("localhost");
    serve(empty_answer, &certificate);
    const auto document = get("https", "localhost", certificate.cert_file());
    ASSERT_TRUE(document) << document.error().detail;
    EXPECT_EQ(document->body, "{}");
}

TEST_F(HttpFetcherTest, GivesUpAtTheDeadline) {
    serve("");
    const auto document = get("http", "127.0.0.1", {}, std::chrono::milliseconds(20));
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().problem, Problem::gateway_timeout);
}

TEST_F(HttpFetcherTest, EndsAFetchThatIsCancelledBeforeItsTime) {
    auto fetcher = HttpFetcher::create(*env_, {});
    std::promise<Result<Document>> done;
    asio::co_spawn(
        env_->loop(0).executor(),
        ask(**fetcher, fmt::format("http://127.0.0.1:{}/", acceptor_.local_endpoint().port()),
            Deadline::after(env_->monotonic(), std::chrono::seconds(20)), done),
        asio::detached);
    Tcp::socket silent(context_);
    acceptor_.accept(silent);
    asio::read_until(silent, asio::dynamic_buffer(asked_), "\r\n\r\n");
    env_->loop(0).post([&fetcher] { (*fetcher)->cancel(); });
    const auto document = done.get_future().get();
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().problem, Problem::unavailable);
}

TEST_F(HttpFetcherTest, SaysThatNobodyAnswers) {
    const auto port = acceptor_.local_endpoint().port();
    acceptor_.close();
    auto fetcher = HttpFetcher::create(*env_, {});
    std::promise<Result<Document>> done;
    asio::co_spawn(env_->loop(0).executor(),
                   ask(**fetcher, fmt::format("http://127.0.0.1:{}/", port),
                       Deadline::after(env_->monotonic(), std::chrono::seconds(20)), done),
                   asio::detached);
    const auto document = done.get_future().get();
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().problem, Problem::unavailable);
}

TEST_F(HttpFetcherTest, RefusesAuthoritiesThatCannotBeRead) {
    EXPECT_FALSE(HttpFetcher::create(*env_, {.ca_file = "/nonexistent.pem"}));
}

}  // namespace
}  // namespace waybill::auth
