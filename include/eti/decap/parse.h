// From a frame to the innermost packet that can be inspected, through tunnels.
#pragma once

#include "eti/base/bounded.h"
#include "eti/net/packet_view.h"

#include <cstdint>
#include <span>

namespace eti::decap {

inline constexpr unsigned kMaxEnclosing = 8;  // IP headers around the innermost one

struct AddressPair {
    net::IpAddress source;
    net::IpAddress destination;
};

// Outer holds the address pairs around the innermost packet, the wire's own first. More than two
// are marked truncated: those are the tunnel's affair and no host's.
using Outer = BoundedList<AddressPair, 2>;

// parse reads a frame and descends into GRE (RFC 2784, 2890; PPTP: RFC 2637; ERSPAN), IP in IP
// (RFC 2003, 2473, 4213), EtherIP (RFC 3378), VXLAN (RFC 7348) and its GPE form, GENEVE (RFC 8926),
// GTP-U (3GPP TS 29.281), Teredo (RFC 4380), L2TPv2 (RFC 2661) and MPLS in IP, GRE and UDP
// (RFC 4023, 7510). innermost and the result describe the last IP packet reached; a tunnel whose
// content is no sound IP is an ordinary packet. A fragment ends the descent where it is met.
// VLAN tags of inner Ethernet frames follow the outer ones, save those in mirrored copies.
net::ParseResult parse(std::span<const uint8_t> frame, const net::Framing& framing,
                       net::PacketView& innermost, Outer& outer);

// parse_ip goes on with the packet that fragments were put together to. fragment is the view of
// any of them, with its outer as parse left it; innermost borrows packet as its frame.
net::ParseResult parse_ip(std::span<const uint8_t> packet, const net::PacketView& fragment,
                          net::PacketView& innermost, Outer& outer);

}  // namespace eti::decap
