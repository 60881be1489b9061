// TCP resets that end a session at both ends (RFC 9293 section 3.5.2, RFC 5961 section 3).
#pragma once

#include "eti/net/packet_view.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::net {

enum class Toward : uint8_t { Receiver, Sender };  // of the packet the reset answers

// Ethernet with four tags, IPv6, TCP; never below Ethernet's least frame.
inline constexpr std::size_t kMaxResetBytes = 14 + 4 * 4 + 40 + 20;

// build_reset writes a RST|ACK frame with the link layer, VLAN tags, addresses and ports of the
// given TCP packet, or their mirror image towards its sender. A receiver takes it only if
// sequence is exactly the next byte it expects. Returns the frame's size.
std::size_t build_reset(const PacketView& packet, Toward toward, uint32_t sequence,
                        uint32_t acknowledgment, std::span<uint8_t, kMaxResetBytes> out);

}  // namespace eti::net
