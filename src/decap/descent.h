// The descent, with a trace for who builds packets in the same encapsulation.
#pragma once

#include "eti/decap/parse.h"
#include "eti/net/layers.h"

namespace eti::decap {

// descend goes from the packet that was parsed to the innermost one.
net::ParseResult descend(net::ParseResult parsed, bool capture, net::LayerTrace* trace,
                         net::PacketView& view, Outer& outer);

}  // namespace eti::decap
