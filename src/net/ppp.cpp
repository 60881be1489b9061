// PPP frames and the PPPoE sessions that carry them.
#include "eti/net/layers.h"

namespace eti::net {

// RFC 1661 section 2, with the HDLC framing of RFC 1662 section 3.1 or without, and the protocol
// field compressed or not (RFC 1661 section 6.5: a field that ends after an odd byte).
ParseResult parse_ppp(Region& frame, PacketView& out) {
    wire::Reader framed = frame.bytes;
    uint16_t address_control = 0;
    if (framed.u16(address_control) && address_control == 0xff03) {
        frame.bytes = framed;
    }
    uint8_t high = 0;
    uint8_t low = 0;
    if (!frame.bytes.u8(high)) {
        return ParseResult::Malformed;
    }
    if ((high & 1) != 0) {
        low = high;
        high = 0;
    } else if (!frame.bytes.u8(low)) {
        return ParseResult::Malformed;
    }
    switch (high << 8 | low) {
        case 0x0021:
            return parse_ipv4(frame, out);
        case 0x0057:
            return parse_ipv6(frame, out);
        case 0x0281:  // RFC 3032 section 4.3
        case 0x0283:
            return parse_mpls(frame, out);
        default:
            return ParseResult::NotIp;
    }
}

// RFC 2516 section 4: version and type 1, code 0 in a session, session, length.
ParseResult parse_pppoe(Region& session, PacketView& out) {
    uint8_t version_type = 0;
    uint8_t code = 0;
    uint16_t length = 0;
    if (!session.bytes.u8(version_type) || !session.bytes.u8(code) || !session.bytes.skip(2) ||
        !session.bytes.u16(length)) {
        return ParseResult::Malformed;
    }
    if (version_type != 0x11 || code != 0) {
        return ParseResult::NotIp;
    }
    const uint32_t start = session.offset();
    if (!session.narrow(length)) {
        return ParseResult::Malformed;
    }
    if (session.trace != nullptr) {
        session.trace->add(LayerTrace::Kind::Length, start - 2, start);
    }
    return parse_ppp(session, out);
}

}  // namespace eti::net
