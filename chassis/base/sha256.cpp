#include "chassis/base/sha256.hpp"

#include <openssl/evp.h>

#include <memory>

#include "chassis/base/check.hpp"

namespace waybill {
namespace {

/// Fetched once: EVP_sha256() is looked up anew by every call that takes it, which costs more than
/// hashing a short text.
const EVP_MD* algorithm() {
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched(
        EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
    CHECK(fetched != nullptr);
    return fetched.get();
}

struct Digest {
    unsigned char bytes[EVP_MAX_MD_SIZE];
};

Digest digest_of(std::string_view text) {
    Digest out;
    unsigned int size = 0;
    CHECK(EVP_Digest(text.data(), text.size(), out.bytes, &size, algorithm(), nullptr) == 1);
    return out;
}

}  // namespace

std::string sha256(std::string_view text) {
    const Digest digest = digest_of(text);
    return {reinterpret_cast<const char*>(digest.bytes), 32};
}

std::string sha256_short(std::string_view text) {
    const Digest digest = digest_of(text);
    return {reinterpret_cast<const char*>(digest.bytes), 16};
}

}  // namespace waybill
