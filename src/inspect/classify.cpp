#include "eti/inspect/inspector.h"

namespace eti::inspect {

Packet classify(std::span<const uint8_t> frame, uint8_t wire, uint8_t side,
                const flow::FlowHasher& hasher, const net::Framing& framing) {
    Packet packet;
    classify(frame, wire, side, hasher, framing, packet);
    return packet;
}

void classify(std::span<const uint8_t> frame, uint8_t wire, uint8_t side,
              const flow::FlowHasher& hasher, const net::Framing& framing, Packet& packet) {
    packet.wire = wire;
    packet.side = side;
    packet.captured = framing.capture;
    packet.parsed = decap::parse(frame, framing, packet.view, packet.outer);
    packet.hash = 0;
    if (packet.parsed == net::ParseResult::Transport) {
        packet.source_is_low = flow::make_key(packet.view, wire, packet.key);
        packet.hash = hasher(packet.key);
    }
}

// Of a tunnel it is the wire's own pair: its fragments do not show what is inside.
uint64_t owner_hash(const Packet& packet, const flow::FlowHasher& hasher) {
    if (packet.outer.empty()) {
        return hasher.pair(packet.view.source, packet.view.destination, packet.wire);
    }
    const decap::AddressPair& pair = packet.outer.view()[0];
    return hasher.pair(pair.source, pair.destination, packet.wire);
}

}  // namespace eti::inspect
