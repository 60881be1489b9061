// GTP-U (3GPP TS 29.281): a phone's packets between base station and core network.
#include "tunnels.h"

namespace eti::decap {
namespace {

// Section 5.2.1: each extension header counts 4 bytes and ends with the type of the next.
bool skip_extension_headers(net::Region& body, uint8_t type) {
    while (type != 0) {
        uint8_t length = 0;
        if (!body.bytes.u8(length) || length == 0 || !body.bytes.skip(length * 4U - 2U) ||
            !body.bytes.u8(type)) {
            return false;
        }
    }
    return true;
}

}  // namespace

net::ParseResult enter_gtp(net::Region body, net::PacketView& inner) {
    constexpr uint8_t kVersionAndProtocol = 0xf0;
    constexpr uint8_t kOptionalFields = 0x07;  // extension, sequence number, N-PDU number
    constexpr uint8_t kExtension = 0x04;
    constexpr uint8_t kTransportPdu = 255;
    uint8_t flags = 0;
    uint8_t type = 0;
    uint16_t length = 0;
    if (!body.bytes.u8(flags) || (flags & kVersionAndProtocol) != 0x30 || !body.bytes.u8(type) ||
        type != kTransportPdu || !body.bytes.u16(length) || !body.bytes.skip(4)) {
        return net::ParseResult::NotIp;
    }
    const uint32_t start = body.offset();
    if (!body.narrow(length)) {
        return net::ParseResult::NotIp;
    }
    if (body.trace != nullptr) {
        body.trace->add(net::LayerTrace::Kind::Length, start - 6, start);
        body.trace->one_way = true;
    }
    uint8_t next = 0;
    if ((flags & kOptionalFields) != 0 && (!body.bytes.skip(3) || !body.bytes.u8(next))) {
        return net::ParseResult::NotIp;
    }
    if ((flags & kExtension) != 0 && !skip_extension_headers(body, next)) {
        return net::ParseResult::NotIp;
    }
    return net::parse_ip(body, inner);
}

}  // namespace eti::decap
