// What can be told of a QUIC datagram without keys: RFC 8999, RFC 9000 section 17, RFC 9369.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::quic {

enum class PacketType : uint8_t {
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
    VersionNegotiation,
    Short,    // 1-RTT, or anything else without a long header
    Unknown,  // a long header of a version whose layout we do not know
};

// ConnectionId is a copy: its packet is gone when it is compared.
class ConnectionId {
  public:
    static constexpr std::size_t kMaxBytes = 20;

    ConnectionId() = default;
    explicit ConnectionId(std::span<const uint8_t> bytes)
        : size_(static_cast<uint8_t>(std::min(bytes.size(), kMaxBytes))) {
        std::copy_n(bytes.begin(), size_, bytes_.begin());
    }
    std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
    bool operator==(const ConnectionId&) const = default;

  private:
    std::array<uint8_t, kMaxBytes> bytes_{};
    uint8_t size_ = 0;
};

// may_be_initial is the cheap first look: could the datagram begin with a client's Initial packet
// of a version we can open? Right for every packet a client may send; noise passes once in 2^28.
bool may_be_initial(std::span<const uint8_t> datagram);

// version_of is the version field of a long header, 0 for Version Negotiation and all else.
uint32_t version_of(std::span<const uint8_t> datagram);

// known_version tells whether the Initial packets of a version can be opened.
bool known_version(uint32_t version);

}  // namespace eti::quic
