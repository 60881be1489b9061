// What identifies a flow: the same key for both of its directions.
#pragma once

#include "eti/net/packet_view.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace eti::flow {

// FlowKey orders the two endpoints, so that both directions compare and hash alike.
struct alignas(8) FlowKey {
    net::IpAddress low;
    net::IpAddress high;
    uint16_t low_port = 0;
    uint16_t high_port = 0;
    uint16_t vlan = 0;  // see fold_links: the same addresses on two VLANs or in two tunnels differ
    uint8_t protocol = 0;
    uint8_t wire = 0;

    // By words: field by field it takes three times as many instructions.
    bool operator==(const FlowKey& other) const {
        return ((word(0) ^ other.word(0)) | (word(1) ^ other.word(1)) | (word(2) ^ other.word(2)) |
                (word(3) ^ other.word(3)) | (word(4) ^ other.word(4))) == 0;
    }

  private:
    uint64_t word(std::size_t at) const {
        uint64_t word = 0;
        std::memcpy(&word, reinterpret_cast<const char*>(this) + 8 * at, sizeof word);
        return word;
    }
};
static_assert(sizeof(FlowKey) == 40 && std::has_unique_object_representations_v<FlowKey>);

// fold_links is 0 without VLANs and tunnels. It takes what both directions of a flow share: the
// VLANs of the wire, those of Ethernet inside a tunnel, and VXLAN and GENEVE network identifiers.
// Left out is what each direction may have of its own: priority tags, VLANs of mirrored copies,
// MPLS labels, GTP, L2TP and PPTP identifiers, GRE keys; and PPPoE sessions, whose addresses are
// unique anyway.
uint16_t fold_links(const net::PacketView& packet);

// make_key reads a packet for which parse_packet said Transport. It returns whether the low end
// sent it.
bool make_key(const net::PacketView& packet, uint8_t wire, FlowKey& key);

// FlowHasher is keyed with a secret of this start, so that nobody outside can aim for collisions.
// All workers share one: the hash also names a flow's owner.
class FlowHasher {
  public:
    explicit FlowHasher(std::array<uint64_t, 2> secret);
    uint64_t operator()(const FlowKey& key) const;
    // pair hashes no more than the wire and two addresses: all flows, fragments and other packets
    // between them, in both directions, agree.
    uint64_t pair(const net::IpAddress& one, const net::IpAddress& other, uint8_t wire) const;
    const std::array<uint64_t, 2>& secret() const { return secret_; }

  private:
    std::array<uint64_t, 2> secret_;
};

}  // namespace eti::flow
