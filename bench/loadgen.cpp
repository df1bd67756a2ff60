// A closed-loop HTTP/1.1 load generator: N kept connections, one request at a time on each. It
// costs a few microseconds a request, so that what it shares a machine with can be measured.
//
//   loadgen --port 8080 --connections 64 --seconds 10 --token FILE --products FILE
//   loadgen --port 8080 --connections 1 --requests 20000 --get /v1/orders/… --token FILE
//
// With --products it posts orders of two lines, each under a fresh idempotency key: a UUIDv7, or
// with `--keys random` a UUIDv4. With --get it reads one path, with --paths those of a file in
// turn. A token file of several lines is gone through a token a request; with --hold it opens the
// connections, sends one request on each, about a thousand a second, and keeps them idle. The
// result is one JSON object on standard output.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
    std::uint16_t port = 8080;
    std::string address = "127.0.0.1";
    std::size_t connections = 64;
    double seconds = 0;
    std::uint64_t requests = 0;
    std::vector<std::string> paths;
    double hold = 0;
    std::vector<std::string> tokens;
    std::vector<std::string> products;
    bool random_keys = false;
};

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "loadgen: %s\n", why.c_str());
    std::exit(1);
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) fail("cannot read " + path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--port")
            options.port = static_cast<std::uint16_t>(std::stoi(value));
        else if (name == "--address")
            options.address = value;
        else if (name == "--connections")
            options.connections = std::stoul(value);
        else if (name == "--seconds")
            options.seconds = std::stod(value);
        else if (name == "--requests")
            options.requests = std::stoull(value);
        else if (name == "--get")
            options.paths = {value};
        else if (name == "--paths")
            options.paths = lines_of(value);
        else if (name == "--hold")
            options.hold = std::stod(value);
        else if (name == "--token")
            options.tokens = lines_of(value);
        else if (name == "--products")
            options.products = lines_of(value);
        else if (name == "--keys" && (value == "random" || value == "timed"))
            options.random_keys = value == "random";
        else
            fail("unknown option " + std::string(name));
    }
    if (options.paths.empty() == options.products.empty()) fail("either paths or --products");
    if (options.seconds == 0 && options.requests == 0 && options.hold == 0) fail("no end given");
    return options;
}

using Clock = std::chrono::steady_clock;

std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
}

/// Requests, in order: what differs between two is the key, the products and the token.
class Requests {
 public:
    explicit Requests(const Options& options) : options_(options), random_(std::random_device{}()) {
        host_ = "Host: " + options.address + ":" + std::to_string(options.port) + "\r\n";
    }

    void write(std::string& out) {
        ++count_;
        out.clear();
        if (!options_.paths.empty()) {
            const std::string& path = options_.paths[count_ % options_.paths.size()];
            out.append("GET ").append(path).append(" HTTP/1.1\r\n").append(host_);
            authorize(out);
            out.append("\r\n");
            return;
        }
        order();
        out.append("POST /v1/orders HTTP/1.1\r\n").append(host_);
        authorize(out);
        out.append("Content-Type: application/json\r\nIdempotency-Key: ");
        append_key(out);
        out.append("\r\nContent-Length: ");
        append_number(out, body_.size());
        out.append("\r\n\r\n").append(body_);
    }

 private:
    /// A UUIDv7 as client libraries draw it; or a UUIDv4.
    void append_key(std::string& out) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now().time_since_epoch());
        std::uint64_t head =
            options_.random_keys ? wide() : static_cast<std::uint64_t>(ms.count()) << 16U;
        head = (head & ~0xFFFFU) | (options_.random_keys ? 0x4000U : 0x7000U) | (wide() & 0xFFFU);
        const std::uint64_t tail = (wide() >> 2U) | 1ULL << 63U;
        char text[40];
        const int size = std::snprintf(text, sizeof text, "%08lx-%04lx-%04lx-%04lx-%012lx",
                                       head >> 32U, head >> 16U & 0xFFFFU, head & 0xFFFFU,
                                       tail >> 48U, tail & 0xFFFFFFFFFFFFUL);
        out.append(text, static_cast<std::size_t>(size));
    }
    std::uint64_t wide() {
        return static_cast<std::uint64_t>(random_()) << 32U | static_cast<std::uint32_t>(random_());
    }

    static void append_number(std::string& out, std::uint64_t number) {
        char text[24];
        out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    }
    void authorize(std::string& out) {
        if (options_.tokens.empty()) return;
        out.append("Authorization: Bearer ")
            .append(options_.tokens[count_ % options_.tokens.size()])
            .append("\r\n");
    }
    void order() {
        const auto& products = options_.products;
        const std::size_t first = random_() % products.size();
        const std::size_t second =
            (first + 1 + random_() % (products.size() - 1)) % products.size();
        body_ = R"({"items":[{"productId":")";
        body_.append(products[first]).append(R"(","quantity":2},{"productId":")");
        body_.append(products[second]).append(R"(","quantity":1}]})");
    }

    const Options& options_;
    std::mt19937 random_;
    std::string host_, body_;
    std::uint64_t count_ = 0;
};

struct Connection {
    int socket = -1;
    std::uint64_t sent_ns = 0;
    std::string in;
};

class Load {
 public:
    explicit Load(const Options& options)
        : options_(options), requests_(options), connections_(options.connections) {
        poll_ = epoll_create1(0);
        if (options.requests != 0) latencies_.reserve(options.requests);
    }

