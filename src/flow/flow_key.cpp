#include "eti/flow/flow_key.h"

#include "eti/base/mix.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

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

FlowKey make_key(const net::PacketView& packet, uint8_t wire, bool& source_is_low) {
    FlowKey key;
    key.protocol = packet.protocol;
    key.wire = wire;
    key.vlan = fold_links(packet);
    source_is_low = std::tie(packet.source, packet.source_port) <=
                    std::tie(packet.destination, packet.destination_port);
    key.low = packet.source;
    key.low_port = packet.source_port;
    key.high = packet.destination;
    key.high_port = packet.destination_port;
    if (!source_is_low) {
        std::swap(key.low, key.high);
        std::swap(key.low_port, key.high_port);
    }
    return key;
}

uint64_t FlowHasher::operator()(const FlowKey& key) const {
    std::array<uint64_t, 5> words;
    std::memcpy(words.data(), &key, sizeof key);
    uint64_t hash = mix(words[0] ^ secret_[0], words[1] ^ secret_[1]);
    hash = mix(hash ^ words[2], words[3] ^ secret_[0]);
    return mix(hash ^ words[4], secret_[1] ^ secret_[0]);
}

uint64_t FlowHasher::pair(const net::IpAddress& one, const net::IpAddress& other,
                          uint8_t wire) const {
    FlowKey key;
    std::tie(key.low, key.high) = std::minmax(one, other);
    key.wire = wire;
    return (*this)(key);
}

}  // namespace eti::flow
