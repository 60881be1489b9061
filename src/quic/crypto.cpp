#include "eti/quic/crypto.h"

#include "eti/base/check.h"
#include "eti/digest/hkdf.h"
#include "eti/wire/reader.h"
#include "quic/versions.h"

#include <algorithm>

namespace eti::quic {
namespace {

constexpr std::size_t kSampleBytes = 16;
constexpr std::size_t kMaxNumberBytes = 4;

// RFC 9000 appendix A.3: the number nearest to the expected one that ends in these bits.
uint64_t whole_number(uint64_t expected, uint64_t truncated, unsigned bits) {
    const uint64_t window = uint64_t{1} << bits;
    const uint64_t candidate = (expected & ~(window - 1)) | truncated;
    if (candidate + window / 2 <= expected && candidate < (uint64_t{1} << 62) - window) {
        return candidate + window;
    }
    return candidate > expected + window / 2 && candidate >= window ? candidate - window
                                                                    : candidate;
}

// RFC 9001 section 5.3.
digest::Aes128::Nonce make_nonce(digest::Aes128::Nonce nonce, uint64_t number) {
    for (std::size_t i = 0; i < sizeof(number); ++i) {
        uint8_t& byte = nonce[nonce.size() - 1 - i];
        byte = static_cast<uint8_t>(byte ^ number >> (8 * i));
    }
    return nonce;
}

}  // namespace

// The header is copied before the decrypted rest: together never longer than the packet.
Crypto::Crypto() : room_(std::make_unique<uint8_t[]>(kMaxPacketBytes)) {}

PacketKeys Crypto::derive(uint32_t version, const ConnectionId& client_destination,
                          Direction direction) const {
    const Protection* protection = protection_of(version);
    ETI_ASSERT(protection != nullptr);
    const Sha256Digest initial = digest::hkdf_extract(protection->salt, client_destination.bytes());
    Sha256Digest secret{};
    digest::hkdf_expand_label(initial, direction == Direction::Out ? "client in" : "server in",
                              secret);
    PacketKeys keys;
    digest::hkdf_expand_label(secret, protection->key_label(), keys.key);
    digest::hkdf_expand_label(secret, protection->iv_label(), keys.iv);
    digest::hkdf_expand_label(secret, protection->header_label(), keys.header);
    return keys;
}

bool Crypto::open(const PacketKeys& keys, std::span<const uint8_t> packet,
                  std::size_t number_offset, uint64_t& next_number,
                  std::span<const uint8_t>& frames) {
    if (packet.size() > kMaxPacketBytes ||
        packet.size() < number_offset + kMaxNumberBytes + kSampleBytes) {
        return false;
    }
    // RFC 9001 section 5.4: the sample is taken as if the number had four bytes.
    const auto sample = packet.subspan(number_offset + kMaxNumberBytes).first<kSampleBytes>();
    const digest::Aes128::Block mask = aes_.encrypt_block(keys.header, sample);

    const std::span<uint8_t> room(room_.get(), kMaxPacketBytes);
    std::copy_n(packet.begin(), number_offset + kMaxNumberBytes, room.begin());
    room[0] = static_cast<uint8_t>(room[0] ^ (mask[0] & 0x0f));
    const std::size_t number_bytes = (room[0] & 3U) + 1;
    uint64_t truncated = 0;
    for (std::size_t i = 0; i < number_bytes; ++i) {
        uint8_t& byte = room[number_offset + i];
        byte = static_cast<uint8_t>(byte ^ mask[1 + i]);
        truncated = truncated << 8 | byte;
    }
    const uint64_t number =
        whole_number(next_number, truncated, static_cast<unsigned>(8 * number_bytes));

    const std::size_t header_bytes = number_offset + number_bytes;
    const auto sealed = packet.subspan(header_bytes);
    if (sealed.size() < digest::Aes128::kTagBytes) {
        return false;
    }
    const auto plain = room.subspan(header_bytes, sealed.size() - digest::Aes128::kTagBytes);
    if (!aes_.open(keys.key, make_nonce(keys.iv, number), room.first(header_bytes), sealed,
                   plain)) {
        return false;
    }
    next_number = std::max(next_number, number + 1);
    frames = plain;
    return true;
}

}  // namespace eti::quic
