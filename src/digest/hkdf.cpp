// Low-level SHA-256 for the reason told in hasher.h: EVP_KDF and EVP_MAC allocate at each use.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "eti/digest/hkdf.h"

#include "eti/base/check.h"
#include "eti/wire/writer.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace eti::digest {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kMaxLabel = 32;

// RFC 2104: two hashes, each begun with the key under a mask.
Sha256Digest masked_hash(std::span<const uint8_t> key, uint8_t mask,
                         std::span<const uint8_t> message) {
    std::array<uint8_t, kBlockBytes> block;
    block.fill(mask);
    std::transform(key.begin(), key.end(), block.begin(),
                   [mask](uint8_t byte) { return static_cast<uint8_t>(byte ^ mask); });
    Sha256Digest digest{};
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, block.data(), block.size());
    SHA256_Update(&state, message.data(), message.size());
    SHA256_Final(digest.data(), &state);
    return digest;
}

Sha256Digest hmac(std::span<const uint8_t> key, std::span<const uint8_t> message) {
    ETI_ASSERT(key.size() <= kBlockBytes);
    return masked_hash(key, 0x5c, masked_hash(key, 0x36, message));
}

std::span<const uint8_t> bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Sha256Digest hkdf_extract(std::span<const uint8_t> salt, std::span<const uint8_t> secret) {
    return hmac(salt, secret);
}

// One round of HKDF-Expand: what it hashes is the info and the number of the round.
void hkdf_expand_label(const Sha256Digest& secret, std::string_view label, std::span<uint8_t> out) {
    constexpr std::string_view kPrefix = "tls13 ";
    ETI_ASSERT(label.size() <= kMaxLabel && out.size() <= secret.size());
    std::array<uint8_t, 2 + 1 + kPrefix.size() + kMaxLabel + 1 + 1> buffer{};
    wire::Writer info(buffer);
    info.u16(static_cast<uint16_t>(out.size()));
    info.u8(static_cast<uint8_t>(kPrefix.size() + label.size()));
    info.bytes(bytes(kPrefix));
    info.bytes(bytes(label));
    info.u8(0);
    info.u8(1);
    const Sha256Digest round = hmac(secret, std::span(buffer).first(info.size()));
    std::copy_n(round.begin(), out.size(), out.begin());
}

}  // namespace eti::digest
