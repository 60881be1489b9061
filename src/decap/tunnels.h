// One function per tunnel: the header is read, and the packet inside parsed into inner, whose
// frame is set. NotIp or Malformed when the bytes are not that tunnel or hold no IP.
#pragma once

#include "eti/net/layers.h"

namespace eti::decap {

net::ParseResult enter_gre(net::Region body, net::PacketView& inner);
net::ParseResult enter_etherip(net::Region body, net::PacketView& inner);
net::ParseResult enter_vxlan(net::Region body, net::PacketView& inner);
net::ParseResult enter_vxlan_gpe(net::Region body, net::PacketView& inner);
net::ParseResult enter_geneve(net::Region body, net::PacketView& inner);
net::ParseResult enter_gtp(net::Region body, net::PacketView& inner);
net::ParseResult enter_teredo(net::Region body, net::PacketView& inner);
net::ParseResult enter_l2tp(net::Region body, net::PacketView& inner);

}  // namespace eti::decap
