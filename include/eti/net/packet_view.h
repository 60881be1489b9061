// One parsed frame: where its headers lie and what they say. Borrows the frame.
#pragma once

#include "eti/base/bounded.h"
#include "eti/net/ip_address.h"
#include "eti/net/link_type.h"

#include <cstdint>
#include <span>

namespace eti::net {

// IP protocol numbers this product looks at (IANA).
enum : uint8_t { kIcmp = 1, kTcp = 6, kUdp = 17, kIcmpV6 = 58 };

// TCP flags (RFC 9293 section 3.1).
enum : uint8_t { kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10, kUrg = 0x20 };

// PacketView is filled as far as parse_packet got; its result says how far that is. Offsets count
// from the start of the frame.
struct PacketView {
    std::span<const uint8_t> frame;
    // Above TCP, UDP or other IP, without Ethernet padding; of a fragment, its piece of the packet.
    std::span<const uint8_t> payload;
    IpAddress source;
    IpAddress destination;
    uint32_t ip_offset = 0;
    uint32_t ip_bytes = 0;         // IP header and up, as the IP header says; 0: no IP header
    uint32_t ip_header_bytes = 0;  // with options and extension headers, up to TCP or UDP; of a
                                   // fragment, up to the fragment header (RFC 8200 section 4.5)
    uint32_t missing = 0;          // payload bytes that were sent but not captured
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;
    uint32_t ip_identification = 0;  // IPv4: always; IPv6: of the fragment header
    uint32_t tunnel = 0;             // folded from VXLAN and GENEVE network identifiers; else 0
    BoundedList<uint16_t, 4> vlans;  // VLAN identifiers, outermost first; priority tags are none
    uint16_t fragment_offset = 0;    // in bytes
    uint16_t source_port = 0;
    uint16_t destination_port = 0;
    uint16_t tcp_window = 0;  // as sent, not scaled
    uint16_t urgent_pointer = 0;
    uint8_t protocol = 0;  // behind all extension headers, the fragment header included
    uint8_t ttl = 0;       // or hop limit
    uint8_t tcp_flags = 0;
    uint8_t transport_header_bytes = 0;
    uint8_t enclosing = 0;  // IP headers around this one
    bool ipv6 = false;
    bool more_fragments = false;
    bool routed = false;  // IPv6 routing header with segments left: destination is not the last

    bool has(uint8_t flag) const { return (tcp_flags & flag) != 0; }
    // Sequence space the segment takes: payload, SYN and FIN (RFC 9293 section 3.4).
    uint32_t sequence_length() const {
        return static_cast<uint32_t>(payload.size()) + missing + (has(kSyn) ? 1U : 0U) +
               (has(kFin) ? 1U : 0U);
    }
    // The IPv4 header with options, or the IPv6 header with the extension headers before TCP, UDP
    // or the fragment header.
    std::span<const uint8_t> ip_header() const { return frame.subspan(ip_offset, ip_header_bytes); }
    std::span<const uint8_t> tcp_options() const {
        return transport_header_bytes <= 20
                   ? std::span<const uint8_t>{}
                   : frame.subspan(ip_offset + ip_header_bytes + 20, transport_header_bytes - 20U);
    }
};
static_assert(sizeof(PacketView) <= 128, "two cache lines, cleared for every packet");

enum class ParseResult : uint8_t {
    Transport,  // TCP or UDP: everything is filled
    OtherIp,    // IP with another protocol: the IP fields are filled
    Fragment,   // IP fragment of any protocol: the IP fields are filled
    NotIp,      // any other Ethertype or link type
    Malformed,  // lengths that contradict each other or the frame; with ip_bytes, above IP
};

// parse_packet reads the link layer (Ethernet: up to four VLAN tags, Cisco metadata, LLC/SNAP, up
// to four MPLS labels with IP or Ethernet below, PPPoE sessions), IPv4, IPv6 with extension
// headers, TCP and UDP. An IPv6 atomic fragment is a whole packet (RFC 6946). Never fails hard:
// every result is a reason to forward.
ParseResult parse_packet(std::span<const uint8_t> frame, PacketView& out);
ParseResult parse_packet(std::span<const uint8_t> frame, const Framing& framing, PacketView& out);

}  // namespace eti::net
