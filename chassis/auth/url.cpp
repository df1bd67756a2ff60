#include "chassis/auth/url.hpp"

#include <algorithm>
#include <charconv>

namespace waybill::auth {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '#' && c != '\\' && c != '"' && c != '<' && c != '>';
    });
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
        return std::nullopt;
    return port;
}

bool is_host(std::string_view host, bool bracketed) {
    if (host.empty()) return false;
    const std::string_view more = bracketed ? ":." : "-.";
    return std::all_of(host.begin(), host.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               more.find(c) != std::string_view::npos;
    });
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    if (!is_plain(text)) return std::nullopt;
    Url url;
    url.secure = text.starts_with("https://");
    if (!url.secure && !text.starts_with("http://")) return std::nullopt;
    text.remove_prefix(url.secure ? 8 : 7);
    const std::string_view authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(authority.size());
    url.authority = authority;
    url.target = text.starts_with('/') ? std::string(text) : '/' + std::string(text);
    const bool bracketed = authority.starts_with('[');
    const auto host_end =
        bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (host_end == std::string_view::npos) return std::nullopt;
    url.host = authority.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
    std::string_view rest = authority.substr(host_end + (bracketed ? 1 : 0));
    if (!is_host(url.host, bracketed)) return std::nullopt;
    url.port = url.secure ? https_port : http_port;
    if (rest.empty()) return url;
    const auto port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt;
    if (!port) return std::nullopt;
    url.port = *port;
    return url;
}

bool Url::loopback() const {
    return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

}  // namespace waybill::auth
