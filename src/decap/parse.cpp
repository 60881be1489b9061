#include "eti/decap/parse.h"

#include "descent.h"
#include "tunnels.h"

namespace eti::decap {
namespace {

using net::LayerTrace;
using net::PacketView;
using net::ParseResult;
using net::Region;

enum : uint8_t {
    kIpv4 = 4,
    kIpv6 = 41,
    kGre = 47,
    kEtherIp = 97,
    kMplsInIp = 137,
    kEthernet = 143
};

// UDP ports (IANA), and 8472, which Linux used for VXLAN before it had one.
enum : uint16_t {
    kL2tp = 1701,
    kGtpU = 2152,
    kTeredo = 3544,
    kVxlan = 4789,
    kVxlanGpe = 4790,
    kGeneve = 6081,
    kMplsInUdp = 6635,
    kOldVxlan = 8472,
};

// Where both ends use the tunnel's port as destination, only that one says what a packet is.
enum class UdpTunnel : uint8_t { None, L2tp, Gtp, Teredo, Vxlan, VxlanGpe, Geneve, Mpls };

UdpTunnel udp_tunnel(const PacketView& view) {
    switch (view.destination_port) {
        case kVxlan:
        case kOldVxlan:
            return UdpTunnel::Vxlan;
        case kVxlanGpe:
            return UdpTunnel::VxlanGpe;
        case kGeneve:
            return UdpTunnel::Geneve;
        case kGtpU:
            return UdpTunnel::Gtp;
        case kMplsInUdp:
            return UdpTunnel::Mpls;
        case kTeredo:
            return UdpTunnel::Teredo;
        case kL2tp:
            return UdpTunnel::L2tp;
        default:
            break;
    }
    if (view.source_port == kTeredo) {
        return UdpTunnel::Teredo;
    }
    return view.source_port == kL2tp ? UdpTunnel::L2tp : UdpTunnel::None;
}

bool names_port_both_ways(UdpTunnel tunnel) {
    return tunnel != UdpTunnel::L2tp && tunnel != UdpTunnel::Teredo;
}

ParseResult enter_udp(UdpTunnel tunnel, Region& body, PacketView& inner) {
    switch (tunnel) {
        case UdpTunnel::L2tp:
            return enter_l2tp(body, inner);
        case UdpTunnel::Gtp:
            return enter_gtp(body, inner);
        case UdpTunnel::Teredo:
            return enter_teredo(body, inner);
        case UdpTunnel::Vxlan:
            return enter_vxlan(body, inner);
        case UdpTunnel::VxlanGpe:
            return enter_vxlan_gpe(body, inner);
        case UdpTunnel::Geneve:
            return enter_geneve(body, inner);
        case UdpTunnel::Mpls:
            return net::parse_mpls(body, inner);
        case UdpTunnel::None:
            break;
    }
    return ParseResult::NotIp;
}

ParseResult enter_protocol(uint8_t protocol, Region& body, PacketView& inner) {
    switch (protocol) {
        case kIpv4:
            return net::parse_ipv4(body, inner);
        case kIpv6:
            return net::parse_ipv6(body, inner);
        case kGre:
            return enter_gre(body, inner);
        case kEtherIp:
            return enter_etherip(body, inner);
        case kMplsInIp:
            return net::parse_mpls(body, inner);
        case kEthernet:  // RFC 8986 section 4.9
            return net::parse_ethernet(body, inner);
        default:
            return ParseResult::NotIp;
    }
}

Region payload_of(const PacketView& view, bool capture, LayerTrace* trace) {
    Region body = Region::whole(view.payload, {net::LinkType::RawIp, capture, view.missing});
    body.end += view.ip_offset + view.ip_header_bytes + view.transport_header_bytes;
    body.trace = trace;
    return body;
}

void record_carrier(const PacketView& view, UdpTunnel tunnel, LayerTrace& trace) {
    trace.add(view.ipv6 ? LayerTrace::Kind::Ipv6 : LayerTrace::Kind::Ipv4, view.ip_offset,
              view.ip_header_bytes);
    if (tunnel != UdpTunnel::None) {
        trace.add(
            names_port_both_ways(tunnel) ? LayerTrace::Kind::TunnelUdp : LayerTrace::Kind::Udp,
            view.ip_offset + view.ip_header_bytes);
    }
}

// Of what goes on inside, only this much depends on the packet around it.
PacketView inside(const PacketView& view) {
    PacketView inner;
    inner.frame = view.frame;
    inner.vlans = view.vlans;
    inner.tunnel = view.tunnel;
    inner.enclosing = static_cast<uint8_t>(view.enclosing + 1);
    return inner;
}

bool reached_ip(ParseResult result) {
    return result != ParseResult::NotIp && result != ParseResult::Malformed;
}

}  // namespace

ParseResult descend(ParseResult parsed, bool capture, LayerTrace* trace, PacketView& view,
                    Outer& outer) {
    while (view.enclosing < kMaxEnclosing) {
        UdpTunnel tunnel = UdpTunnel::None;
        if (parsed == ParseResult::Transport) {
            tunnel = view.protocol == net::kUdp ? udp_tunnel(view) : UdpTunnel::None;
            if (tunnel == UdpTunnel::None) {
                return parsed;
            }
        } else if (parsed != ParseResult::OtherIp) {
            return parsed;
        }
        if (trace != nullptr) {
            record_carrier(view, tunnel, *trace);
        }
        PacketView inner = inside(view);
        Region body = payload_of(view, capture, trace);
        const ParseResult entered = tunnel == UdpTunnel::None
                                        ? enter_protocol(view.protocol, body, inner)
                                        : enter_udp(tunnel, body, inner);
        if (!reached_ip(entered)) {
            return parsed;
        }
        outer.push({view.source, view.destination});
        view = inner;
        parsed = entered;
    }
    return parsed;
}

ParseResult parse(std::span<const uint8_t> frame, const net::Framing& framing,
                  PacketView& innermost, Outer& outer) {
    outer.clear();
    const ParseResult parsed = net::parse_packet(frame, framing, innermost);
    if (parsed == ParseResult::Transport && innermost.protocol == net::kTcp) {
        return parsed;
    }
    return descend(parsed, framing.capture, nullptr, innermost, outer);
}

ParseResult parse_ip(std::span<const uint8_t> packet, const PacketView& fragment,
                     PacketView& innermost, Outer& outer) {
    PacketView whole;
    whole.frame = packet;
    whole.vlans = fragment.vlans;
    whole.tunnel = fragment.tunnel;
    whole.enclosing = fragment.enclosing;
    Region region = Region::whole(packet);
    const ParseResult parsed = net::parse_ip(region, whole);
    innermost = whole;
    return descend(parsed, false, nullptr, innermost, outer);
}

}  // namespace eti::decap
