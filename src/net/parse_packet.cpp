#include "eti/net/layers.h"
#include "eti/net/packet_view.h"

namespace eti::net {

ParseResult parse_packet(std::span<const uint8_t> frame, PacketView& out) {
    out = {};
    out.frame = frame;
    Region region = Region::whole(frame);
    return parse_ethernet(region, out);
}

ParseResult parse_packet(std::span<const uint8_t> frame, const Framing& framing, PacketView& out) {
    out = {};
    out.frame = frame;
    Region region = Region::whole(frame, framing);
    return parse_link(region, framing.link, out);
}

}  // namespace eti::net
