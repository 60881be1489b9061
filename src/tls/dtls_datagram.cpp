#include "tls/dtls_datagram.h"

#include "eti/tls/registry.h"

namespace eti::tls {
namespace {

constexpr std::size_t kStunHeader = 20;
constexpr std::size_t kStunTransaction = 12;
constexpr uint32_t kStunCookie = 0x2112a442;
constexpr uint16_t kSendIndication = 0x0016;
constexpr uint16_t kDataIndication = 0x0017;
constexpr uint16_t kDataAttribute = 0x0013;
constexpr uint16_t kFirstChannel = 0x4000;
constexpr uint16_t kLastChannel = 0x7fff;
constexpr uint32_t kCapwapDtls = 0x01000000;

constexpr uint8_t kFirstType = 20;
constexpr uint8_t kLastType = 26;
// What OpenSSL spoke before RFC 4347, and some VPN clients still do.
constexpr uint16_t kDtlsBeforeStandard = 0x0100;

bool is_version(uint16_t version) {
    return (version >= version::kDtls13 && version <= version::kDtls10) ||
           version == kDtlsBeforeStandard;
}

// Attributes are padded to four bytes.
wire::Reader data_attribute(wire::Reader attributes) {
    uint16_t type = 0;
    wire::Reader value;
    while (attributes.u16(type) && attributes.u16_prefixed(value)) {
        if (type == kDataAttribute) {
            return value;
        }
        if (!attributes.skip((4 - value.remaining() % 4) % 4)) {
            break;
        }
    }
    return {};
}

}  // namespace

bool next_record(wire::Reader& datagram, DtlsRecord& out) {
    wire::Reader rest = datagram;
    uint16_t version = 0;
    uint16_t sequence_high = 0;
    uint32_t sequence_low = 0;
    if (!rest.u8(out.type) || !rest.u16(version) || !rest.u16(out.epoch) ||
        !rest.u16(sequence_high) || !rest.u32(sequence_low) || !rest.u16_prefixed(out.fragment) ||
        !is_version(version) || out.type < kFirstType || out.type > kLastType) {
        return false;
    }
    datagram = rest;
    return true;
}

bool next_fragment(wire::Reader& record, DtlsFragment& out) {
    wire::Reader rest = record;
    if (!rest.u8(out.type) || !rest.u24(out.length) || !rest.u16(out.sequence) ||
        !rest.u24(out.offset) || !rest.u24_prefixed(out.bytes) ||
        out.offset + out.bytes.remaining() > out.length) {
        return false;
    }
    record = rest;
    return true;
}

bool is_stun(wire::Reader datagram) {
    uint16_t type = 0;
    uint16_t length = 0;
    uint32_t cookie = 0;
    return datagram.u16(type) && type < kFirstChannel && datagram.u16(length) &&
           datagram.u32(cookie) && cookie == kStunCookie && length % 4 == 0 &&
           datagram.remaining() == length + kStunTransaction;
}

wire::Reader unwrap(wire::Reader datagram) {
    wire::Reader rest = datagram;
    wire::Reader content;
    uint16_t kind = 0;
    if (is_stun(datagram)) {
        if (rest.u16(kind) && (kind == kSendIndication || kind == kDataIndication) &&
            rest.skip(kStunHeader - sizeof kind)) {
            return data_attribute(rest);
        }
        return datagram;
    }
    if (rest.u16(kind) && kind >= kFirstChannel && kind <= kLastChannel &&
        rest.u16_prefixed(content)) {
        return content;
    }
    uint32_t preamble = 0;
    rest = datagram;
    return rest.u32(preamble) && preamble == kCapwapDtls ? rest : datagram;
}

}  // namespace eti::tls
