#pragma once
#include <memory>
#include <optional>
#include <string>

#include "chassis/http/chunked.hpp"
#include "chassis/http/input_buffer.hpp"
#include "chassis/http/message.hpp"
#include "chassis/http/response_parser.hpp"
#include "chassis/http/serializer.hpp"
#include "chassis/http/sockets.hpp"
#include "chassis/http/timeouts.hpp"
#include "chassis/runtime/task.hpp"

namespace waybill::http {

class ClientPool;

/// What became of one attempt to send a request.
struct Attempt {
    bool answered = false;      ///< a response head has come
    bool received = false;      ///< any byte has
    bool sent = false;          ///< any byte has gone out
    bool body_started = false;  ///< a body that is pulled has been
    bool whole = false;         ///< the request went out to its end
    Origin origin = Origin::protocol_error;
    std::string_view why;  ///< of a failure; constant
};

/// One connection to the upstream, used by one request at a time, on its pool's loop.
class ClientConnection final : public Timed {
 public:
    /// Its timeouts' lanes.
    enum class Wait : std::uint8_t { connect, exchange, idle };

    explicit ClientConnection(ClientPool& pool);
    ~ClientConnection();

    /// Origin::upstream when connected.
    Task<Origin> connect(Deadline deadline);
    /// Sends `request`, whose body may be pulled, and reads a response head.
    Task<Attempt> exchange(Request& request, Deadline deadline);
    /// After an answered exchange: the body is short, and here.
    bool has_whole_answer() const;
    /// Then status, fields and body. Gives itself (`self`) back to the pool.
    static Response take_whole_answer(std::unique_ptr<ClientConnection> self);
    /// Otherwise status, fields, and the body if it is short, else a source of it, into which it
    /// takes itself.
    static Task<Response> take_answer(std::unique_ptr<ClientConnection> self, Deadline deadline);

    void wait_until(Wait wait, MonoTime at);
    void done_waiting();
    /// More of an answer that has begun.
    Task<bool> receive();
    void cancel();
    void expired() override;

    bool kept() const { return kept_; }
    void set_kept() { kept_ = true; }
    bool has_expired() const { return expired_; }
    bool ended() const { return ended_; }  ///< the upstream closed it in good order
    bool reusable() const { return reusable_ && parser_.head().keep_alive; }
    InputBuffer& input() { return input_; }
    ClientPool& pool() { return pool_; }

 private:
    Task<bool> resolve(std::vector<Tcp::endpoint>& out);
    bool may_send(const Request& request, Attempt& attempt);
    bool send_now(Outgoing& out, Attempt& attempt);
    Task<bool> send_body(Body& body, Delivery delivery, Attempt& attempt, Deadline deadline);
    Task<bool> write(Outgoing out, Attempt& attempt);
    std::optional<std::uint64_t> short_body() const;
    Response take_head();
    void take_body(Response& response);
    Task<bool> read_head(Attempt& attempt);
    Task<Reading> arrival();
    bool take_in(const Reading& reading);

    ClientPool& pool_;
    Socket socket_;
    InputBuffer input_;
    ResponseParser parser_;
    std::string output_;
    std::optional<MonoTime> connected_at_;
    Wait wait_ = Wait::idle;
    bool to_head_ = false;
    bool kept_ = false;  ///< it has served a request before
    bool reusable_ = true;
    bool expired_ = false;
    bool ended_ = false;
};

}  // namespace waybill::http
