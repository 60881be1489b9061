// Puts IP packets under every kind of header the product looks through: link layers, labels and
// tunnels. A table of them all serves the tests of parsing, resets and replay.
#pragma once

#include "eti/net/link_type.h"
#include "tests/support/packet_builder.h"

#include <functional>
#include <string>
#include <vector>

namespace eti::test {

// udp is a datagram with a right checksum, or with none.
inline Bytes udp(std::string_view source, uint16_t source_port, std::string_view destination,
                 uint16_t destination_port, const Bytes& payload, bool with_checksum = true) {
    Bytes datagram = join({number(source_port, 2), number(destination_port, 2),
                           number(8 + payload.size(), 2), number(0, 2), payload});
    if (with_checksum) {
        net::Checksum checksum;
        checksum.add(ip_bytes(source));
        checksum.add(ip_bytes(destination));
        checksum.add(net::kUdp);
        checksum.add(static_cast<uint16_t>(datagram.size()));
        checksum.add(datagram);
        const uint16_t sum = checksum.finish();
        datagram[6] = static_cast<uint8_t>(sum >> 8);
        datagram[7] = static_cast<uint8_t>(sum);
    }
    return datagram;
}

inline Bytes ip_packet(std::string_view source, std::string_view destination, uint8_t protocol,
                       const Bytes& body) {
    return is_v6(source) ? ipv6(source, destination, protocol, body)
                         : ipv4(source, destination, protocol, body);
}

// without_ethernet is the IP packet of a frame that has no tags.
inline Bytes without_ethernet(const Bytes& frame) {
    return {frame.begin() + 14, frame.end()};
}

inline uint16_t ethertype_of(const Bytes& ip) {
    return ip[0] >> 4 == 4 ? 0x0800 : 0x86dd;
}
inline Bytes ethernet_frame(const Bytes& ip, const std::vector<uint16_t>& vlans = {}) {
    return join({ethernet(ethertype_of(ip), vlans), ip});
}

// The two ends of the outer network, and which of them sends.
struct Ends {
    std::string source;
    std::string destination;
};
inline Ends ends_v4(bool reverse) {
    return reverse ? Ends{"198.51.100.2", "198.51.100.1"} : Ends{"198.51.100.1", "198.51.100.2"};
}
inline Ends ends_v6(bool reverse) {
    return reverse ? Ends{"2001:db8:ffff::2", "2001:db8:ffff::1"}
                   : Ends{"2001:db8:ffff::1", "2001:db8:ffff::2"};
}

inline Bytes over_ip(const Ends& ends, uint8_t protocol, const Bytes& body) {
    return ip_packet(ends.source, ends.destination, protocol, body);
}
inline Bytes over_udp(const Ends& ends, uint16_t source_port, uint16_t destination_port,
                      const Bytes& body, bool with_checksum = true) {
    return over_ip(
        ends, net::kUdp,
        udp(ends.source, source_port, ends.destination, destination_port, body, with_checksum));
}

inline Bytes mpls_labels(unsigned labels) {
    Bytes stack;
    for (unsigned i = 0; i < labels; ++i) {
        stack = join({stack, number((16 + i) << 12 | (i + 1 == labels ? 0x100U : 0U) | 64, 4)});
    }
    return stack;
}
inline Bytes ppp(const Bytes& ip, bool framed = false, bool compressed = false) {
    const uint16_t protocol = ip[0] >> 4 == 4 ? 0x0021 : 0x0057;
    return join({framed ? Bytes{0xff, 0x03} : Bytes{}, number(protocol, compressed ? 1 : 2), ip});
}
inline Bytes pppoe(const Bytes& body) {
    return join({{0x11, 0x00, 0x12, 0x34}, prefixed(2, body)});
}
inline Bytes snap(uint16_t ethertype, const Bytes& body) {
    return join({{0xaa, 0xaa, 0x03, 0, 0, 0}, number(ethertype, 2), body});
}
inline Bytes cisco_metadata(uint16_t ethertype, const Bytes& body) {
    return join({{1, 1, 0, 1, 0, 42}, number(ethertype, 2), body});
}

// gre takes the header's flags; a checksum is computed, other fields get recognisable values.
inline Bytes gre(uint16_t flags, uint16_t protocol, const Bytes& body) {
    const bool checksum = (flags & 0x8000) != 0;
    Bytes packet = join({number(flags, 2), number(protocol, 2), checksum ? Bytes(4, 0) : Bytes{},
                         (flags & 0x2000) != 0 ? number(0xcafe, 4) : Bytes{},
                         (flags & 0x1000) != 0 ? number(0x99, 4) : Bytes{}, body});
    if (checksum) {
        net::Checksum sum;
        sum.add(packet);
        packet[4] = static_cast<uint8_t>(sum.finish() >> 8);
        packet[5] = static_cast<uint8_t>(sum.finish());
    }
    return packet;
}
inline Bytes pptp(const Bytes& ppp_frame) {
    return join({number(0x3081, 2), number(0x880b, 2), number(ppp_frame.size(), 2), number(0x77, 2),
                 number(5, 4), number(4, 4), ppp_frame});
}
inline Bytes vxlan(uint32_t network, const Bytes& frame) {
    return join({number(0x08000000, 4), number(network << 8, 4), frame});
}
inline Bytes vxlan_gpe(uint32_t network, uint8_t protocol, const Bytes& body) {
    return join({{0x0c, 0, 0, protocol}, number(network << 8, 4), body});
}
inline Bytes geneve(uint32_t network, uint16_t protocol, const Bytes& options, const Bytes& body) {
    return join({number(options.size() / 4, 1), number(0, 1), number(protocol, 2),
                 number(network << 8, 4), options, body});
}
inline Bytes gtp(const Bytes& ip, bool extension) {
    const Bytes optional = extension ? Bytes{0, 7, 0, 0x85, 1, 0x10, 9, 0} : Bytes{};
    return join({number(extension ? 0x34 : 0x30, 1), number(255, 1),
                 number(optional.size() + ip.size(), 2), number(0xabcd, 4), optional, ip});
}
inline Bytes l2tp(const Bytes& ppp_frame, bool with_length) {
    return with_length ? join({number(0x4002, 2), number(8 + ppp_frame.size(), 2), number(3, 2),
                               number(4, 2), ppp_frame})
                       : join({number(0x0002, 2), number(3, 2), number(4, 2), ppp_frame});
}

// Which resets can be built in an encapsulation.
enum class Resets : uint8_t { Both, ReceiverOnly, None };

struct Encapsulation {
    std::string why;
    unsigned enclosing;  // IP headers around the innermost one
    Resets resets;
    // frame wraps an IP packet, as either end would send it.
    std::function<Bytes(const Bytes& ip, bool reverse)> frame;
    // GRE and the like inside IPv4 only take one family
    bool v4_only = false;
    bool v6_only = false;
    unsigned vlans = 0;  // tags the view shows
};

inline const std::vector<Encapsulation>& encapsulations() {
    using net::LinkType;
    // tunnel puts an outer packet into a frame with a VLAN tag, to see that both survive.
    const auto tunnel = [](auto make) {
        return [make](const Bytes& ip, bool reverse) {
            return ethernet_frame(make(ip, ends_v4(reverse)), {9});
        };
    };
    const auto tunnel6 = [](auto make) {
        return [make](const Bytes& ip, bool reverse) {
            return ethernet_frame(make(ip, ends_v6(reverse)));
        };
    };
    const auto link = [](auto make) { return [make](const Bytes& ip, bool) { return make(ip); }; };
    static const std::vector<Encapsulation> kAll{
        {"Ethernet", 0, Resets::Both, link([](const Bytes& ip) { return ethernet_frame(ip); })},
        {"two VLAN tags", 0, Resets::Both, link([](const Bytes& ip) {
             return ethernet_frame(ip, {5, 6});
         }),
         false, false, 2},
        {"802.1ad, then 0x9100", 0, Resets::Both, link([](const Bytes& ip) {
             return join({ethernet(0x88a8), number(5, 2), number(0x9100, 2), number(6, 2),
                          number(ethertype_of(ip), 2), ip});
         }),
         false, false, 2},
        {"a priority tag is no VLAN", 0, Resets::Both, link([](const Bytes& ip) {
             return join({ethernet(0x8100), number(0xe000, 2), number(ethertype_of(ip), 2), ip});
         })},
        {"Cisco metadata", 0, Resets::Both, link([](const Bytes& ip) {
             return join({ethernet(0x8909), cisco_metadata(ethertype_of(ip), ip)});
         })},
        {"Cisco metadata of two units behind a VLAN tag", 0, Resets::Both,
         link([](const Bytes& ip) {
             return join(
                 {ethernet(0x8909, {3}), {1, 2}, Bytes(12, 0), number(ethertype_of(ip), 2), ip});
         }),
         false, false, 1},
        {"one MPLS label", 0, Resets::ReceiverOnly, link([](const Bytes& ip) {
             return join({ethernet(0x8847), mpls_labels(1), ip});
         })},
        {"four MPLS labels", 0, Resets::ReceiverOnly, link([](const Bytes& ip) {
             return join({ethernet(0x8848), mpls_labels(4), ip});
         })},
        {"Ethernet pseudowire", 0, Resets::ReceiverOnly, link([](const Bytes& ip) {
             return join({ethernet(0x8847), mpls_labels(2), ethernet_frame(ip)});
         })},
        {"Ethernet pseudowire with control word", 0, Resets::ReceiverOnly,
         link([](const Bytes& ip) {
             return join({ethernet(0x8847), mpls_labels(2), number(7, 4), ethernet_frame(ip, {8})});
         }),
         false, false, 1},
        {"PPPoE", 0, Resets::Both, link([](const Bytes& ip) {
             return join({ethernet(0x8864), pppoe(ppp(ip))});
         })},
        {"PPPoE with a compressed protocol", 0, Resets::Both, link([](const Bytes& ip) {
             return join({ethernet(0x8864, {7}), pppoe(ppp(ip, false, true))});
         }),
         false, false, 1},
        {"LLC and SNAP", 0, Resets::Both, link([](const Bytes& ip) {
             const Bytes body = snap(ethertype_of(ip), ip);
             return join({ethernet(static_cast<uint16_t>(body.size())), body});
         })},
        {"GRE", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, ethertype_of(ip), ip));
         }),
         false, false, 1},
        {"GRE with checksum and key", 1, Resets::Both,
         tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0xa000, ethertype_of(ip), ip));
         }),
         false, false, 1},
        {"GRE with a sequence number", 1, Resets::ReceiverOnly,
         tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0x1000, ethertype_of(ip), ip));
         }),
         false, false, 1},
        {"GRE over IPv6", 1, Resets::Both, tunnel6([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, ethertype_of(ip), ip));
         })},
        {"Ethernet in GRE", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, 0x6558, ethernet_frame(ip, {77})));
         }),
         false, false, 2},
        {"MPLS in GRE", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, 0x8847, join({mpls_labels(2), ip})));
         }),
         false, false, 1},
        {"ERSPAN type I", 1, Resets::None, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, 0x88be, ethernet_frame(ip, {77})));
         }),
         false, false, 1},
        {"ERSPAN type II", 1, Resets::None, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(
                 ends, 47,
                 gre(0x1000, 0x88be, join({{0x10, 1, 0, 1, 0, 0, 0, 2}, ethernet_frame(ip)})));
         }),
         false, false, 1},
        {"ERSPAN type III", 1, Resets::None, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(
                 ends, 47,
                 gre(0x1000, 0x22eb,
                     join({{0x20, 1, 0, 1}, Bytes(7, 0), {1}, Bytes(8, 0), ethernet_frame(ip)})));
         }),
         false, false, 1},
        {"PPTP", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, pptp(ppp(ip, true)));
         }),
         false, false, 1},
        {"WCCP", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 47, gre(0, 0x883e, join({number(0x1234, 4), ip})));
         }),
         true, false, 1},
        {"IPv4 in IPv4", 1, Resets::Both,
         tunnel([](const Bytes& ip, const Ends& ends) { return over_ip(ends, 4, ip); }), true,
         false, 1},
        {"IPv4 in IPv6", 1, Resets::Both,
         tunnel6([](const Bytes& ip, const Ends& ends) { return over_ip(ends, 4, ip); }), true},
        {"6in4", 1, Resets::Both,
         tunnel([](const Bytes& ip, const Ends& ends) { return over_ip(ends, 41, ip); }), false,
         true, 1},
        {"IPv6 in IPv6", 1, Resets::Both,
         tunnel6([](const Bytes& ip, const Ends& ends) { return over_ip(ends, 41, ip); }), false,
         true},
        {"IPv6 in IPv6 with destination options", 1, Resets::ReceiverOnly,
         tunnel6([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 60, join({{41, 0, 4, 1, 4, 1, 1, 0}, ip}));
         }),
         false, true},
        {"EtherIP", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 97, join({number(0x3000, 2), ethernet_frame(ip)}));
         }),
         false, false, 1},
        {"MPLS in IP", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_ip(ends, 137, join({mpls_labels(1), ip}));
         }),
         false, false, 1},
        {"MPLS in UDP", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 6635, join({mpls_labels(1), ip}));
         }),
         false, false, 1},
        {"VXLAN", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 4789, vxlan(4242, ethernet_frame(ip)), false);
         }),
         false, false, 1},
        {"VXLAN over IPv6 with checksum and inner VLAN", 1, Resets::Both,
         tunnel6([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 8472, vxlan(4242, ethernet_frame(ip, {12})));
         }),
         false, false, 1},
        {"VXLAN-GPE", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 4790, vxlan_gpe(1, ip[0] >> 4 == 4 ? 1 : 2, ip));
         }),
         false, false, 1},
        {"GENEVE with options", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 6081,
                             geneve(7, 0x6558, Bytes(12, 0x44), ethernet_frame(ip)));
         }),
         false, false, 1},
        {"GENEVE with IP", 1, Resets::Both, tunnel6([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 50'000, 6081, geneve(7, ethertype_of(ip), {}, ip));
         })},
        {"GTP-U", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 2152, 2152, gtp(ip, false), false);
         }),
         false, false, 1},
        {"GTP-U with extension header", 1, Resets::ReceiverOnly,
         tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 2152, 2152, gtp(ip, true));
         }),
         false, false, 1},
        {"Teredo", 1, Resets::Both, tunnel([](const Bytes& ip, const Ends& ends) {
             return ends.source == ends_v4(false).source ? over_udp(ends, 51'000, 3544, ip)
                                                         : over_udp(ends, 3544, 51'000, ip);
         }),
         false, true, 1},
        {"Teredo with authentication and origin", 1, Resets::ReceiverOnly,
         tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 3544, 51'000,
                             join({{0, 1, 0, 0}, Bytes(9, 0), {0, 0, 1, 2, 3, 4, 5, 6}, ip}));
         }),
         false, true, 1},
        {"L2TP", 1, Resets::ReceiverOnly, tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 1701, 1701, l2tp(ppp(ip, true), true));
         }),
         false, false, 1},
        {"L2TP without length", 1, Resets::ReceiverOnly,
         tunnel([](const Bytes& ip, const Ends& ends) {
             return over_udp(ends, 40'001, 1701, l2tp(ppp(ip), false));
         }),
         false, false, 1},
        {"GRE in VXLAN in PPPoE", 2, Resets::Both,
         [](const Bytes& ip, bool reverse) {
             const Bytes inner = over_ip(ends_v6(reverse), 47, gre(0x8000, ethertype_of(ip), ip));
             const Bytes outer =
                 over_udp(ends_v4(reverse), 50'000, 4789, vxlan(5, ethernet_frame(inner)));
             return join({ethernet(0x8864), pppoe(ppp(outer))});
         }},
        {"eight IPv4 headers around", 8, Resets::Both,
         [](const Bytes& ip, bool reverse) {
             Bytes packet = ip;
             for (int i = 0; i < 8; ++i) {
                 packet = over_ip(ends_v4(reverse), 4, packet);
             }
             return ethernet_frame(packet);
         },
         true},
    };
    return kAll;
}

