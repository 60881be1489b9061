// The versions whose Initial packets we can open.
#pragma once

#include "eti/quic/packet.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace eti::quic {

// A generation of versions shares salt, labels and the numbers of packet types.
struct Protection {
    std::array<uint8_t, 20> salt;
    bool second_version;  // labels and types of QUIC version 2 (RFC 9369 sections 3.2 and 3.3)

    std::string_view key_label() const { return second_version ? "quicv2 key" : "quic key"; }
    std::string_view iv_label() const { return second_version ? "quicv2 iv" : "quic iv"; }
    std::string_view header_label() const { return second_version ? "quicv2 hp" : "quic hp"; }
    // bits are the two type bits of a long header.
    PacketType type(unsigned bits) const;
};

// protection_of answers nullptr for a version we do not know.
const Protection* protection_of(uint32_t version);

}  // namespace eti::quic
