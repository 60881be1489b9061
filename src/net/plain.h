// What nearly every packet is, read at one go: Ethernet, then IPv4 without options or IPv6 without
// extensions, in one piece, then TCP or UDP.
#pragma once

#include "eti/net/packet_view.h"

namespace eti::net {

// parse_plain writes every field of the view, as the layers would; clearing it before would take as
// long as reading. False where the frame is anything else or not sound: then they read it.
bool parse_plain(std::span<const uint8_t> frame, PacketView& out);

}  // namespace eti::net
