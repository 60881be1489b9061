// Builds frames for tests: Ethernet with VLAN tags, IPv4 or IPv6, TCP or UDP, checksums right.
#pragma once

#include "eti/net/checksum.h"
#include "eti/net/packet_view.h"
#include "tests/support/tls_builder.h"

#include <string_view>
#include <vector>

namespace eti::test {

struct TcpSpec {
    std::string_view source = "10.0.1.10";
    std::string_view destination = "192.0.2.1";
    uint16_t source_port = 40'000;
    uint16_t destination_port = 443;
    uint32_t sequence = 1;
    uint32_t acknowledgment = 0;
    uint8_t flags = net::kAck;
    Bytes payload = {};
    std::vector<uint16_t> vlans = {};
    Bytes ip_options = {};  // IPv4 only, a multiple of 4 bytes
};

inline Bytes ip_bytes(std::string_view address) {
    const net::IpAddress ip = *net::parse_ip(address);
    const auto& all = ip.bytes();
    return {all.begin() + (ip.is_v4() ? 12 : 0), all.end()};
}

inline bool is_v6(std::string_view address) {
    return !net::parse_ip(address)->is_v4();
}

inline Bytes ethernet(uint16_t ethertype, const std::vector<uint16_t>& vlans = {}) {
    Bytes link = join({{0x02, 0, 0, 0, 0, 0x0b}, {0x02, 0, 0, 0, 0, 0x0a}});
    for (const uint16_t vlan : vlans) {
        link = join({link, number(0x8100, 2), number(vlan, 2)});
    }
    return join({link, number(ethertype, 2)});
}

inline Bytes ipv4(std::string_view source, std::string_view destination, uint8_t protocol,
                  const Bytes& body, const Bytes& options = {}, uint16_t fragment = 0) {
    const std::size_t header = 20 + options.size();
    Bytes bytes = join({number(0x40 | header / 4, 1), number(0, 1), number(header + body.size(), 2),
                        number(7, 2), number(fragment, 2), number(64, 1), number(protocol, 1),
                        number(0, 2), ip_bytes(source), ip_bytes(destination), options});
    net::Checksum checksum;
    checksum.add(bytes);
    const uint16_t sum = checksum.finish();
    bytes[10] = static_cast<uint8_t>(sum >> 8);
    bytes[11] = static_cast<uint8_t>(sum);
    return join({bytes, body});
}

inline Bytes ipv6(std::string_view source, std::string_view destination, uint8_t protocol,
                  const Bytes& body) {
    return join({number(0x60000000, 4), number(body.size(), 2), number(protocol, 1), number(64, 1),
                 ip_bytes(source), ip_bytes(destination), body});
}

inline Bytes ip_frame(std::string_view source, std::string_view destination, uint8_t protocol,
                      const Bytes& body, const std::vector<uint16_t>& vlans = {},
                      const Bytes& options = {}) {
    return is_v6(source)
               ? join({ethernet(0x86dd, vlans), ipv6(source, destination, protocol, body)})
               : join(
                     {ethernet(0x0800, vlans), ipv4(source, destination, protocol, body, options)});
}

inline Bytes tcp_frame(const TcpSpec& spec) {
    Bytes segment = join({number(spec.source_port, 2),
                          number(spec.destination_port, 2),
                          number(spec.sequence, 4),
                          number(spec.acknowledgment, 4),
                          {0x50, spec.flags},
                          number(65'535, 2),
                          number(0, 4),
                          spec.payload});
    net::Checksum checksum;
    checksum.add(ip_bytes(spec.source));
    checksum.add(ip_bytes(spec.destination));
    checksum.add(net::kTcp);
    checksum.add(static_cast<uint16_t>(segment.size()));
    checksum.add(segment);
    const uint16_t sum = checksum.finish();
    segment[16] = static_cast<uint8_t>(sum >> 8);
    segment[17] = static_cast<uint8_t>(sum);
    return ip_frame(spec.source, spec.destination, net::kTcp, segment, spec.vlans, spec.ip_options);
}

// How the checksum of a datagram is written (RFC 768).
enum class UdpChecksum : uint8_t { Right, Wrong, None, Partial };

inline Bytes udp_frame(std::string_view source, uint16_t source_port, std::string_view destination,
                       uint16_t destination_port, const Bytes& payload,
                       UdpChecksum kind = UdpChecksum::None) {
    Bytes datagram = join({number(source_port, 2), number(destination_port, 2),
                           number(8 + payload.size(), 2), number(0, 2), payload});
    net::Checksum checksum;
    checksum.add(ip_bytes(source));
    checksum.add(ip_bytes(destination));
    checksum.add(net::kUdp);
    checksum.add(static_cast<uint16_t>(datagram.size()));
    if (kind != UdpChecksum::Partial) {
        checksum.add(datagram);
    }
    uint16_t sum = checksum.finish();
    sum = kind == UdpChecksum::None      ? uint16_t{0}
          : kind == UdpChecksum::Partial ? static_cast<uint16_t>(~sum)
          : kind == UdpChecksum::Wrong   ? static_cast<uint16_t>(sum ^ 0x5555)
                                         : sum;
    datagram[6] = static_cast<uint8_t>(sum >> 8);
    datagram[7] = static_cast<uint8_t>(sum);
    return ip_frame(source, destination, net::kUdp, datagram);
}

}  // namespace eti::test
