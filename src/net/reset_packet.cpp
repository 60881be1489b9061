#include "eti/net/reset_packet.h"

#include "eti/net/checksum.h"
#include "eti/wire/writer.h"

namespace eti::net {
namespace {

constexpr std::size_t kTcpBytes = 20;
constexpr uint8_t kHopLimit = 64;

std::span<const uint8_t> address_bytes(const IpAddress& address, bool ipv6) {
    return std::span(address.bytes()).subspan(ipv6 ? 0 : 12);
}

void store_u16(std::span<uint8_t> at, uint16_t value) {
    at[0] = static_cast<uint8_t>(value >> 8);
    at[1] = static_cast<uint8_t>(value);
}

void write_ip(wire::Writer& writer, bool ipv6, std::span<const uint8_t> source,
              std::span<const uint8_t> destination) {
    if (ipv6) {
        writer.u32(0x60000000);
        writer.u16(kTcpBytes);
        writer.u8(kTcp);
        writer.u8(kHopLimit);
    } else {
        writer.u16(0x4500);
        writer.u16(20 + kTcpBytes);
        writer.u16(0);
        writer.u16(0x4000);  // don't fragment
        writer.u8(kHopLimit);
        writer.u8(kTcp);
        writer.u16(0);  // checksum follows
    }
    writer.bytes(source);
    writer.bytes(destination);
}

}  // namespace

std::size_t build_reset_packet(const PacketView& packet, Toward toward, uint32_t sequence,
                               uint32_t acknowledgment,
                               std::span<uint8_t, kMaxResetPacketBytes> out) {
    const bool mirror = toward == Toward::Sender;
    const auto source = address_bytes(mirror ? packet.destination : packet.source, packet.ipv6);
    const auto destination =
        address_bytes(mirror ? packet.source : packet.destination, packet.ipv6);

    wire::Writer writer(out);
    write_ip(writer, packet.ipv6, source, destination);
    const std::size_t tcp_at = writer.size();
    writer.u16(mirror ? packet.destination_port : packet.source_port);
    writer.u16(mirror ? packet.source_port : packet.destination_port);
    writer.u32(sequence);
    writer.u32(acknowledgment);
    writer.u8((kTcpBytes / 4) << 4);
    writer.u8(kRst | kAck);
    writer.zeros(6);  // window, checksum, urgent pointer

    const std::span<uint8_t> bytes = out;
    if (!packet.ipv6) {
        Checksum header;
        header.add(bytes.first(tcp_at));
        store_u16(bytes.subspan(10), header.finish());
    }
    Checksum tcp;  // over the pseudo header and the segment
    tcp.add(source);
    tcp.add(destination);
    tcp.add(kTcp);
    tcp.add(kTcpBytes);
    tcp.add(bytes.subspan(tcp_at, kTcpBytes));
    store_u16(bytes.subspan(tcp_at + 16), tcp.finish());
    return writer.size();
}

}  // namespace eti::net
