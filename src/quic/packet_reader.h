// Cuts a datagram into its coalesced packets (RFC 9000 section 12.2).
#pragma once

#include "eti/quic/packet.h"
#include "eti/wire/reader.h"

#include <cstdint>
#include <span>

namespace eti::quic {

// Packet borrows from the datagram. Of a short header only type and bytes are set; of a long one
// of an unknown version, and of Version Negotiation, also the connection ids.
struct Packet {
    PacketType type = PacketType::Unknown;
    uint32_t version = 0;
    wire::Reader destination;
    wire::Reader source;
    wire::Reader token;              // Initial only
    std::size_t number_offset = 0;   // Initial, 0-RTT, Handshake: where the protected part begins
    std::span<const uint8_t> bytes;  // the whole packet
};

// read_packet splits the next packet off a datagram that is not empty; false when its header is
// damaged, and then an endpoint drops the rest of the datagram too.
[[nodiscard]] bool read_packet(wire::Reader& datagram, Packet& out);

}  // namespace eti::quic
