// The steps of parse_packet one by one, for what unwraps tunnels: each reads one layer and all
// above it.
#pragma once

#include "eti/base/apart.h"
#include "eti/net/packet_view.h"
#include "eti/wire/reader.h"

#include <cstdint>

namespace eti::net {

// LayerTrace lists, outermost first, what another packet in the same encapsulation must correct.
// Only who builds such a packet asks for it.
struct LayerTrace {
    enum class Kind : uint8_t {
        Ethernet,     // at: destination, then source address
        Length,       // at: 16 bits that count the bytes from `from` to the end
        Ipv4,         // at: the header
        Ipv6,         // at: the header
        Udp,          // at: the header, of the IP header last listed
        TunnelUdp,    // the same; the destination port names the tunnel in both directions
        GreChecksum,  // at: the sum over everything from `from` on
    };
    struct Entry {
        Kind kind = Kind::Ethernet;
        uint32_t at = 0;
        uint32_t from = 0;
    };
    BoundedList<Entry, 48> entries;
    bool one_way = false;   // holds labels that the other direction has others for
    bool observed = false;  // a mirrored copy: nobody listens to an answer
    void add(Kind kind, uint32_t at, uint32_t from = 0) { entries.push({kind, at, from}); }
};

// Region is what is left of a frame at some layer.
struct Region {
    wire::Reader bytes;
    uint32_t end = 0;             // where bytes end, from the start of the frame
    uint32_t missing = 0;         // bytes beyond the end that a capture cut off
    bool capture = false;         // see Framing
    uint8_t pseudowires = 2;      // how many Ethernets below MPLS may still be guessed
    LayerTrace* trace = nullptr;  // not owned

    static Region whole(std::span<const uint8_t> frame, const Framing& framing = {});
    uint32_t offset() const { return end - static_cast<uint32_t>(bytes.remaining()); }
    std::size_t announced() const { return bytes.remaining() + missing; }
    // narrow keeps the first size bytes, of which the last may be missing ones. False, and nothing
    // changed, when there never were so many. Who traces writes all lengths anew and ignores these.
    [[nodiscard]] bool narrow(std::size_t size);
};

inline Region Region::whole(std::span<const uint8_t> frame, const Framing& framing) {
    Region region;
    region.bytes = wire::Reader(frame);
    region.end = static_cast<uint32_t>(frame.size());
    region.missing = framing.cut;
    region.capture = framing.capture;
    return region;
}

inline bool Region::narrow(std::size_t size) {
    const std::size_t here = bytes.remaining();
    if (trace != nullptr) {
        return true;
    }
    if (size > announced()) {
        return false;
    }
    if (size > here) {
        missing = static_cast<uint32_t>(size - here);
        return true;
    }
    wire::Reader kept;
    if (!bytes.take(size, kept)) {
        return false;
    }
    bytes = kept;
    end -= static_cast<uint32_t>(here - size);
    missing = 0;
    return true;
}

// parse_layers is parse_packet without its short way for plain packets.
ETI_APART ParseResult parse_layers(std::span<const uint8_t> frame, const Framing& framing,
                                   PacketView& out);

// All of them add to out, whose frame is set; VLAN tags are appended. The region is used up.
ParseResult parse_link(Region& frame, LinkType link, PacketView& out);
ParseResult parse_ethernet(Region& frame, PacketView& out);
ParseResult parse_ethertype(uint16_t ethertype, Region& body, PacketView& out);
ParseResult parse_mpls(Region& stack, PacketView& out);
ParseResult parse_ppp(Region& frame, PacketView& out);
ParseResult parse_pppoe(Region& session, PacketView& out);
ParseResult parse_ip(Region& packet, PacketView& out);  // the version decides
ParseResult parse_ipv4(Region& packet, PacketView& out);
ParseResult parse_ipv6(Region& packet, PacketView& out);

}  // namespace eti::net
