#pragma once
#include <array>
#include <memory>
#include <string>

#include "chassis/http/chunked.hpp"
#include "chassis/http/input_buffer.hpp"
#include "chassis/http/message.hpp"
#include "chassis/http/request_parser.hpp"
#include "chassis/http/serializer.hpp"
#include "chassis/http/sockets.hpp"
#include "chassis/http/timeouts.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::http {

class ServerLoop;
class RequestBody;

/// A request's body while it is read.
struct BodyInput {
    Framing framing = Framing::none;
    std::uint64_t left = 0;  ///< of a body of known length
    std::uint64_t received = 0;
    std::size_t shown = 0;  ///< bytes of the input that the reader has a view of
    ChunkedDecoder decoder;
    bool done = true;
    bool failed = false;
    bool owes_continue = false;  ///< the client waits for `100 Continue`
    RequestBody* reader = nullptr;
};

/// What a connection needs only while a request is arriving or being answered. Pooled by the loop.
struct Workspace {
    explicit Workspace(const HeadLimits& limits);
    InputBuffer input;
    std::string output;
    RequestParser parser;
    BodyInput body;
    std::string peer_address;
};

/// One accepted connection. Idle, it is this record and a wait for readability; with the first byte
/// it borrows a workspace and starts a coroutine, which serves until the line is quiet again. Owned
/// by its loop's list; destroys itself through it.
class Connection final : public Timed {
 public:
    Connection(ServerLoop& home, Socket socket, asio::ip::address client, std::uint16_t port);

    /// Waits for the first byte of a request.
    void wait();
    /// Closes it if no request is under way.
    void drain();
    /// Breaks it off; what runs for it ends as soon as it notices.
    void cut();
    void expired() override;

 private:
    friend class ServerLoop;
    friend class RequestBody;
    /// What it waits for; also the lane of its timeout.
    enum class Phase : std::uint8_t { idle, quiet, head, body, write, linger, handler };
    enum class Received : std::uint8_t { request, refused, quiet, gone };
    enum class After : std::uint8_t { keep, close, linger };

    void readable(boost::system::error_code error);
    void finished();
    /// Removes it when nothing of it is under way; the last thing a callback does.
    void release();
    void close_socket();
    Task<void> run();
    Task<Received> receive_head();
    /// The first bytes of a request.
    Task<Reading> arrival();
    bool take_in(const Reading& reading);
    /// More of a request that has begun, or what follows a refused one.
    Task<bool> receive();

    /// What of a request still matters when it is answered.
    struct Exchange {
        bool to_head = false;
        bool version_1_0 = false;
        bool close = false;
    };
    Task<After> serve();
    Task<Response> ask(Request request);
    bool abandoned();
    Refusal prepare(Request& request);
    void prepare_body(Request& request, Framing framing, std::uint64_t length);
    Task<After> refuse(Refusal refusal);

    Task<Result<std::string_view>> read_body(Deadline deadline);
    Task<bool> need_more_body(Deadline deadline);
    tl::unexpected<Error> body_failed(Problem problem, std::string_view why);
    bool body_can_be_skipped() const;
    Task<bool> skip_body();

    Delivery put_answer(Response& response, Exchange& exchange);
    Task<bool> stream(std::unique_ptr<BodySource> source, Delivery delivery);
    Task<Result<std::string_view>> pull(BodySource& source);
    Task<bool> write(Outgoing out);
    Task<void> linger();
    void watch(BodySource& source);
    void unwatch();
    void notice(boost::system::error_code error);

    void wait_in(Phase phase, Duration time);
    void wait_until(Phase phase, MonoTime at);
    void done_waiting();
    bool closing() const;

    ServerLoop& home_;
    Socket socket_;
    Connection* before_ = nullptr;
    Connection* after_ = nullptr;
    std::unique_ptr<Workspace> work_;
    BodySource* watched_ = nullptr;  ///< to be told when the peer has gone
    asio::ip::address client_;
    std::uint16_t port_;
    Phase phase_ = Phase::idle;
    std::uint8_t outstanding_ = 0;  ///< callbacks that will still come
    bool running_ = false;          ///< the coroutine
    bool noticing_ = false;         ///< watch() is outstanding
    bool expired_ = false;
    bool gone_ = false;  ///< closed by either side, or cut off
};

}  // namespace waybill::http
