#include "chassis/service/cursor.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>

#include "chassis/auth/base64url.hpp"
#include "chassis/base/check.hpp"
#include "chassis/base/json.hpp"

namespace waybill::service {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t position_bytes_max = 256;

/// What a cursor is bound to: it is no use for another list, filter or caller.
std::string scope_of(const http::Call& call) {
    std::string scope = call.route.path;
    for (const auto& [name, value] : call.parameters) scope += fmt::format("\n{}={}", name, value);
    for (const auto& [name, value] : call.query.all())
        if (name != "limit" && name != "cursor") scope += fmt::format("\n?{}={}", name, value);
    return scope + "\n@" + call.principal.subject;
}

}  // namespace

Cursors::Cursors(std::string key) : key_(std::move(key)) {
    CHECK(key_.size() >= 16);
}

std::string Cursors::mac(std::string_view position, std::string_view scope) const {
    std::string text(position);
    text.push_back('\0');
    text.append(scope);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    CHECK(HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
               &size) != nullptr);
    return {reinterpret_cast<const char*>(digest), mac_bytes};
}

std::string Cursors::make(std::string_view position, std::string_view scope) const {
    CHECK(position.size() <= position_bytes_max);
    return auth::encode_base64url(mac(position, scope) + std::string(position));
}

Result<std::string> Cursors::read(std::string_view cursor, std::string_view scope) const {
    const auto refused = [] {
        return invalid("?cursor",
                       "is not a cursor of this list; take it unchanged from nextCursor "
                       "of an answer to the same query");
    };
    if (cursor.size() > 2 * (mac_bytes + position_bytes_max)) return refused();
    const auto bytes = auth::decode_base64url(cursor);
    if (!bytes || bytes->size() <= mac_bytes) return refused();
    std::string position = bytes->substr(mac_bytes);
    const std::string expected = mac(position, scope);
    if (CRYPTO_memcmp(expected.data(), bytes->data(), mac_bytes) != 0) return refused();
    return position;
}

Result<PageRequest> page_of(const http::Call& call, const Cursors& cursors) {
    PageRequest page;
    if (const auto limit = call.query.get("limit")) {
        const char* end = limit->data() + limit->size();
        const auto read = std::from_chars(limit->data(), end, page.limit);
        if (read.ec != std::errc() || read.ptr != end || page.limit < 1 || page.limit > 100)
            return invalid("?limit", "must be an integer from 1 to 100");
    }
    if (const auto cursor = call.query.get("cursor")) {
        auto position = cursors.read(*cursor, scope_of(call));
        if (!position) return tl::unexpected(std::move(position.error()));
        page.after = std::move(*position);
    }
    return page;
}

std::string next_cursor(const http::Call& call, const Cursors& cursors, std::string_view position) {
    return cursors.make(position, scope_of(call));
}

http::Response list_response(const std::vector<std::string>& items, std::string_view next) {
    std::string text;
    json::Writer out(text);
    out.begin_object().plain_key("items").begin_array();
    for (const auto& item : items) out.raw(item);
    out.end_array().plain_key("nextCursor");
    if (next.empty())
        out.null();
    else
        out.string(next);
    out.end_object();
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = std::move(text);
    return response;
}

}  // namespace waybill::service
