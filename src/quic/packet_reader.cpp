#include "quic/packet_reader.h"

#include "quic/varint.h"
#include "quic/versions.h"

namespace eti::quic {
namespace {

constexpr uint8_t kLongHeader = 0x80;
// A packet number takes up to four bytes, the sample behind it and the tag 16 each: nothing
// shorter can be opened (RFC 9001 section 5.4.2).
constexpr uint64_t kMinProtected = 4 + 16;
// RFC 9000 section 7.2, for a client that has no id from the server yet; one that answers a Retry
// shows its token.
constexpr std::size_t kMinFirstId = 8;

// RFC 8999 section 5.1: what all versions share.
bool read_invariants(wire::Reader& reader, uint8_t& first, Packet& out) {
    return reader.u8(first) && (first & kLongHeader) != 0 && reader.u32(out.version) &&
           reader.u8_prefixed(out.destination) && reader.u8_prefixed(out.source);
}

// Reads up to the protected part and leaves the reader there, with its length checked.
bool read_protected_header(wire::Reader& reader, Packet& out, uint64_t& length) {
    if (out.type == PacketType::Initial) {
        uint64_t token_length = 0;
        if (!read_varint(reader, token_length) || token_length > reader.remaining() ||
            !reader.take(static_cast<std::size_t>(token_length), out.token)) {
            return false;
        }
    }
    return read_varint(reader, length) && length <= reader.remaining();
}

bool read_long_packet(wire::Reader& datagram, Packet& out) {
    wire::Reader reader = datagram;
    uint8_t first = 0;
    if (!read_invariants(reader, first, out)) {
        return false;
    }
    const Protection* protection = protection_of(out.version);
    if (protection == nullptr) {
        out.type = out.version == 0 ? PacketType::VersionNegotiation : PacketType::Unknown;
    } else {
        out.type = protection->type((first >> 4) & 3U);
        if (out.destination.remaining() > ConnectionId::kMaxBytes ||
            out.source.remaining() > ConnectionId::kMaxBytes) {
            return false;
        }
    }
    std::size_t size = datagram.remaining();
    if (out.type == PacketType::Initial || out.type == PacketType::ZeroRtt ||
        out.type == PacketType::Handshake) {
        uint64_t length = 0;
        if (!read_protected_header(reader, out, length)) {
            return false;
        }
        out.number_offset = datagram.remaining() - reader.remaining();
        size = out.number_offset + static_cast<std::size_t>(length);
    }
    out.bytes = datagram.bytes().first(size);
    return datagram.skip(size);
}

}  // namespace

bool read_packet(wire::Reader& datagram, Packet& out) {
    out = {};
    if ((datagram.bytes().front() & kLongHeader) != 0) {
        return read_long_packet(datagram, out);
    }
    out.type = PacketType::Short;
    out.bytes = datagram.bytes();
    return datagram.skip(out.bytes.size());
}

// The fixed bit is not asked for: clients may clear it (RFC 9287 section 3). Nor is a datagram of
// 1200 bytes, which not every server insists on.
bool may_be_initial(std::span<const uint8_t> datagram) {
    if (datagram.empty() || (datagram.front() & kLongHeader) == 0) {
        return false;
    }
    wire::Reader reader(datagram);
    Packet packet;
    return read_packet(reader, packet) && packet.type == PacketType::Initial &&
           packet.bytes.size() - packet.number_offset >= kMinProtected &&
           (packet.destination.remaining() >= kMinFirstId || !packet.token.empty());
}

uint32_t version_of(std::span<const uint8_t> datagram) {
    wire::Reader reader(datagram);
    uint8_t first = 0;
    Packet packet;
    return read_invariants(reader, first, packet) ? packet.version : 0;
}

}  // namespace eti::quic
