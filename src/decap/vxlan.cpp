// Overlay networks: VXLAN, VXLAN-GPE and GENEVE. Their network identifiers are the same in both
// directions and keep tenants with equal addresses apart.
#include "tunnels.h"

namespace eti::decap {
namespace {

using net::PacketView;
using net::ParseResult;
using net::Region;

// The identifier's 24 bits are followed by a reserved byte.
bool read_network(Region& body, PacketView& inner) {
    uint32_t network = 0;
    if (!body.bytes.u24(network) || !body.bytes.skip(1)) {
        return false;
    }
    inner.tunnel = inner.tunnel * 31U + network + 1U;
    return true;
}

constexpr uint8_t kNetworkValid = 0x08;

}  // namespace

// RFC 7348 section 5. Other bits are reserved or a group policy; receivers ignore them.
ParseResult enter_vxlan(Region body, PacketView& inner) {
    uint8_t flags = 0;
    if (!body.bytes.u8(flags) || (flags & kNetworkValid) == 0 || !body.bytes.skip(3) ||
        !read_network(body, inner)) {
        return ParseResult::NotIp;
    }
    return net::parse_ethernet(body, inner);
}

// draft-ietf-nvo3-vxlan-gpe section 3: the last byte before the identifier names the protocol.
ParseResult enter_vxlan_gpe(Region body, PacketView& inner) {
    constexpr uint8_t kProtocolValid = 0x04;
    constexpr uint8_t kManagement = 0x01;
    uint8_t flags = 0;
    uint8_t protocol = 0;
    if (!body.bytes.u8(flags) || (flags & kNetworkValid) == 0 || (flags & kManagement) != 0 ||
        !body.bytes.skip(2) || !body.bytes.u8(protocol) || !read_network(body, inner)) {
        return ParseResult::NotIp;
    }
    switch ((flags & kProtocolValid) != 0 ? protocol : 3) {
        case 1:
            return net::parse_ipv4(body, inner);
        case 2:
            return net::parse_ipv6(body, inner);
        case 3:
            return net::parse_ethernet(body, inner);
        default:
            return ParseResult::NotIp;
    }
}

// RFC 8926 section 3.4: version 0, options in units of 4 bytes, an Ethertype.
ParseResult enter_geneve(Region body, PacketView& inner) {
    constexpr uint8_t kControl = 0x80;
    constexpr uint16_t kTransparentEthernet = 0x6558;
    uint8_t version_length = 0;
    uint8_t flags = 0;
    uint16_t protocol = 0;
    if (!body.bytes.u8(version_length) || version_length >> 6 != 0 || !body.bytes.u8(flags) ||
        (flags & kControl) != 0 || !body.bytes.u16(protocol) || !read_network(body, inner) ||
        !body.bytes.skip((version_length & 0x3fU) * 4U)) {
        return ParseResult::NotIp;
    }
    return protocol == kTransparentEthernet ? net::parse_ethernet(body, inner)
                                            : net::parse_ethertype(protocol, body, inner);
}

}  // namespace eti::decap
