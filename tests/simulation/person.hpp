#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chassis/auth/signing.hpp"
#include "services/identity/directory.hpp"
#include "tests/simulation/platform.hpp"

namespace waybill::simulation {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

/// What somebody asks the platform for.
struct Asked {
    std::string method = "GET";
    std::string path;
    std::string query = {};
    std::string body = {};
    std::string key = {};  ///< Idempotency-Key; empty: none
    HeaderFields fields = {};
};

/// What came back.
struct Reply {
    /// Nothing was said by the platform's own door: the request may or may not have arrived.
    bool lost = true;
    std::uint16_t status = 0;
    std::string body;
    std::string etag;
    bool replayed = false;

    bool ok() const { return !lost && status >= 200 && status < 300; }
    /// The platform has said that nothing was done, and the same again will not do it either.
    bool refused() const {
        return !lost && status >= 400 && status < 500 && status != 401 && status != 408 &&
               status != 429;
    }
};

/// Someone with a token, outside the platform: asks, waits, gives up, asks again. Those whom the
/// issuer's directory knows get their tokens from its token endpoint; the others' tokens are made
/// by the issuer's own code with its present key.
class Person {
 public:
    Person(Platform& platform, ProcessEnv& env, Random& random, identity::User user);

    /// One attempt.
    Task<Reply> ask_once(Asked asked);
    /// Attempts until there is an answer that settles it, if the request may be repeated, at most
    /// so many.
    Task<Reply> ask(Asked asked, int attempts_max);

    /// Asks for nothing more; what is asked for now has no answer.
    void give_up() { gone_ = true; }

    const identity::User& user() const { return user_; }
    std::string subject() const { return std::string(user_.subject); }
    bool is_operator() const { return user_.role != "customer"; }

 private:
    Task<bool> get_token();
    std::string make_token();

    Platform& platform_;
    ProcessEnv& env_;
    Random& random_;
    identity::User user_;
    std::string token_;
    bool gone_ = false;
};

}  // namespace waybill::simulation
