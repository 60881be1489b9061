#include "eti/flow/flow_key.h"

#include "eti/base/mix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

namespace eti::flow {

uint16_t fold_links(const net::PacketView& packet) {
    uint32_t folded = 0;
    for (const uint16_t vlan : packet.vlans.view()) {
        folded = folded * 31U + vlan + 1U;
    }
    if (packet.tunnel != 0) {
        // Knuth's multiplicative hash: neighbouring network identifiers end up far apart.
        folded = folded * 31U + (packet.tunnel * 2'654'435'769U >> 16);
    }
    return static_cast<uint16_t>(folded);
}

bool make_key(const net::PacketView& packet, uint8_t wire, FlowKey& key) {
    const auto order = packet.source <=> packet.destination;
    const bool source_is_low =
        order < 0 || (order == 0 && packet.source_port <= packet.destination_port);
    key.low = source_is_low ? packet.source : packet.destination;
    key.high = source_is_low ? packet.destination : packet.source;
    key.low_port = source_is_low ? packet.source_port : packet.destination_port;
    key.high_port = source_is_low ? packet.destination_port : packet.source_port;
    key.vlan = fold_links(packet);
    key.protocol = packet.protocol;
    key.wire = wire;
    return source_is_low;
}

// The secret's halves become factors: where few of their bits were set, keys would gather.
FlowHasher::FlowHasher(std::array<uint64_t, 2> secret)
    : secret_{mix(secret[0] ^ 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9),
              mix(secret[1] ^ 0x94d049bb133111eb, 0xd6e8feb86659fd93)} {}

// The small fields are read one by one, as they were written a moment ago: a load of all of them
// would wait for the stores.
uint64_t FlowHasher::operator()(const FlowKey& key) const {
    const auto [low_high, low_low] = std::bit_cast<std::array<uint64_t, 2>>(key.low.bytes());
    const auto [high_high, high_low] = std::bit_cast<std::array<uint64_t, 2>>(key.high.bytes());
    const uint64_t rest = uint64_t{key.low_port} | uint64_t{key.high_port} << 16 |
                          uint64_t{key.vlan} << 32 | uint64_t{key.protocol} << 48 |
                          uint64_t{key.wire} << 56;
    uint64_t hash = mix(low_high ^ secret_[0], low_low ^ secret_[1]);
    hash = mix(hash ^ high_high, high_low ^ secret_[0]);
    return mix(hash ^ rest, secret_[1] ^ secret_[0]);
}

uint64_t FlowHasher::pair(const net::IpAddress& one, const net::IpAddress& other,
                          uint8_t wire) const {
    FlowKey key;
    std::tie(key.low, key.high) = std::minmax(one, other);
    key.wire = wire;
    return (*this)(key);
}

}  // namespace eti::flow
