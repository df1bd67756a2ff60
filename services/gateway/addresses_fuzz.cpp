#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/base/check.hpp"
#include "services/gateway/addresses.hpp"

namespace {

using namespace waybill;
using namespace waybill::gateway;

void check_block(std::string_view text) {
    const auto block = AddressBlock::parse(text);
    if (!block) return;
    CHECK(block->holds(block->first));
    CHECK(block->prefix_bits >= 0 && block->prefix_bits <= 128);
    // Turning the last bit of the prefix leaves the block; turning one behind it does not.
    for (const int bit : {block->prefix_bits - 1, block->prefix_bits}) {
        if (bit < 0 || bit > 127) continue;
        Address turned = block->first;
        const auto octet = static_cast<std::size_t>(bit / 8);
        turned.bytes.at(octet) = static_cast<std::uint8_t>(
            turned.bytes.at(octet) ^ (0x80U >> (static_cast<unsigned>(bit) % 8)));
        CHECK(block->holds(turned) == (bit == block->prefix_bits));
    }
}

void check_chain(std::string_view text) {
    static const ClientAddresses addresses({"127.0.0.0/8", "::1"});
    for (const char* name : {"X-Forwarded-For", "Forwarded"}) {
        http::Request request;
        request.headers.add(name, text);
        request.peer_address = "203.0.113.9";
        CHECK(addresses.client_of(request) == "203.0.113.9");  // nobody believes a stranger
        request.peer_address = "127.0.0.1";
        const std::string client = addresses.client_of(request);
        CHECK(Address::parse(client).has_value());
        CHECK(client == "127.0.0.1" || text.find(client) != text.npos);
        CHECK(!limit_key(client).empty());
    }
}

}  // namespace

// Oracle: what is an address was read by inet_pton alone, without anything behind it; a block holds
// what its prefix says, bit by bit; and a chain of hops never gives anything that is no address.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto address = Address::parse(text)) {
        CHECK(text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos);
        boost::system::error_code failed;
        const auto model = boost::asio::ip::make_address(std::string(text), failed);
        CHECK(!failed &&
              (model.is_v4() ? address->v4 : model.to_v6().to_bytes() == address->bytes));
    }
    check_block(text);
    check_chain(text);
    return 0;
}
