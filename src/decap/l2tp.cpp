// L2TPv2 data messages (RFC 2661 section 3.1): PPP in UDP.
#include "tunnels.h"

namespace eti::decap {

net::ParseResult enter_l2tp(net::Region body, net::PacketView& inner) {
    enum : uint16_t {
        kControl = 0x8000,
        kLength = 0x4000,
        kSequence = 0x0800,
        kOffset = 0x0200,
        kVersion = 0x000f,
    };
    const uint32_t start = body.offset();
    uint16_t flags = 0;
    if (!body.bytes.u16(flags) || (flags & kVersion) != 2 || (flags & kControl) != 0) {
        return net::ParseResult::NotIp;
    }
    if ((flags & kLength) != 0) {
        uint16_t length = 0;
        if (!body.bytes.u16(length) || length < 4 || !body.narrow(length - 4U)) {
            return net::ParseResult::NotIp;
        }
        if (body.trace != nullptr) {
            body.trace->add(net::LayerTrace::Kind::Length, start + 2, start);
        }
    }
    if (body.trace != nullptr) {
        body.trace->one_way = true;
    }
    if (!body.bytes.skip(4) || ((flags & kSequence) != 0 && !body.bytes.skip(4))) {
        return net::ParseResult::NotIp;
    }
    uint16_t offset = 0;
    if ((flags & kOffset) != 0 && (!body.bytes.u16(offset) || !body.bytes.skip(offset))) {
        return net::ParseResult::NotIp;
    }
    return net::parse_ppp(body, inner);
}

}  // namespace eti::decap
