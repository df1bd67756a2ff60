#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "chassis/auth/base64url.hpp"
#include "chassis/base/check.hpp"

namespace {

/// OpenSSL's base64 with the other alphabet's two letters and without padding.
std::string model_encoding(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    out.resize(std::min(out.find('='), out.size()));
    return out;
}

}  // namespace

// Oracle: OpenSSL's encoder, and one encoding for every value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace waybill::auth;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string encoded = encode_base64url(input);
    CHECK(encoded == model_encoding(input));
    CHECK(decode_base64url(encoded) == std::string(input));
    const auto decoded = decode_base64url(input);
    if (decoded) CHECK(model_encoding(*decoded) == input);
    return 0;
}
