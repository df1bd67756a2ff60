#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/auth/url.hpp"
#include "chassis/base/check.hpp"

namespace {

void check(std::string_view text) {
    const auto url = waybill::auth::Url::parse(text);
    if (!url) return;
    const std::string scheme = url->secure ? "https://" : "http://";
    // Nothing was lost, added or moved between the parts.
    const std::string whole = scheme + url->authority + url->target;
    CHECK(whole == text || scheme + url->authority + url->target.substr(1) == text);
    CHECK(url->target.starts_with('/') && url->port != 0 && !url->host.empty());
    CHECK(url->authority.find(url->host) != std::string::npos);
    // User information would send a request elsewhere than the eye reads.
    CHECK(url->authority.find('@') == std::string::npos);
    for (const char c : whole) CHECK(c > ' ' && c < 0x7f && c != '#' && c != '\\');
    const auto again = waybill::auth::Url::parse(whole);
    CHECK(again && again->host == url->host && again->port == url->port &&
          again->authority == url->authority && again->target == url->target);
    const bool v6 = url->host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + url->host + "]" : url->host;
    const auto plain = waybill::auth::Url::parse(scheme + host + ":" + std::to_string(url->port));
    CHECK(plain && plain->host == url->host && plain->port == url->port);
    CHECK(plain->loopback() == url->loopback());
}

}  // namespace

// Oracle: the parts make the text again, and the host and port alone read as the same host and
// port.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check(text);
    check("https://" + text);
    check("http://127.0.0.1" + text);
    return 0;
}
