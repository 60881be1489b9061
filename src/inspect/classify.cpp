#include "eti/inspect/inspector.h"

namespace eti::inspect {

Packet classify(std::span<const uint8_t> frame, uint8_t wire, uint8_t side,
                const flow::FlowHasher& hasher) {
    Packet packet;
    packet.wire = wire;
    packet.side = side;
    packet.parsed = net::parse_packet(frame, packet.view);
    if (packet.parsed == net::ParseResult::Transport) {
        packet.key = flow::make_key(packet.view, wire, packet.source_is_low);
        packet.hash = hasher(packet.key);
    }
    return packet;
}

}  // namespace eti::inspect
