#include "eti/net/transport_checksum.h"

#include "eti/net/checksum.h"
#include "eti/wire/reader.h"

namespace eti::net {
namespace {

std::span<const uint8_t> address_bytes(const IpAddress& address, bool ipv6) {
    return std::span(address.bytes()).subspan(ipv6 ? 0 : 12);
}

Checksum pseudo_header(const PacketView& packet) {
    Checksum sum;
    sum.add(address_bytes(packet.source, packet.ipv6));
    sum.add(address_bytes(packet.destination, packet.ipv6));
    sum.add(packet.protocol);
    return sum;
}

// is_partial: the field holds the pseudo header's sum, not inverted, and with the length or, where
// the hardware still is to cut the segment, without it.
bool is_partial(const PacketView& packet, uint16_t length, uint16_t field) {
    Checksum sum = pseudo_header(packet);
    const auto without_length = static_cast<uint16_t>(~sum.finish());
    sum.add(length);
    const auto with_length = static_cast<uint16_t>(~sum.finish());
    return field == with_length || field == without_length;
}

}  // namespace

ChecksumState transport_checksum(const PacketView& packet) {
    const bool tcp = packet.protocol == kTcp;
    if (packet.missing != 0 || packet.routed || (!tcp && packet.protocol != kUdp)) {
        return ChecksumState::Unknown;
    }
    const auto transport =
        packet.frame.subspan(packet.ip_offset + packet.ip_header_bytes,
                             packet.transport_header_bytes + packet.payload.size());
    wire::Reader header(transport);
    uint16_t field = 0;
    if (!header.skip(tcp ? 16 : 6) || !header.u16(field)) {
        return ChecksumState::Unknown;
    }
    if (!tcp && field == 0 && !packet.ipv6) {
        return ChecksumState::Absent;
    }
    // RFC 2675: of a length beyond 16 bits, both halves are summed.
    const std::size_t size = transport.size();
    Checksum sum = pseudo_header(packet);
    sum.add(static_cast<uint16_t>(size >> 16));
    sum.add(static_cast<uint16_t>(size));
    sum.add(transport);
    if (sum.finish() == 0) {
        return ChecksumState::Valid;
    }
    return is_partial(packet, static_cast<uint16_t>(size), field) ? ChecksumState::Partial
                                                                  : ChecksumState::Invalid;
}

bool ip_checksum_valid(const PacketView& packet) {
    if (packet.ipv6) {
        return true;
    }
    Checksum sum;
    // An authentication header may follow; the checksum covers the IPv4 header alone.
    const auto header = packet.ip_header();
    const std::size_t size = header.empty() ? 0U : (header[0] & 0x0fU) * 4U;
    sum.add(header.first(size));
    return !header.empty() && sum.finish() == 0;
}

}  // namespace eti::net
