#include "eti/net/layers.h"
#include "ieee80211.h"

namespace eti::net {
namespace {

using wire::Reader;

// The four bytes hold the capturing host's AF_INET or AF_INET6 in its own byte order.
ParseResult parse_loopback(Region frame, PacketView& out) {
    uint32_t family = 0;
    if (!frame.bytes.u32(family)) {
        return ParseResult::Malformed;
    }
    if (family > 0xffff) {
        family = family >> 24 | (family >> 8 & 0xff00);
    }
    switch (family) {
        case 2:
            return parse_ipv4(frame, out);
        case 10:  // Linux
        case 23:  // Windows
        case 24:  // NetBSD, OpenBSD
        case 28:  // FreeBSD
        case 30:  // macOS
            return parse_ipv6(frame, out);
        default:
            return ParseResult::NotIp;
    }
}

// What the protocol of a cooked header means depends on the device's kind (ARPHRD_).
ParseResult parse_cooked_protocol(uint16_t device, uint16_t protocol, Region body,
                                  PacketView& out) {
    constexpr uint16_t kNetlink = 824;
    constexpr uint16_t kFirstEthertype = 0x0600;
    const bool is_ethertype = device != kNetlink && protocol >= kFirstEthertype;
    return is_ethertype ? parse_ethertype(protocol, body, out) : ParseResult::NotIp;
}

// Packet type, device kind, address length, address of 8 bytes, protocol.
ParseResult parse_cooked1(Region frame, PacketView& out) {
    uint16_t device = 0;
    uint16_t protocol = 0;
    if (!frame.bytes.skip(2) || !frame.bytes.u16(device) || !frame.bytes.skip(10) ||
        !frame.bytes.u16(protocol)) {
        return ParseResult::Malformed;
    }
    return parse_cooked_protocol(device, protocol, frame, out);
}

// Protocol, reserved, interface, device kind, packet type, address length, address of 8 bytes.
ParseResult parse_cooked2(Region frame, PacketView& out) {
    uint16_t device = 0;
    uint16_t protocol = 0;
    if (!frame.bytes.u16(protocol) || !frame.bytes.skip(6) || !frame.bytes.u16(device) ||
        !frame.bytes.skip(10)) {
        return ParseResult::Malformed;
    }
    return parse_cooked_protocol(device, protocol, frame, out);
}

// Address, control, Ethertype.
ParseResult parse_cisco_hdlc(Region frame, PacketView& out) {
    uint16_t ethertype = 0;
    if (!frame.bytes.skip(2) || !frame.bytes.u16(ethertype)) {
        return ParseResult::Malformed;
    }
    return parse_ethertype(ethertype, frame, out);
}

// A serial line may speak Cisco HDLC instead (address 0x0f or 0x8f); pppd replaces the address by
// the direction, 0 or 1.
ParseResult parse_serial(Region frame, PacketView& out) {
    Reader first = frame.bytes;
    uint16_t address_control = 0;
    if (first.u16(address_control)) {
        if (address_control == 0x0f00 || address_control == 0x8f00) {
            return parse_cisco_hdlc(frame, out);
        }
        if (address_control == 0x0003 || address_control == 0x0103) {
            frame.bytes = first;
        }
    }
    return parse_ppp(frame, out);
}

// Version, flags, length and link type, all little-endian; fields; a frame of that type.
ParseResult parse_ppi(Region frame, PacketView& out) {
    Reader header = frame.bytes;
    uint16_t length = 0;
    uint16_t type = 0;
    if (!header.skip(2) || !header.u16(length) || !header.u16(type)) {
        return ParseResult::Malformed;
    }
    length = static_cast<uint16_t>(length >> 8 | length << 8);
    type = static_cast<uint16_t>(type >> 8 | type << 8);
    const LinkType link = link_type_of(type);
    if (length < 8 || !frame.bytes.skip(length)) {
        return ParseResult::Malformed;
    }
    return link == LinkType::Ppi ? ParseResult::NotIp : parse_link(frame, link, out);
}

}  // namespace

LinkType link_type_of(uint32_t number) {
    switch (number) {
        case 0:
        case 108:
            return LinkType::Loopback;
        case 1:
            return LinkType::Ethernet;
        case 9:
        case 50:
        case 166:
            return LinkType::Ppp;
        case 12:
        case 14:
        case 101:
        case 228:
        case 229:
            return LinkType::RawIp;
        case 51:
            return LinkType::PppEther;
        case 104:
            return LinkType::CiscoHdlc;
        case 105:
            return LinkType::Ieee80211;
        case 113:
            return LinkType::LinuxCooked1;
        case 119:
            return LinkType::Prism;
        case 127:
            return LinkType::Radiotap;
        case 163:
            return LinkType::Avs;
        case 192:
            return LinkType::Ppi;
        case 276:
            return LinkType::LinuxCooked2;
        default:
            return LinkType::Unknown;
    }
}

ParseResult parse_link(Region& frame, LinkType link, PacketView& out) {
    switch (link) {
        case LinkType::Ethernet:
            return parse_ethernet(frame, out);
        case LinkType::RawIp:
            return parse_ip(frame, out);
        case LinkType::Loopback:
            return parse_loopback(frame, out);
        case LinkType::LinuxCooked1:
            return parse_cooked1(frame, out);
        case LinkType::LinuxCooked2:
            return parse_cooked2(frame, out);
        case LinkType::Ppp:
            return parse_serial(frame, out);
        case LinkType::PppEther:
            return parse_pppoe(frame, out);
        case LinkType::CiscoHdlc:
            return parse_cisco_hdlc(frame, out);
        case LinkType::Ieee80211:
            return parse_ieee80211(frame, false, out);
        case LinkType::Radiotap:
            return parse_radiotap(frame, out);
        case LinkType::Prism:
            return parse_prism(frame, out);
        case LinkType::Avs:
            return parse_avs(frame, out);
        case LinkType::Ppi:
            return parse_ppi(frame, out);
        case LinkType::Unknown:
            break;
    }
    return ParseResult::NotIp;
}

}  // namespace eti::net
