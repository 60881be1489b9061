// TCP resets in the encapsulation of the packet they answer.
#pragma once

#include "eti/net/packet_view.h"
#include "eti/net/reset_packet.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::decap {

// Room for every encapsulation met in practice; a packet under more headers gets no reset.
inline constexpr std::size_t kMaxResetBytes = 512;

// build_reset writes an Ethernet frame that holds net::build_reset_packet's answer under copies of
// all headers around the given TCP packet, lengths and checksums corrected, or their mirror image
// towards its sender. Returns the frame's size, or 0 when none can be built: towards the sender
// under headers whose counterpart is not known (MPLS labels, GTP, L2TP, PPTP, GRE sequence numbers,
// IP options), and in mirrored copies (ERSPAN).
//
// packet is as parse left it. Where it came from parse_ip, before is what precedes the fragments'
// IP header in one of their frames: fragment.frame.first(fragment.ip_offset).
std::size_t build_reset(const net::PacketView& packet, net::Toward toward, uint32_t sequence,
                        uint32_t acknowledgment, std::span<uint8_t, kMaxResetBytes> out,
                        std::span<const uint8_t> before = {});

}  // namespace eti::decap
