#include "eti/net/packet_view.h"
#include "eti/wire/reader.h"

#include <algorithm>
#include <array>

namespace eti::net {
namespace {

using wire::Reader;

constexpr uint16_t kEtherIpv4 = 0x0800;
constexpr uint16_t kEtherIpv6 = 0x86dd;
constexpr unsigned kMaxVlanTags = 4;
constexpr unsigned kMaxExtensionHeaders = 8;

bool is_vlan_tag(uint16_t ethertype) {
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

IpAddress v4_address(std::span<const uint8_t> bytes) {
    return IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

IpAddress v6_address(std::span<const uint8_t> bytes) {
    std::array<uint8_t, 16> address{};
    std::copy(bytes.begin(), bytes.end(), address.begin());
    return IpAddress(address);
}

// RFC 9293 section 3.1.
ParseResult parse_tcp(Reader segment, PacketView& out) {
    const std::size_t total = segment.remaining();
    Reader whole = segment;
    uint8_t offset = 0;
    if (!segment.u16(out.source_port) || !segment.u16(out.destination_port) ||
        !segment.u32(out.sequence) || !segment.u32(out.acknowledgment) || !segment.u8(offset) ||
        !segment.u8(out.tcp_flags) || !segment.skip(6)) {
        return ParseResult::Malformed;
    }
    const std::size_t header = static_cast<std::size_t>(offset >> 4) * 4;
    if (header < 20 || header > total || !whole.skip(header)) {
        return ParseResult::Malformed;
    }
    out.payload = whole.bytes();
    return ParseResult::Transport;
}

// RFC 768.
ParseResult parse_udp(Reader datagram, PacketView& out) {
    uint16_t length = 0;
    if (!datagram.u16(out.source_port) || !datagram.u16(out.destination_port) ||
        !datagram.u16(length) || !datagram.skip(2) || length < 8 ||
        length - 8U > datagram.remaining()) {
        return ParseResult::Malformed;
    }
    out.payload = datagram.bytes().first(length - 8U);
    return ParseResult::Transport;
}

ParseResult parse_transport(Reader body, PacketView& out) {
    switch (out.protocol) {
        case kTcp:
            return parse_tcp(body, out);
        case kUdp:
            return parse_udp(body, out);
        default:
            out.payload = body.bytes();
            return ParseResult::OtherIp;
    }
}

// RFC 791 section 3.1. Ethernet padding lies behind the total length and is left out.
ParseResult parse_ipv4(Reader packet, PacketView& out) {
    Reader whole = packet;
    uint8_t version_ihl = 0;
    uint16_t total = 0;
    uint16_t fragment = 0;
    Reader source;
    Reader destination;
    if (!packet.u8(version_ihl) || !packet.skip(1) || !packet.u16(total) || !packet.skip(2) ||
        !packet.u16(fragment) || !packet.skip(1) || !packet.u8(out.protocol) || !packet.skip(2) ||
        !packet.take(4, source) || !packet.take(4, destination)) {
        return ParseResult::Malformed;
    }
    const std::size_t header = static_cast<std::size_t>(version_ihl & 0x0f) * 4;
    Reader body;
    if (version_ihl >> 4 != 4 || header < 20 || total < header || !whole.take(total, body) ||
        !body.skip(header)) {
        return ParseResult::Malformed;
    }
    out.ip_bytes = total;
    out.source = v4_address(source.bytes());
    out.destination = v4_address(destination.bytes());
    constexpr uint16_t kMoreFragmentsOrOffset = 0x3fff;
    return (fragment & kMoreFragmentsOrOffset) != 0 ? ParseResult::Fragment
                                                    : parse_transport(body, out);
}

// skip_extension_headers walks RFC 8200 section 4 headers to the upper-layer protocol.
ParseResult skip_extension_headers(Reader& body, PacketView& out) {
    constexpr uint8_t kHopByHop = 0;
    constexpr uint8_t kRouting = 43;
    constexpr uint8_t kFragment = 44;
    constexpr uint8_t kAuthentication = 51;
    constexpr uint8_t kDestinationOptions = 60;
    for (unsigned i = 0; i < kMaxExtensionHeaders; ++i) {
        uint8_t next = 0;
        uint8_t length = 0;
        switch (out.protocol) {
            case kFragment:
                return ParseResult::Fragment;
            case kHopByHop:
            case kRouting:
            case kDestinationOptions:
                if (!body.u8(next) || !body.u8(length) || !body.skip(length * 8U + 6U)) {
                    return ParseResult::Malformed;
                }
                break;
            case kAuthentication:  // RFC 4302: in units of 4 bytes, minus 2
                if (!body.u8(next) || !body.u8(length) || !body.skip(length * 4U + 6U)) {
                    return ParseResult::Malformed;
                }
                break;
            default:
                return ParseResult::Transport;
        }
        out.protocol = next;
    }
    return ParseResult::OtherIp;
}

// RFC 8200 section 3.
ParseResult parse_ipv6(Reader packet, PacketView& out) {
    uint8_t version = 0;
    uint16_t length = 0;
    Reader source;
    Reader destination;
    Reader body;
    if (!packet.u8(version) || version >> 4 != 6 || !packet.skip(3) || !packet.u16(length) ||
        !packet.u8(out.protocol) || !packet.skip(1) || !packet.take(16, source) ||
        !packet.take(16, destination) || !packet.take(length, body) || length > 65'495) {
        return ParseResult::Malformed;
    }
    out.ipv6 = true;
    out.ip_bytes = static_cast<uint16_t>(length + 40U);
    out.source = v6_address(source.bytes());
    out.destination = v6_address(destination.bytes());
    const ParseResult walked = skip_extension_headers(body, out);
    return walked == ParseResult::Transport ? parse_transport(body, out) : walked;
}

}  // namespace

ParseResult parse_packet(std::span<const uint8_t> frame, PacketView& out) {
    out = {};
    out.frame = frame;
    Reader reader(frame);
    uint16_t ethertype = 0;
    if (!reader.skip(12) || !reader.u16(ethertype)) {
        return ParseResult::Malformed;
    }
    for (unsigned tags = 0; is_vlan_tag(ethertype) && tags < kMaxVlanTags; ++tags) {
        uint16_t control = 0;
        if (!reader.u16(control) || !reader.u16(ethertype)) {
            return ParseResult::Malformed;
        }
        out.vlans.push(control & 0x0fff);
    }
    out.ip_offset = static_cast<uint16_t>(frame.size() - reader.remaining());
    switch (ethertype) {
        case kEtherIpv4:
            return parse_ipv4(reader, out);
        case kEtherIpv6:
            return parse_ipv6(reader, out);
        default:
            return ParseResult::NotIp;
    }
}

}  // namespace eti::net
