#include "ieee80211.h"

namespace eti::net {
namespace {

using wire::Reader;

// These headers are little-endian.
bool u16_little(Reader& reader, uint16_t& out) {
    uint16_t value = 0;
    if (!reader.u16(value)) {
        return false;
    }
    out = static_cast<uint16_t>(value >> 8 | value << 8);
    return true;
}

bool u32_little(Reader& reader, uint32_t& out) {
    uint16_t low = 0;
    uint16_t high = 0;
    Reader copy = reader;
    if (!u16_little(copy, low) || !u16_little(copy, high)) {
        return false;
    }
    reader = copy;
    out = static_cast<uint32_t>(high) << 16 | low;
    return true;
}

// radiotap_flags finds the flags field: behind all presence words, and behind the time stamp,
// which is aligned to 8 bytes.
uint8_t radiotap_flags(Reader header, uint32_t present) {
    constexpr uint32_t kTime = 1U << 0;
    constexpr uint32_t kFlags = 1U << 1;
    constexpr uint32_t kMorePresence = 1U << 31;
    std::size_t read = 8;
    uint32_t more = present;
    while ((more & kMorePresence) != 0) {
        if (!u32_little(header, more)) {
            return 0;
        }
        read += 4;
    }
    if ((present & kTime) != 0 && !header.skip((read % 8 == 0 ? 0U : 4U) + 8U)) {
        return 0;
    }
    uint8_t flags = 0;
    return (present & kFlags) != 0 && header.u8(flags) ? flags : 0;
}

}  // namespace

// IEEE 802.11 section 9.2: frame control, duration, addresses, sequence control.
ParseResult parse_ieee80211(Region frame, bool padded, PacketView& out) {
    constexpr uint8_t kTypeMask = 0x0f;  // and the protocol version, 0
    constexpr uint8_t kData = 0x08;
    constexpr uint8_t kNoData = 0x40;
    constexpr uint8_t kQos = 0x80;
    constexpr uint8_t kBothSystems = 0x03;
    constexpr uint8_t kMoreFragments = 0x04;
    constexpr uint8_t kProtected = 0x40;
    constexpr uint8_t kHtControl = 0x80;
    constexpr uint8_t kAggregate = 0x80;
    uint8_t type = 0;
    uint8_t flags = 0;
    uint16_t sequence = 0;
    Reader& bytes = frame.bytes;
    if (!bytes.u8(type) || !bytes.u8(flags) || !bytes.skip(20) || !u16_little(bytes, sequence)) {
        return ParseResult::NotIp;
    }
    const bool fragment = (flags & kMoreFragments) != 0 || (sequence & 0x000f) != 0;
    if ((type & kTypeMask) != kData || (type & kNoData) != 0 || (flags & kProtected) != 0 ||
        fragment) {
        return ParseResult::NotIp;
    }
    std::size_t header = 24;
    if ((flags & kBothSystems) == kBothSystems) {
        if (!bytes.skip(6)) {
            return ParseResult::NotIp;
        }
        header += 6;
    }
    if ((type & kQos) != 0) {
        uint8_t control = 0;
        const bool ht = (flags & kHtControl) != 0;
        if (!bytes.u8(control) || (control & kAggregate) != 0 || !bytes.skip(ht ? 5 : 1)) {
            return ParseResult::NotIp;
        }
        header += ht ? 6 : 2;
    }
    uint32_t llc = 0;
    uint32_t organisation = 0;
    uint16_t ethertype = 0;
    if ((padded && !bytes.skip((4 - header % 4) % 4)) || !bytes.u24(llc) || llc != 0xaaaa03 ||
        !bytes.u24(organisation) || (organisation != 0 && organisation != 0x0000f8) ||
        !bytes.u16(ethertype) || ethertype < 0x0600) {
        return ParseResult::NotIp;
    }
    return parse_ethertype(ethertype, frame, out);
}

// radiotap.org: version, padding, length, presence bits, fields.
ParseResult parse_radiotap(Region frame, PacketView& out) {
    constexpr uint8_t kPadded = 0x20;
    constexpr uint8_t kBadChecksum = 0x40;
    Reader header = frame.bytes;
    uint16_t length = 0;
    uint32_t present = 0;
    if (!header.skip(2) || !u16_little(header, length) || !u32_little(header, present) ||
        length < 8 || !frame.bytes.skip(length)) {
        return ParseResult::NotIp;
    }
    const uint8_t flags = radiotap_flags(header, present);
    // What was damaged in the air reached nobody.
    return (flags & kBadChecksum) != 0 ? ParseResult::NotIp
                                       : parse_ieee80211(frame, (flags & kPadded) != 0, out);
}

// Message code, message length in the byte order of the host that captured, device, values.
ParseResult parse_prism(Region frame, PacketView& out) {
    Reader header = frame.bytes;
    uint32_t code = 0;
    uint32_t length = 0;
    if (!header.u32(code)) {
        return ParseResult::NotIp;
    }
    if (code >> 16 == 0x8021) {  // old drivers labelled AVS headers so
        return parse_avs(frame, out);
    }
    const bool big_endian = code < 0x10000;
    if (!(big_endian ? header.u32(length) : u32_little(header, length)) || length < 24 ||
        !frame.bytes.skip(length)) {
        return ParseResult::NotIp;
    }
    return parse_ieee80211(frame, false, out);
}

// Magic with version, then the header's length, both big-endian.
ParseResult parse_avs(Region frame, PacketView& out) {
    Reader header = frame.bytes;
    uint32_t magic = 0;
    uint32_t length = 0;
    if (!header.u32(magic) || magic >> 12 != 0x80211 || !header.u32(length) || length < 8 ||
        !frame.bytes.skip(length)) {
        return ParseResult::NotIp;
    }
    return parse_ieee80211(frame, false, out);
}

}  // namespace eti::net