    void run() {
        for (auto& connection : connections_) open(connection);
        start_ns_ = now_ns();
        end_ns_ = options_.seconds > 0
                      ? start_ns_ + static_cast<std::uint64_t>(options_.seconds * 1e9)
                      : UINT64_MAX;
        const std::size_t at_once = options_.hold == 0 ? connections_.size() : 1;
        while (asked_ < at_once) send(connections_[asked_++]);
        std::vector<epoll_event> events(256);
        while (in_flight_ > 0) {
            const int ready =
                epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 10000);
            if (ready == 0) fail("no answer within 10 s");
            for (int i = 0; i < ready; ++i)
                receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
        finish_ns_ = now_ns();
    }

    void report() {
        std::sort(latencies_.begin(), latencies_.end());
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const auto cpu = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        std::printf(R"({"ok":%llu,"seconds":%.6f,"cpu_seconds":%.6f,"p50_us":%.2f,"p90_us":%.2f,)"
                    R"("p99_us":%.2f,"max_us":%.2f,"errors":{)",
                    static_cast<unsigned long long>(ok_),
                    static_cast<double>(finish_ns_ - start_ns_) / 1e9,
                    cpu(usage.ru_utime) + cpu(usage.ru_stime), at(0.5), at(0.9), at(0.99), at(1));
        const char* comma = "";
        for (const auto& [status, count] : errors_) {
            std::printf(R"(%s"%d":%llu)", comma, status, static_cast<unsigned long long>(count));
            comma = ",";
        }
        std::printf("}}\n");
        std::fflush(stdout);
    }

 private:
    double at(double share) const {
        if (latencies_.empty()) return 0;
        const auto last = static_cast<double>(latencies_.size() - 1);
        return static_cast<double>(latencies_[static_cast<std::size_t>(share * last)]) / 1e3;
    }
    void open(Connection& connection) {
        connection.socket = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(options_.port);
        inet_pton(AF_INET, options_.address.c_str(), &to.sin_addr);
        if (connect(connection.socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
            fail("cannot connect: " + std::string(std::strerror(errno)));
        const int one = 1;
        setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        fcntl(connection.socket, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &connection;
        epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
        connection.in.clear();
    }
    void send(Connection& connection) {
        const std::uint64_t now = now_ns();
        if (now >= end_ns_ || (options_.requests != 0 && sent_ >= options_.requests)) return;
        requests_.write(out_);
        connection.sent_ns = now;
        const ssize_t size = ::send(connection.socket, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (size != static_cast<ssize_t>(out_.size())) fail("a request was not taken at once");
        ++sent_;
        ++in_flight_;
    }
    void receive(Connection& connection) {
        char piece[16384];
        const ssize_t size = recv(connection.socket, piece, sizeof piece, 0);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) {
            ++errors_[0];
            --in_flight_;
            epoll_ctl(poll_, EPOLL_CTL_DEL, connection.socket, nullptr);
            close(connection.socket);
            open(connection);
            send(connection);
            return;
        }
        std::string_view in(piece, static_cast<std::size_t>(size));
        if (!connection.in.empty()) in = connection.in.append(in);
        if (!complete(in)) {
            if (connection.in.empty()) connection.in.assign(in);
            return;
        }
        count(in);
        connection.in.clear();
        latencies_.push_back(static_cast<std::uint32_t>(
            std::min<std::uint64_t>(now_ns() - connection.sent_ns, UINT32_MAX)));
        --in_flight_;
        if (options_.hold == 0) return send(connection);
        usleep(1000);
        if (asked_ < connections_.size()) send(connections_[asked_++]);
    }
    /// An answer with Content-Length, or chunked with its last chunk at the end.
    static bool complete(std::string_view in) {
        const std::size_t head = in.find("\r\n\r\n");
        if (head == std::string_view::npos) return false;
        static constexpr std::string_view name = "ontent-";
        for (std::size_t at = in.find(name); at < head; at = in.find(name, at + 1)) {
            const std::string_view rest = in.substr(at + name.size());
            if (strncasecmp(rest.data(), "length: ", 8) != 0) continue;
            std::size_t length = 0;
            std::from_chars(rest.data() + 8, rest.data() + rest.size(), length);
            return in.size() >= head + 4 + length;
        }
        return in.ends_with("0\r\n\r\n");
    }
    void count(std::string_view in) {
        int status = 0;
        std::from_chars(in.data() + 9, in.data() + 12, status);
        if (status == 200 || status == 201)
            ++ok_;
        else if (++errors_[status] == 1)
            std::fprintf(stderr, "loadgen: %.*s\n", static_cast<int>(in.size()), in.data());
    }

    const Options& options_;
    Requests requests_;
    std::vector<Connection> connections_;
    int poll_ = -1;
    std::size_t asked_ = 0;
    std::string out_;
    std::uint64_t start_ns_ = 0, end_ns_ = 0, finish_ns_ = 0, sent_ = 0, in_flight_ = 0, ok_ = 0;
    std::map<int, std::uint64_t> errors_;
    std::vector<std::uint32_t> latencies_;
};

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    Load load(options);
    load.run();
    load.report();
    if (options.hold > 0) usleep(static_cast<useconds_t>(options.hold * 1e6));
}
