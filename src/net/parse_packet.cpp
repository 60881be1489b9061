#include "eti/net/layers.h"
#include "eti/net/packet_view.h"
#include "plain.h"

namespace eti::net {

ParseResult parse_packet(std::span<const uint8_t> frame, PacketView& out) {
    return parse_packet(frame, {}, out);
}

ParseResult parse_packet(std::span<const uint8_t> frame, const Framing& framing, PacketView& out) {
    if (framing.link == LinkType::Ethernet && framing.cut == 0 && parse_plain(frame, out)) {
        return ParseResult::Transport;
    }
    return parse_layers(frame, framing, out);
}

ParseResult parse_layers(std::span<const uint8_t> frame, const Framing& framing, PacketView& out) {
    out = {};
    out.frame = frame;
    Region region = Region::whole(frame, framing);
    return parse_link(region, framing.link, out);
}

}  // namespace eti::net
