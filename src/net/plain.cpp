#include "plain.h"

#include "eti/wire/load.h"

#include <algorithm>
#include <array>
#include <bit>

namespace eti::net {
namespace {

using wire::load;

constexpr uint32_t kEthernetBytes = 14;
constexpr uint32_t kIpv4Bytes = 20;
constexpr uint32_t kIpv6Bytes = 40;
constexpr uint32_t kTcpBytes = 20;
constexpr uint32_t kUdpBytes = 8;

bool plain_tcp(const uint8_t* header, uint32_t bytes, PacketView& out) {
    const uint32_t size = uint32_t{header[12]} >> 4U << 2U;
    if (size < kTcpBytes || size > bytes) {
        return false;
    }
    out.source_port = load<uint16_t>(header);
    out.destination_port = load<uint16_t>(header + 2);
    out.sequence = load<uint32_t>(header + 4);
    out.acknowledgment = load<uint32_t>(header + 8);
    out.tcp_flags = header[13];
    out.tcp_window = load<uint16_t>(header + 14);
    out.urgent_pointer = load<uint16_t>(header + 18);
    out.transport_header_bytes = static_cast<uint8_t>(size);
    out.payload = {header + size, bytes - size};
    return true;
}

bool plain_udp(const uint8_t* header, uint32_t bytes, PacketView& out) {
    const uint16_t length = load<uint16_t>(header + 4);
    if (length < kUdpBytes || length > bytes) {
        return false;
    }
    out.source_port = load<uint16_t>(header);
    out.destination_port = load<uint16_t>(header + 2);
    out.sequence = 0;
    out.acknowledgment = 0;
    out.tcp_flags = 0;
    out.tcp_window = 0;
    out.urgent_pointer = 0;
    out.transport_header_bytes = kUdpBytes;
    out.payload = {header + kUdpBytes, length - kUdpBytes};
    return true;
}

bool plain_transport(const uint8_t* header, uint32_t bytes, PacketView& out) {
    if (out.protocol == kTcp && bytes >= kTcpBytes) {
        return plain_tcp(header, bytes, out);
    }
    return out.protocol == kUdp && bytes >= kUdpBytes && plain_udp(header, bytes, out);
}

// v4_address is IpAddress::v4 in two words instead of sixteen bytes, which the key's comparison
// would have to wait for.
IpAddress v4_address(const uint8_t* bytes) {
    const uint64_t low = uint64_t{0xffff} << 32U | load<uint32_t>(bytes);
    return IpAddress(
        std::bit_cast<std::array<uint8_t, 16>>(std::array{uint64_t{0}, wire::as_big_endian(low)}));
}

bool plain_ipv4(std::span<const uint8_t> frame, PacketView& out) {
    const uint8_t* ip = frame.data() + kEthernetBytes;
    const uint32_t total = load<uint16_t>(ip + 2);
    const uint16_t flags_and_offset = load<uint16_t>(ip + 6);
    if (ip[0] != 0x45 || (flags_and_offset & 0x3fff) != 0 || total < kIpv4Bytes ||
        total > frame.size() - kEthernetBytes) {
        return false;
    }
    out.ipv6 = false;
    out.ip_bytes = total;
    out.ip_header_bytes = kIpv4Bytes;
    out.ip_identification = load<uint16_t>(ip + 4);
    out.ttl = ip[8];
    out.protocol = ip[9];
    out.source = v4_address(ip + 12);
    out.destination = v4_address(ip + 16);
    return plain_transport(ip + kIpv4Bytes, total - kIpv4Bytes, out);
}

IpAddress v6_address(const uint8_t* bytes) {
    std::array<uint8_t, 16> address;
    std::copy_n(bytes, address.size(), address.begin());
    return IpAddress(address);
}

bool plain_ipv6(std::span<const uint8_t> frame, PacketView& out) {
    const uint8_t* ip = frame.data() + kEthernetBytes;
    const uint32_t length = load<uint16_t>(ip + 4);
    if (frame.size() < kEthernetBytes + kIpv6Bytes || ip[0] >> 4 != 6 ||
        length > frame.size() - kEthernetBytes - kIpv6Bytes) {
        return false;
    }
    out.ipv6 = true;
    out.ip_bytes = length + kIpv6Bytes;
    out.ip_header_bytes = kIpv6Bytes;
    out.ip_identification = 0;
    out.ttl = ip[7];
    out.protocol = ip[6];
    out.source = v6_address(ip + 8);
    out.destination = v6_address(ip + 24);
    return plain_transport(ip + kIpv6Bytes, length, out);
}

bool plain_ip(std::span<const uint8_t> frame, PacketView& out) {
    switch (load<uint16_t>(frame.data() + 12)) {
        case 0x0800:
            return plain_ipv4(frame, out);
        case 0x86dd:
            return plain_ipv6(frame, out);
        default:
            return false;
    }
}

}  // namespace

bool parse_plain(std::span<const uint8_t> frame, PacketView& out) {
    if (frame.size() < kEthernetBytes + kIpv4Bytes || !plain_ip(frame, out)) {
        return false;
    }
    out.frame = frame;
    out.ip_offset = kEthernetBytes;
    out.vlans.clear();
    out.fragment_offset = 0;
    out.more_fragments = false;
    out.routed = false;
    out.missing = 0;
    out.tunnel = 0;
    out.enclosing = 0;
    return true;
}

}  // namespace eti::net
