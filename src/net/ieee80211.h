// Wireless data frames, plain or behind the headers that capture drivers put in front.
#pragma once

#include "eti/net/layers.h"

namespace eti::net {

// IEEE 802.11 data frames in clear. Management, control, protected and fragmented frames and
// aggregates (A-MSDU) are NotIp. padded: the header is filled up to a multiple of 4 bytes.
ParseResult parse_ieee80211(Region frame, bool padded, PacketView& out);
ParseResult parse_radiotap(Region frame, PacketView& out);
ParseResult parse_prism(Region frame, PacketView& out);
ParseResult parse_avs(Region frame, PacketView& out);

}  // namespace eti::net
