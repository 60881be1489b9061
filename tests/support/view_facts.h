// A parsed packet as a text, for tests that compare two.
#pragma once

#include "eti/net/packet_view.h"

#include <sstream>
#include <string>

namespace eti::test {

// facts_of names every field; the payload by where it lies.
inline std::string facts_of(const net::PacketView& view) {
    std::ostringstream text;
    text << net::to_string(view.source) << ' ' << view.source_port << " > "
         << net::to_string(view.destination) << ' ' << view.destination_port << " protocol "
         << int{view.protocol} << " ip " << view.ip_offset << ' ' << view.ip_bytes << ' '
         << view.ip_header_bytes << " id " << view.ip_identification << " ttl " << int{view.ttl}
         << " fragment " << view.fragment_offset << ' ' << view.more_fragments << " v6 "
         << view.ipv6 << ' ' << view.routed << " transport " << int{view.transport_header_bytes}
         << " sequence " << view.sequence << ' ' << view.acknowledgment << " flags "
         << int{view.tcp_flags} << " window " << view.tcp_window << " urgent "
         << view.urgent_pointer << " tunnel " << view.tunnel << ' ' << int{view.enclosing}
         << " payload " << (view.payload.empty() ? 0 : view.payload.data() - view.frame.data())
         << ' ' << view.payload.size() << " missing " << view.missing << " vlans";
    for (const uint16_t vlan : view.vlans.view()) {
        text << ' ' << vlan;
    }
    return text.str();
}

}  // namespace eti::test
