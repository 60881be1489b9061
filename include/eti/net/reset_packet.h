// TCP resets that end a session at both ends (RFC 9293 section 3.5.2, RFC 5961 section 3).
#pragma once

#include "eti/net/packet_view.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::net {

enum class Toward : uint8_t { Receiver, Sender };  // of the packet the reset answers

inline constexpr std::size_t kMaxResetPacketBytes = 40 + 20;  // IPv6, TCP

// build_reset_packet writes an IP packet, with no link layer, that holds a RST|ACK with addresses
// and ports of the given TCP packet, or their mirror image towards its sender. A receiver takes it
// only if sequence is exactly the next byte it expects. Returns the packet's size.
std::size_t build_reset_packet(const PacketView& packet, Toward toward, uint32_t sequence,
                               uint32_t acknowledgment,
                               std::span<uint8_t, kMaxResetPacketBytes> out);

}  // namespace eti::net
