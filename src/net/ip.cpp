// IPv4, IPv6, TCP and UDP, as a Linux endpoint takes them.
#include "eti/net/layers.h"

#include <algorithm>
#include <array>

namespace eti::net {
namespace {

using wire::Reader;

// IPv6 extension headers (IANA). ESP is none of them: behind it everything is encrypted.
enum : uint8_t {
    kHopByHop = 0,
    kRouting = 43,
    kFragmentHeader = 44,
    kAuthentication = 51,
    kDestinationOptions = 60,
    kMobility = 135,
    kHip = 139,
    kShim6 = 140,
};

IpAddress v4_address(std::span<const uint8_t> bytes) {
    return IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

IpAddress v6_address(std::span<const uint8_t> bytes) {
    std::array<uint8_t, 16> address{};
    std::copy(bytes.begin(), bytes.end(), address.begin());
    return IpAddress(address);
}

// RFC 9293 section 3.1. Options that a capture cut off are missing together with the payload.
ParseResult parse_tcp(Region& segment, PacketView& out) {
    Reader header = segment.bytes;
    uint8_t words = 0;
    if (!header.u16(out.source_port) || !header.u16(out.destination_port) ||
        !header.u32(out.sequence) || !header.u32(out.acknowledgment) || !header.u8(words) ||
        !header.u8(out.tcp_flags) || !header.u16(out.tcp_window) || !header.skip(2) ||
        !header.u16(out.urgent_pointer)) {
        return ParseResult::Malformed;
    }
    const std::size_t size = static_cast<std::size_t>(words >> 4) * 4;
    const std::size_t here = std::min(size, segment.bytes.remaining());
    if (size < 20 || size > segment.announced() || !segment.bytes.skip(here)) {
        return ParseResult::Malformed;
    }
    out.transport_header_bytes = static_cast<uint8_t>(here);
    out.missing = segment.missing - static_cast<uint32_t>(size - here);
    out.payload = segment.bytes.bytes();
    return ParseResult::Transport;
}

// RFC 768; a length of 0 over IPv6 means the whole packet (RFC 2675 section 4).
ParseResult parse_udp(Region& datagram, PacketView& out) {
    Reader header = datagram.bytes;
    uint16_t length = 0;
    if (!header.u16(out.source_port) || !header.u16(out.destination_port) || !header.u16(length) ||
        !header.skip(2)) {
        return ParseResult::Malformed;
    }
    const bool to_the_end = length == 0 && (out.ipv6 || datagram.capture);
    if (!to_the_end && (length < 8 || !datagram.narrow(length))) {
        return ParseResult::Malformed;
    }
    if (!datagram.bytes.skip(8)) {
        return ParseResult::Malformed;
    }
    out.transport_header_bytes = 8;
    out.missing = datagram.missing;
    out.payload = datagram.bytes.bytes();
    return ParseResult::Transport;
}

ParseResult parse_transport(Region& body, PacketView& out) {
    out.ip_header_bytes = body.offset() - out.ip_offset;
    switch (out.protocol) {
        case kTcp:
            return parse_tcp(body, out);
        case kUdp:
            return parse_udp(body, out);
        default:
            out.missing = body.missing;
            out.payload = body.bytes.bytes();
            return ParseResult::OtherIp;
    }
}

ParseResult fragment(const Region& piece, PacketView& out) {
    out.missing = piece.missing;
    out.payload = piece.bytes.bytes();
    return ParseResult::Fragment;
}

// RFC 4302 section 2: the length counts 4 bytes each, minus 2.
bool skip_authentication(Region& body, PacketView& out) {
    uint8_t next = 0;
    uint8_t length = 0;
    if (!body.bytes.u8(next) || !body.bytes.u8(length) || !body.bytes.skip(length * 4U + 6U)) {
        return false;
    }
    out.protocol = next;
    return true;
}

// RFC 8200 section 4: the length counts 8 bytes each, without the first. A routing header has its
// type and the segments left in front (section 4.4).
bool skip_extension(Region& body, PacketView& out) {
    const bool routing = out.protocol == kRouting;
    uint8_t next = 0;
    uint8_t length = 0;
    uint8_t type = 0;
    uint8_t segments_left = 0;
    if (!body.bytes.u8(next) || !body.bytes.u8(length) || !body.bytes.u8(type) ||
        !body.bytes.u8(segments_left) || !body.bytes.skip(length * 8U + 4U)) {
        return false;
    }
    out.routed = out.routed || (routing && segments_left != 0);
    out.protocol = next;
    return true;
}

// RFC 8200 section 4.5. whole tells an atomic fragment.
bool read_fragment_header(Region& body, PacketView& out, bool& whole) {
    const uint32_t at = body.offset();
    uint8_t next = 0;
    uint16_t offset_and_more = 0;
    if (!body.bytes.u8(next) || !body.bytes.skip(1) || !body.bytes.u16(offset_and_more) ||
        !body.bytes.u32(out.ip_identification)) {
        return false;
    }
    out.protocol = next;
    out.fragment_offset = offset_and_more & 0xfff8;
    out.more_fragments = (offset_and_more & 1) != 0;
    whole = out.fragment_offset == 0 && !out.more_fragments;
    out.ip_header_bytes = at - out.ip_offset;
    return true;
}

// Endpoints do not count extension headers, so neither does this: each takes bytes of the packet.
ParseResult parse_extensions(Region& body, PacketView& out) {
    while (true) {
        bool read = true;
        bool whole = true;
        switch (out.protocol) {
            case kFragmentHeader:
                read = read_fragment_header(body, out, whole);
                break;
            case kAuthentication:
                read = skip_authentication(body, out);
                break;
            case kHopByHop:
            case kRouting:
            case kDestinationOptions:
            case kMobility:
            case kHip:
            case kShim6:
                read = skip_extension(body, out);
                break;
            default:
                return parse_transport(body, out);
        }
        if (!read) {
            return ParseResult::Malformed;
        }
        if (!whole) {
            return fragment(body, out);
        }
    }
}

}  // namespace

// RFC 791 section 3.1. Ethernet padding lies behind the total length and is left out.
ParseResult parse_ipv4(Region& packet, PacketView& out) {
    Reader header = packet.bytes;
    uint8_t version_ihl = 0;
    uint16_t total = 0;
    uint16_t identification = 0;
    uint16_t flags_and_offset = 0;
    uint8_t protocol = 0;
    Reader source;
    Reader destination;
    if (!header.u8(version_ihl) || !header.skip(1) || !header.u16(total) ||
        !header.u16(identification) || !header.u16(flags_and_offset) || !header.u8(out.ttl) ||
        !header.u8(protocol) || !header.skip(2) || !header.take(4, source) ||
        !header.take(4, destination)) {
        return ParseResult::Malformed;
    }
    const uint32_t at = packet.offset();
    const std::size_t header_bytes = static_cast<std::size_t>(version_ihl & 0x0f) * 4;
    const std::size_t size = total == 0 && packet.capture ? packet.announced() : total;
    if (version_ihl >> 4 != 4 || header_bytes < 20 || size < header_bytes || !packet.narrow(size) ||
        !packet.bytes.skip(header_bytes)) {
        return ParseResult::Malformed;
    }
    out.ip_offset = at;
    out.ip_bytes = static_cast<uint32_t>(size);
    out.ip_header_bytes = static_cast<uint32_t>(header_bytes);
    out.ip_identification = identification;
    out.fragment_offset = static_cast<uint16_t>((flags_and_offset & 0x1fff) * 8U);
    out.more_fragments = (flags_and_offset & 0x2000) != 0;
    out.protocol = protocol;
    out.source = v4_address(source.bytes());
    out.destination = v4_address(destination.bytes());
    if (out.fragment_offset != 0 || out.more_fragments) {
        return fragment(packet, out);
    }
    if (protocol == kAuthentication && !skip_authentication(packet, out)) {
        return ParseResult::Malformed;
    }
    return parse_transport(packet, out);
}

// RFC 8200 section 3.
ParseResult parse_ipv6(Region& packet, PacketView& out) {
    const uint32_t at = packet.offset();
    uint8_t version = 0;
    uint16_t length = 0;
    uint8_t next = 0;
    Reader source;
    Reader destination;
    Reader& bytes = packet.bytes;
    if (!bytes.u8(version) || version >> 4 != 6 || !bytes.skip(3) || !bytes.u16(length) ||
        !bytes.u8(next) || !bytes.u8(out.ttl) || !bytes.take(16, source) ||
        !bytes.take(16, destination)) {
        return ParseResult::Malformed;
    }
    // Linux takes everything behind such a header, be there a jumbo payload option (RFC 2675) or
    // not.
    const bool to_the_end = length == 0 && (next == kHopByHop || packet.capture);
    const std::size_t size = to_the_end ? packet.announced() : length;
    if (!packet.narrow(size)) {
        return ParseResult::Malformed;
    }
    out.ipv6 = true;
    out.ip_offset = at;
    out.ip_bytes = static_cast<uint32_t>(size + 40);
    out.ip_header_bytes = 40;
    out.protocol = next;
    out.source = v6_address(source.bytes());
    out.destination = v6_address(destination.bytes());
    return parse_extensions(packet, out);
}

ParseResult parse_ip(Region& packet, PacketView& out) {
    Reader first = packet.bytes;
    uint8_t version = 0;
    if (!first.u8(version)) {
        return ParseResult::Malformed;
    }
    switch (version >> 4) {
        case 4:
            return parse_ipv4(packet, out);
        case 6:
            return parse_ipv6(packet, out);
        default:
            return ParseResult::NotIp;
    }
}

}  // namespace eti::net