// A link type of captures with a frame of it. DLT_ number.
struct CaptureLink {
    std::string why;
    uint32_t link_type;
    std::function<Bytes(const Bytes& ip)> frame;
};

inline Bytes ieee80211(uint8_t type, uint8_t flags, const Bytes& behind_addresses,
                       const Bytes& ip) {
    return join({{type, flags, 0, 0},
                 Bytes(18, 0x02),
                 {0x10, 0},
                 behind_addresses,
                 snap(ethertype_of(ip), ip)});
}

inline const std::vector<CaptureLink>& capture_links() {
    static const auto kFamily = [](const Bytes& ip) { return ip[0] >> 4 == 4 ? 2U : 30U; };
    static const std::vector<CaptureLink> kAll{
        {"Ethernet", 1, [](const Bytes& ip) { return ethernet_frame(ip); }},
        {"raw IP", 12, [](const Bytes& ip) { return ip; }},
        {"raw IP as OpenBSD numbers it", 14, [](const Bytes& ip) { return ip; }},
        {"null, little-endian", 0,
         [](const Bytes& ip) {
             return join({{static_cast<uint8_t>(kFamily(ip)), 0, 0, 0}, ip});
         }},
        {"null, big-endian", 0,
         [](const Bytes& ip) {
             return join({number(kFamily(ip), 4), ip});
         }},
        {"loopback", 108,
         [](const Bytes& ip) {
             return join({number(kFamily(ip), 4), ip});
         }},
        {"Linux cooked", 113,
         [](const Bytes& ip) {
             return join({number(0, 2), number(1, 2), number(6, 2), Bytes(8, 2),
                          number(ethertype_of(ip), 2), ip});
         }},
        {"Linux cooked, version 2", 276,
         [](const Bytes& ip) {
             return join({number(ethertype_of(ip), 2),
                          number(0, 2),
                          number(3, 4),
                          number(1, 2),
                          {0, 6},
                          Bytes(8, 2),
                          ip});
         }},
        {"PPP", 9, [](const Bytes& ip) { return ppp(ip); }},
        {"PPP with HDLC framing", 50, [](const Bytes& ip) { return ppp(ip, true); }},
        {"PPP with direction", 166,
         [](const Bytes& ip) {
             return join({{0x01, 0x03}, ppp(ip)});
         }},
        {"PPP over Ethernet", 51, [](const Bytes& ip) { return pppoe(ppp(ip)); }},
        {"Cisco HDLC", 104,
         [](const Bytes& ip) {
             return join({{0x0f, 0}, number(ethertype_of(ip), 2), ip});
         }},
        {"802.11", 105, [](const Bytes& ip) { return ieee80211(0x08, 0x01, {}, ip); }},
        {"802.11 QoS, four addresses, HT control", 105,
         [](const Bytes& ip) { return ieee80211(0x88, 0x83, Bytes(12, 0), ip); }},
        {"radiotap", 127,
         [](const Bytes& ip) {
             return join({{0, 0, 8, 0, 0, 0, 0, 0}, ieee80211(0x08, 0x02, {}, ip)});
         }},
        {"radiotap with a time stamp and a padded header", 127,
         [](const Bytes& ip) {
             return join({{0, 0, 25, 0, 3, 0, 0, 0x80, 1, 0, 0, 0},
                          Bytes(4, 0),
                          Bytes(8, 1),
                          {0x20},
                          ieee80211(0x88, 0x01, Bytes(4, 0), ip)});
         }},
        {"Prism", 119,
         [](const Bytes& ip) {
             return join(
                 {{0x44, 0, 0, 0, 144, 0, 0, 0}, Bytes(136, 0), ieee80211(0x08, 0x01, {}, ip)});
         }},
        {"AVS", 163,
         [](const Bytes& ip) {
             return join({number(0x80211001, 4), number(64, 4), Bytes(56, 0),
                          ieee80211(0x08, 0x01, {}, ip)});
         }},
        {"PPI with 802.11", 192,
         [](const Bytes& ip) {
             return join({{0, 0, 8, 0, 105, 0, 0, 0}, ieee80211(0x08, 0x01, {}, ip)});
         }},
    };
    return kAll;
}

}  // namespace eti::test
