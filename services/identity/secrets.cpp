#include "services/identity/secrets.hpp"

#include <array>
#include <span>
#include <utility>

#include "chassis/auth/base64url.hpp"
#include "chassis/base/faults.hpp"
#include "services/identity/secret_file.hpp"

namespace waybill::identity {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::string_view key_file = "identity-signing-key.pem";
constexpr std::string_view refresh_file = "identity-refresh-key";
constexpr std::string_view service_file = "identity-service-secret";

std::string path_of(const std::string& folder, std::string_view name) {
    return folder + '/' + std::string(name);
}

std::string random_bytes(Env& env) {
    std::string bytes(secret_bytes, '\0');
    env.fill_secret(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

Result<auth::SigningKey> load_or_make_key(const std::string& path) {
    auto text = read_secret_file(path);
    if (!text) return fail(std::move(text.error()));
    if (*text) {
        auto key = auth::SigningKey::from_pem(auth::Algorithm::rs256, **text);
        if (!key) return fail(Problem::internal_error, path + " holds no RSA key");
        return key;
    }
    auto made = auth::SigningKey::generate(auth::Algorithm::rs256);
    if (!made) return made;
    faults::crash_point("key_generated");
    if (auto kept = write_secret_file(path, made->to_pem()); !kept)
        return fail(std::move(kept.error()));
    return made;
}

/// The base64url text of 32 bytes.
Result<std::string> load_or_make_text(const std::string& path, Env& env) {
    auto text = read_secret_file(path);
    if (!text) return fail(std::move(text.error()));
    if (*text) {
        const auto bytes = auth::decode_base64url(**text);
        if (!bytes || bytes->size() != secret_bytes)
            return fail(Problem::internal_error, path + " holds no secret");
        return std::move(**text);
    }
    std::string made = random_token(env);
    if (auto kept = write_secret_file(path, made); !kept) return fail(std::move(kept.error()));
    return made;
}

}  // namespace

std::string random_token(Env& env) {
    return auth::encode_base64url(random_bytes(env));
}

Result<Secrets> make_secrets(Env& env) {
    auto key = auth::SigningKey::generate(auth::Algorithm::rs256);
    if (!key) return fail(std::move(key.error()));
    return Secrets{std::move(*key), random_bytes(env), random_token(env)};
}

Result<Secrets> load_or_make_secrets(const std::string& folder, Env& env) {
    auto key = load_or_make_key(path_of(folder, key_file));
    if (!key) return fail(std::move(key.error()));
    auto refresh = load_or_make_text(path_of(folder, refresh_file), env);
    if (!refresh) return fail(std::move(refresh.error()));
    auto service = load_or_make_text(path_of(folder, service_file), env);
    if (!service) return fail(std::move(service.error()));
    return Secrets{std::move(*key), *auth::decode_base64url(*refresh), std::move(*service)};
}

Result<std::string> read_service_secret(const std::string& folder) {
    auto text = read_secret_file(path_of(folder, service_file));
    if (!text) return fail(std::move(text.error()));
    if (!*text)
        return fail(Problem::not_found,
                    folder + " holds no secret yet: it is made when the program starts first");
    return std::move(**text);
}

}  // namespace waybill::identity
