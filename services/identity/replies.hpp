#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "chassis/base/error.hpp"
#include "chassis/http/message.hpp"
#include "chassis/http/query.hpp"
#include "chassis/http/routes.hpp"

namespace waybill::identity {

/// A refusal in the words of OAuth (RFC 6749 section 5.2).
struct OauthError {
    std::string_view code;  ///< `invalid_grant`
    std::string description;
    std::uint16_t status = 400;
    std::optional<std::chrono::seconds> retry_after = {};
};

template <class T>
using OauthResult = tl::expected<T, OauthError>;

inline tl::unexpected<OauthError> refused(std::string_view code, std::string description,
                                          std::uint16_t status = 400) {
    return tl::unexpected<OauthError>(OauthError{code, std::move(description), status, {}});
}
/// The database did not answer: `temporarily_unavailable` or `server_error`.
tl::unexpected<OauthError> refused(const Error& error);

/// `{"error": …, "error_description": …}`, never stored; 401 carries a Basic challenge.
http::Response to_response(const OauthError& error);
/// A JSON answer that nobody may store.
http::Response json_reply(std::string body, std::uint16_t status = 200);
http::Response empty_reply(std::uint16_t status);
/// Sends the browser to `location`.
http::Response redirect(std::uint16_t status, std::string_view location);

/// The parameters of a posted form. An empty parameter counts as absent, a repeated one is
/// refused (RFC 6749 section 3.1).
class Form {
 public:
    static OauthResult<Form> of(const http::Call& call);
    static OauthResult<Form> of(http::Query query);
    /// Empty when absent.
    std::string_view get(std::string_view name) const;
    std::string text(std::string_view name) const { return std::string(get(name)); }

 private:
    explicit Form(http::Query query) : query_(std::move(query)) {}
    http::Query query_;
};

/// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
std::string url_encoded(std::string_view text);
/// `uri` with a query parameter more.
void add_parameter(std::string& uri, std::string_view name, std::string_view value);

}  // namespace waybill::identity
