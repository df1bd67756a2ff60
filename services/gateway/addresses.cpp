#include "services/gateway/addresses.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "chassis/http/wire.hpp"

namespace waybill::gateway {
namespace {

constexpr std::size_t text_max = 45;
constexpr int v4_offset_bits = 96;

/// The address of a Forwarded `for=` or X-Forwarded-For element: quotes, brackets, port taken off.
std::string_view bare_address(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        return close == std::string_view::npos ? text : text.substr(1, close - 1);
    }
    // One colon: IPv4 with a port; more: IPv6.
    if (std::count(text.begin(), text.end(), ':') == 1) return text.substr(0, text.find(':'));
    return text;
}

std::string_view for_parameter(std::string_view element) {
    while (!element.empty()) {
        const std::size_t end = std::min(element.find(';'), element.size());
        const std::string_view pair = http::trim_whitespace(element.substr(0, end));
        element.remove_prefix(std::min(end + 1, element.size()));
        if (pair.size() > 4 && http::equal_ignoring_case(pair.substr(0, 4), "for="))
            return pair.substr(4);
    }
    return {};
}

std::vector<std::string_view> chain_of(const http::Headers& headers) {
    std::vector<std::string_view> chain;
    const bool plain = headers.get("X-Forwarded-For").has_value();
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto field = headers.at(i);
        if (!http::equal_ignoring_case(field.name, plain ? "X-Forwarded-For" : "Forwarded"))
            continue;
        http::for_each_element(field.value, [&](std::string_view element) {
            chain.push_back(bare_address(plain ? element : for_parameter(element)));
        });
    }
    return chain;
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
    if (text.empty() || text.size() > text_max || text.find('\0') != text.npos) return {};
    const std::string zero_terminated(text);
    Address address;
    if (inet_pton(AF_INET, zero_terminated.c_str(), address.bytes.data() + 12) == 1) {
        address.bytes[10] = address.bytes[11] = 0xff;
        address.v4 = true;
        return address;
    }
    if (inet_pton(AF_INET6, zero_terminated.c_str(), address.bytes.data()) != 1) return {};
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    address.v4 = std::equal(mapped.begin(), mapped.end(), address.bytes.begin());
    return address;
}

std::optional<AddressBlock> AddressBlock::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto first = Address::parse(text.substr(0, slash));
    if (!first) return {};
    AddressBlock block{*first};
    if (slash == std::string_view::npos) return block;
    const std::string_view digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failed != std::errc() || end != digits.data() + digits.size() || bits < 0 ||
        bits > (first->v4 ? 32 : 128))
        return {};
    block.prefix_bits = first->v4 ? bits + v4_offset_bits : bits;
    return block;
}

bool AddressBlock::holds(const Address& address) const {
    const auto whole = static_cast<std::size_t>(prefix_bits / 8);
    if (!std::equal(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.bytes.begin()))
        return false;
    const int rest = prefix_bits % 8;
    if (rest == 0) return true;
    return (first.bytes[whole] >> (8 - rest)) == (address.bytes[whole] >> (8 - rest));
}

ClientAddresses::ClientAddresses(const std::vector<std::string>& trusted_proxies) {
    for (const std::string& text : trusted_proxies)
        if (const auto block = AddressBlock::parse(text)) trusted_.push_back(*block);
}

bool ClientAddresses::trusted(std::string_view address) const {
    const auto parsed = Address::parse(address);
    return parsed && std::any_of(trusted_.begin(), trusted_.end(),
                                 [&](const AddressBlock& block) { return block.holds(*parsed); });
}

bool ClientAddresses::trusts_peer(const http::Request& request) const {
    return !trusted_.empty() && trusted(request.peer_address);
}

std::string ClientAddresses::client_of(const http::Request& request) const {
    if (!trusts_peer(request)) return request.peer_address;
    std::string client = request.peer_address;
    const auto chain = chain_of(request.headers);
    for (auto hop = chain.rbegin(); hop != chain.rend(); ++hop) {
        if (!Address::parse(*hop)) break;
        client = *hop;
        if (!trusted(*hop)) break;
    }
    return client;
}

std::string limit_key(std::string_view address) {
    if (address.find(':') == std::string_view::npos) return std::string(address);
    const auto parsed = Address::parse(address);
    if (!parsed || parsed->v4) return std::string(address);
    constexpr std::size_t network_bytes = 8;
    std::string key(network_bytes, '\0');
    std::memcpy(key.data(), parsed->bytes.data(), network_bytes);
    return key;
}

}  // namespace waybill::gateway
