#include "services/identity/sign_in.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>
#include <string>

#include "chassis/auth/base64url.hpp"
#include "chassis/auth/openssl.hpp"

namespace waybill::identity {
namespace {

constexpr std::string_view scheme = "Basic ";

struct Presented {
    std::string id;
    std::optional<std::string> secret;
};

/// Base64 of RFC 4648 section 4, read through its strict sibling.
std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string url(text);
    while (url.ends_with('=') && text.size() - url.size() < 2) url.pop_back();
    for (char& c : url) {
        if (c == '-' || c == '_') return std::nullopt;
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return auth::decode_base64url(url);
}

std::optional<Presented> by_basic(std::string_view authorization) {
    if (!http::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme))
        return std::nullopt;
    const auto text = decode_base64(authorization.substr(scheme.size()));
    const auto colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    return Presented{text->substr(0, colon), text->substr(colon + 1)};
}

tl::unexpected<OauthError> invalid_client() {
    return refused("invalid_client", "The client is unknown, or its secret is wrong.", 401);
}

OauthResult<Presented> presented_by(const http::Request& request, const Form& form) {
    const auto id = form.get("client_id");
    const auto secret = form.get("client_secret");
    if (request.headers.count("Authorization") > 1)
        return refused("invalid_request", "There is more than one Authorization field.");
    const auto authorization = request.headers.get("Authorization");
    if (!authorization) {
        if (id.empty()) return invalid_client();
        return Presented{std::string(id),
                         secret.empty() ? std::nullopt : std::optional(std::string(secret))};
    }
    auto basic = by_basic(*authorization);
    if (!basic) return invalid_client();
    if (!secret.empty() || (!id.empty() && id != basic->id))
        return refused("invalid_request", "The client authenticates in more than one way.");
    return std::move(*basic);
}

bool same_secret(std::string_view given, std::string_view right) {
    const std::string a = auth::ossl::sha256(given);
    const std::string b = auth::ossl::sha256(right);
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

OauthResult<const User*> check_password(Realm& realm, std::string_view user,
                                        std::string_view password, std::string_view address) {
    const MonoTime now = realm.env.monotonic();
    if (const auto wait = realm.throttle.wait(user, address, now)) {
        OauthError error{"too_many_attempts", "Too many wrong passwords; try again later.", 429,
                         wait};
        return tl::unexpected<OauthError>(std::move(error));
    }
    const User* found = find_user(user);
    const bool right = is_password(password);
    if (found == nullptr || !right) {
        realm.throttle.wrong(user, address, now);
        return refused("invalid_grant", "The user name or the password is wrong.");
    }
    return found;
}

OauthResult<const Client*> check_client(const Realm& realm, const http::Request& request,
                                        const Form& form) {
    const auto presented = presented_by(request, form);
    if (!presented) return tl::unexpected<OauthError>(presented.error());
    const Client* client = find_client(presented->id);
    if (client == nullptr || client->confidential != presented->secret.has_value())
        return invalid_client();
    if (client->confidential && !same_secret(*presented->secret, realm.secrets.service_secret))
        return invalid_client();
    return client;
}

}  // namespace waybill::identity
