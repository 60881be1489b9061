// GRE in both versions, and EtherIP.
#include "tunnels.h"

namespace eti::decap {
namespace {

using net::LayerTrace;
using net::PacketView;
using net::ParseResult;
using net::Region;

// Flags of the first 16 bits (RFC 1701, 2890, 2637).
enum : uint16_t {
    kChecksum = 0x8000,
    kRouting = 0x4000,
    kKey = 0x2000,
    kSequence = 0x1000,
    kAcknowledgment = 0x0080,
    kVersion = 0x0007,
};

enum : uint16_t {
    kPpp = 0x880b,
    kWccp = 0x883e,
    kErspan2 = 0x88be,
    kErspan3 = 0x22eb,
    kTransparentEthernet = 0x6558,
};

// parse_mirrored reads a copy that a switch made. Its tags depend on where the copy was taken.
ParseResult parse_mirrored(Region frame, PacketView& inner) {
    if (frame.trace != nullptr) {
        frame.trace->observed = true;
    }
    const auto vlans = inner.vlans;
    const ParseResult result = net::parse_ethernet(frame, inner);
    inner.vlans = vlans;
    return result;
}

// Type I has no header of its own and no sequence number; type II has 8 bytes, its version 1 in
// front.
ParseResult parse_erspan2(bool has_header, Region body, PacketView& inner) {
    wire::Reader header = body.bytes;
    uint8_t version = 0;
    if (has_header && (!header.u8(version) || version >> 4 != 1 || !body.bytes.skip(8))) {
        return ParseResult::NotIp;
    }
    return parse_mirrored(body, inner);
}

// Type III: 12 bytes, 8 more if the last bit says so; version 2; the frame type 0 is Ethernet.
ParseResult parse_erspan3(Region body, PacketView& inner) {
    uint8_t version = 0;
    uint16_t flags = 0;
    if (!body.bytes.u8(version) || version >> 4 != 2 || !body.bytes.skip(9) ||
        !body.bytes.u16(flags) || (flags >> 10 & 0x1f) != 0 ||
        ((flags & 1) != 0 && !body.bytes.skip(8))) {
        return ParseResult::NotIp;
    }
    return parse_mirrored(body, inner);
}

// WCCPv2 may put four bytes before the packet; version 1 does not.
ParseResult parse_wccp(Region body, PacketView& inner) {
    wire::Reader first = body.bytes;
    uint8_t version = 0;
    if (!first.u8(version) || (version >> 4 != 4 && !body.bytes.skip(4))) {
        return ParseResult::NotIp;
    }
    return net::parse_ipv4(body, inner);
}

// RFC 2784 and 2890. A packet with source routes is for GRE endpoints of 1994.
ParseResult enter_gre0(uint16_t flags, uint16_t protocol, Region body, PacketView& inner) {
    if ((flags & kRouting) != 0) {
        return ParseResult::NotIp;
    }
    if ((flags & kChecksum) != 0) {
        if (body.trace != nullptr) {
            body.trace->add(LayerTrace::Kind::GreChecksum, body.offset(), body.offset() - 4);
        }
        if (!body.bytes.skip(4)) {
            return ParseResult::NotIp;
        }
    }
    if ((flags & kKey) != 0 && !body.bytes.skip(4)) {
        return ParseResult::NotIp;
    }
    if ((flags & kSequence) != 0) {
        if (body.trace != nullptr) {
            body.trace->one_way = true;
        }
        if (!body.bytes.skip(4)) {
            return ParseResult::NotIp;
        }
    }
    switch (protocol) {
        case kTransparentEthernet:
            return net::parse_ethernet(body, inner);
        case kErspan2:
            return parse_erspan2((flags & kSequence) != 0, body, inner);
        case kErspan3:
            return parse_erspan3(body, inner);
        case kWccp:
            return parse_wccp(body, inner);
        case kPpp:
            return net::parse_ppp(body, inner);
        default:
            return net::parse_ethertype(protocol, body, inner);
    }
}

// RFC 2637 section 4.1: the key holds the payload's length and the receiver's call identifier.
ParseResult enter_gre1(uint16_t flags, uint16_t protocol, Region body, PacketView& inner) {
    const uint32_t length_at = body.offset();
    uint16_t length = 0;
    if (protocol != kPpp || (flags & kKey) == 0 || !body.bytes.u16(length) || !body.bytes.skip(2) ||
        ((flags & kSequence) != 0 && !body.bytes.skip(4)) ||
        ((flags & kAcknowledgment) != 0 && !body.bytes.skip(4))) {
        return ParseResult::NotIp;
    }
    const uint32_t start = body.offset();
    if (!body.narrow(length)) {
        return ParseResult::NotIp;
    }
    if (body.trace != nullptr) {
        body.trace->one_way = true;
        body.trace->add(LayerTrace::Kind::Length, length_at, start);
    }
    return net::parse_ppp(body, inner);
}

}  // namespace

ParseResult enter_gre(Region body, PacketView& inner) {
    uint16_t flags = 0;
    uint16_t protocol = 0;
    if (!body.bytes.u16(flags) || !body.bytes.u16(protocol)) {
        return ParseResult::NotIp;
    }
    switch (flags & kVersion) {
        case 0:
            return enter_gre0(flags, protocol, body, inner);
        case 1:
            return enter_gre1(flags, protocol, body, inner);
        default:
            return ParseResult::NotIp;
    }
}

// RFC 3378 section 3: version 3, then an Ethernet frame.
ParseResult enter_etherip(Region body, PacketView& inner) {
    uint16_t version = 0;
    return body.bytes.u16(version) && version >> 12 == 3 ? net::parse_ethernet(body, inner)
                                                         : ParseResult::NotIp;
}

}  // namespace eti::decap
