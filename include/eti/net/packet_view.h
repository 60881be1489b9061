// One parsed frame: where its headers lie and what they say. Borrows the frame.
#pragma once

#include "eti/base/bounded.h"
#include "eti/net/ip_address.h"

#include <cstdint>
#include <span>

namespace eti::net {

// IP protocol numbers this product looks at (IANA).
enum : uint8_t { kIcmp = 1, kTcp = 6, kUdp = 17, kIcmpV6 = 58 };

// TCP flags (RFC 9293 section 3.1).
enum : uint8_t { kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10 };

// PacketView is filled as far as parse_packet got; its result says how far that is.
struct PacketView {
    std::span<const uint8_t> frame;
    std::span<const uint8_t> payload;  // above TCP, UDP or other IP, without Ethernet padding
    IpAddress source;
    IpAddress destination;
    uint16_t ip_offset = 0;          // from the start of the frame
    uint16_t ip_bytes = 0;           // IP header and up, as the IP header says
    BoundedList<uint16_t, 4> vlans;  // VLAN identifiers, outermost first
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
    uint8_t protocol = 0;
    bool ipv6 = false;
    uint8_t tcp_flags = 0;
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;

    bool has(uint8_t flag) const { return (tcp_flags & flag) != 0; }
    // Sequence space the segment takes: payload, SYN and FIN (RFC 9293 section 3.4).
    uint32_t sequence_length() const {
        return static_cast<uint32_t>(payload.size()) + (has(kSyn) ? 1U : 0U) +
               (has(kFin) ? 1U : 0U);
    }
};

enum class ParseResult : uint8_t {
    Transport,  // TCP or UDP: everything is filled
    OtherIp,    // IP with another protocol: addresses are filled
    Fragment,   // IP fragment: addresses are filled
    NotIp,      // any other Ethertype
    Malformed,  // lengths that contradict each other or the frame
};

// parse_packet reads Ethernet, up to four VLAN tags (802.1Q, 802.1ad), IPv4, IPv6 with extension
// headers, TCP and UDP. Never fails hard: every result is a reason to forward.
ParseResult parse_packet(std::span<const uint8_t> frame, PacketView& out);

}  // namespace eti::net
