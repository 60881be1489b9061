// Whether an endpoint would take a packet for undamaged (RFC 9293 section 3.1, RFC 768, RFC 8200
// section 8.1).
#pragma once

#include "eti/net/packet_view.h"

#include <cstdint>

namespace eti::net {

enum class ChecksumState : uint8_t {
    Valid,
    Invalid,
    Partial,  // only the pseudo header is summed: captured before the sender's hardware finished it
    Absent,   // UDP over IPv4 without one
    Unknown,  // bytes are missing, the last destination is not known, or neither TCP nor UDP
};

// transport_checksum reads a packet for which parse_packet said Transport.
ChecksumState transport_checksum(const PacketView& packet);

// ip_checksum_valid judges the IPv4 header; IPv6 has no checksum and is always valid.
bool ip_checksum_valid(const PacketView& packet);

}  // namespace eti::net
