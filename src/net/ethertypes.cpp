// From an Ethernet header, or an Ethertype alone, to IP.
#include "eti/net/layers.h"
#include "eti/net/transport_checksum.h"

#include <cstddef>

namespace eti::net {
namespace {

using wire::Reader;

constexpr unsigned kMaxVlanTags = 4;
constexpr unsigned kMaxMplsLabels = 4;
constexpr uint16_t kFirstEthertype = 0x0600;  // IEEE 802.3 clause 3.2.6: below it, a length

enum : uint16_t {
    kIpv4 = 0x0800,
    kCustomerVlan = 0x8100,  // IEEE 802.1Q
    kIpv6 = 0x86dd,
    kMplsUnicast = 0x8847,  // RFC 3032 section 5
    kMplsMulticast = 0x8848,
    kPppoeSession = 0x8864,
    kServiceVlan = 0x88a8,  // IEEE 802.1ad
    kCiscoMetadata = 0x8909,
    kOldServiceVlan = 0x9100,
};

bool read_vlan_tag(Region& body, uint16_t& ethertype, PacketView& out) {
    uint16_t control = 0;
    if (!body.bytes.u16(control) || !body.bytes.u16(ethertype)) {
        return false;
    }
    // Identifier 0 is a priority and no VLAN; one direction may have it and the other not.
    if ((control & 0x0fff) != 0) {
        out.vlans.push(control & 0x0fff);
    }
    return true;
}

// Version, length in units of 8 bytes, options, and the next Ethertype, which the length includes.
bool read_cisco_metadata(Region& body, uint16_t& ethertype) {
    uint8_t version = 0;
    uint8_t length = 0;
    return body.bytes.u8(version) && body.bytes.u8(length) && length != 0 &&
           body.bytes.skip(length * 8U - 4U) && body.bytes.u16(ethertype);
}

// IEEE 802.2 with SNAP; an organisation code of 0 or of IEEE 802.1H means an Ethertype.
ParseResult parse_llc(uint16_t length, Region body, PacketView& out) {
    const uint32_t length_at = body.offset() - 2;
    const uint32_t start = body.offset();
    uint32_t llc = 0;
    uint32_t organisation = 0;
    uint16_t ethertype = 0;
    if (!body.narrow(length) || !body.bytes.u24(llc) || llc != 0xaaaa03 ||
        !body.bytes.u24(organisation) || (organisation != 0 && organisation != 0x0000f8) ||
        !body.bytes.u16(ethertype) || ethertype < kFirstEthertype) {
        return ParseResult::NotIp;
    }
    if (body.trace != nullptr) {
        body.trace->add(LayerTrace::Kind::Length, length_at, start);
    }
    return parse_ethertype(ethertype, body, out);
}

// guess_ethernet takes the bytes for an Ethernet frame only if there is sound IP in it.
bool guess_ethernet(Region frame, PacketView& out, ParseResult& result) {
    if (frame.pseudowires == 0) {
        return false;
    }
    --frame.pseudowires;
    const PacketView before = out;
    const LayerTrace traced = frame.trace != nullptr ? *frame.trace : LayerTrace{};
    result = parse_ethernet(frame, out);
    if (result != ParseResult::NotIp && result != ParseResult::Malformed &&
        ip_checksum_valid(out)) {
        return true;
    }
    out = before;
    if (frame.trace != nullptr) {
        *frame.trace = traced;
    }
    return false;
}

// Nothing names what lies under the labels. RFC 4928: 4 and 6 are IP versions, 0 begins a control
// word (RFC 4385), and an Ethernet pseudowire may do without one (RFC 4448 section 4.6).
ParseResult parse_below_labels(Region body, PacketView& out) {
    Reader first = body.bytes;
    uint8_t nibble = 0;
    if (!first.u8(nibble)) {
        return ParseResult::NotIp;
    }
    nibble = nibble >> 4;
    ParseResult result = ParseResult::NotIp;
    if (nibble == 4 || nibble == 6) {
        const PacketView before = out;
        Region packet = body;
        result = parse_ip(packet, out);
        if (result != ParseResult::Malformed) {
            return result;
        }
        PacketView guessed = before;
        ParseResult guess = ParseResult::NotIp;
        if (guess_ethernet(body, guessed, guess)) {
            out = guessed;
            return guess;
        }
        return result;
    }
    Region behind_control_word = body;
    if (nibble == 0 && behind_control_word.bytes.skip(4) &&
        guess_ethernet(behind_control_word, out, result)) {
        return result;
    }
    return guess_ethernet(body, out, result) ? result : ParseResult::NotIp;
}

}  // namespace

ParseResult parse_ethernet(Region& frame, PacketView& out) {
    uint16_t ethertype = 0;
    if (frame.trace != nullptr) {
        frame.trace->add(LayerTrace::Kind::Ethernet, frame.offset());
    }
    if (!frame.bytes.skip(12) || !frame.bytes.u16(ethertype)) {
        return ParseResult::Malformed;
    }
    return parse_ethertype(ethertype, frame, out);
}

ParseResult parse_ethertype(uint16_t ethertype, Region& body, PacketView& out) {
    unsigned tags = 0;
    while (true) {
        switch (ethertype) {
            case kIpv4:
                return parse_ipv4(body, out);
            case kIpv6:
                return parse_ipv6(body, out);
            case kCustomerVlan:
            case kServiceVlan:
            case kOldServiceVlan:
                if (++tags > kMaxVlanTags) {
                    return ParseResult::NotIp;
                }
                if (!read_vlan_tag(body, ethertype, out)) {
                    return ParseResult::Malformed;
                }
                break;
            case kCiscoMetadata:
                if (!read_cisco_metadata(body, ethertype)) {
                    return ParseResult::Malformed;
                }
                break;
            case kMplsUnicast:
            case kMplsMulticast:
                return parse_mpls(body, out);
            case kPppoeSession:
                return parse_pppoe(body, out);
            default:
                return ethertype < kFirstEthertype ? parse_llc(ethertype, body, out)
                                                   : ParseResult::NotIp;
        }
    }
}

// RFC 3032 section 2.1.
ParseResult parse_mpls(Region& stack, PacketView& out) {
    if (stack.trace != nullptr) {
        stack.trace->one_way = true;
    }
    for (unsigned labels = 0; labels < kMaxMplsLabels; ++labels) {
        uint32_t entry = 0;
        if (!stack.bytes.u32(entry)) {
            return ParseResult::Malformed;
        }
        constexpr uint32_t kBottomOfStack = 0x100;
        if ((entry & kBottomOfStack) != 0) {
            return parse_below_labels(stack, out);
        }
    }
    return ParseResult::NotIp;
}

}  // namespace eti::net
