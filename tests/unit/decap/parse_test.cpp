#include "eti/decap/parse.h"

#include "eti/net/transport_checksum.h"
#include "tests/support/encapsulation_builder.h"

#include <gtest/gtest.h>

namespace eti::decap {
namespace {

using net::PacketView;
using net::ParseResult;
using test::Bytes;

struct Inner {
    const char* why;
    Bytes ip;
    bool v6;
    uint8_t protocol;
};

const std::vector<Inner>& inners() {
    static const std::vector<Inner> kInners{
        {"TCP over IPv4",
         test::without_ethernet(test::tcp_frame(
             {.sequence = 0x01020304, .flags = net::kPsh | net::kAck, .payload = {1, 2, 3}})),
         false, net::kTcp},
        {"TCP over IPv6",
         test::without_ethernet(test::tcp_frame({.source = "fd00::10",
                                                 .destination = "2001:db8::1",
                                                 .sequence = 0x01020304,
                                                 .payload = {1, 2, 3}})),
         true, net::kTcp},
        {"UDP over IPv4",
         test::ip_packet("10.0.1.10", "192.0.2.1", net::kUdp,
                         test::udp("10.0.1.10", 40'000, "192.0.2.1", 443, {1, 2, 3})),
         false, net::kUdp},
    };
    return kInners;
}

bool fits(const test::Encapsulation& encapsulation, const Inner& inner) {
    return inner.v6 ? !encapsulation.v4_only : !encapsulation.v6_only;
}

void expect_inner(const Inner& inner, const PacketView& view) {
    EXPECT_EQ(view.ipv6, inner.v6);
    EXPECT_EQ(view.protocol, inner.protocol);
    EXPECT_EQ(to_string(view.source), inner.v6 ? "fd00::10" : "10.0.1.10");
    EXPECT_EQ(to_string(view.destination), inner.v6 ? "2001:db8::1" : "192.0.2.1");
    EXPECT_EQ(view.source_port, 40'000);
    EXPECT_EQ(view.destination_port, 443);
    EXPECT_EQ(view.ip_bytes, inner.ip.size());
    EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), (Bytes{1, 2, 3}));
    const auto ip = view.frame.subspan(view.ip_offset, view.ip_bytes);
    EXPECT_EQ(Bytes(ip.begin(), ip.end()), inner.ip);
    EXPECT_EQ(transport_checksum(view), net::ChecksumState::Valid);
    EXPECT_TRUE(ip_checksum_valid(view));
}

TEST(Parse, EveryEncapsulationShowsTheSameInnerPacket) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        for (const Inner& inner : inners()) {
            if (!fits(e, inner)) {
                continue;
            }
            SCOPED_TRACE(e.why + ", " + inner.why);
            // Ethernet padding must not show.
            const Bytes frame = test::join({e.frame(inner.ip, false), Bytes(5, 0xee)});
            PacketView view;
            Outer outer;
            ASSERT_EQ(parse(frame, {}, view, outer), ParseResult::Transport);
            expect_inner(inner, view);
            EXPECT_EQ(view.enclosing, e.enclosing);
            EXPECT_EQ(view.vlans.size(), e.vlans);
            EXPECT_EQ(outer.size(), std::min(e.enclosing, 2U));
            EXPECT_EQ(outer.truncated(), e.enclosing > 2);
        }
    }
}

TEST(Parse, EveryCaptureLinkShowsTheSameInnerPacket) {
    for (const test::CaptureLink& link : test::capture_links()) {
        for (const Inner& inner : inners()) {
            SCOPED_TRACE(link.why + ", " + inner.why);
            const Bytes frame = test::join({link.frame(inner.ip), Bytes(4, 0xee)});
            PacketView view;
            Outer outer;
            ASSERT_EQ(parse(frame, {net::link_type_of(link.link_type), true, 0}, view, outer),
                      ParseResult::Transport);
            expect_inner(inner, view);
        }
    }
}

// Whatever is missing, a packet shows its own addresses and ports, those of a packet around it, or
// none.
void expect_honest(const Inner& inner, ParseResult result, const PacketView& view, bool tunnelled) {
    const bool innermost = to_string(view.destination) == (inner.v6 ? "2001:db8::1" : "192.0.2.1");
    if (result == ParseResult::Transport) {
        EXPECT_TRUE(innermost || tunnelled);
        if (innermost) {
            EXPECT_EQ(view.source_port, 40'000);
            EXPECT_EQ(view.destination_port, 443);
            EXPECT_EQ(view.payload.size() + view.missing, 3U);
        } else {
            EXPECT_EQ(view.protocol, net::kUdp);
        }
    }
}

TEST(Parse, NoTruncationCrashesOrShowsWrongPorts) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        for (const Inner& inner : inners()) {
            if (!fits(e, inner)) {
                continue;
            }
            SCOPED_TRACE(e.why + ", " + inner.why);
            const Bytes frame = e.frame(inner.ip, false);
            for (std::size_t size = 0; size < frame.size(); ++size) {
                const Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
                PacketView view;
                Outer outer;
                const ParseResult live = parse(cut, {}, view, outer);
                EXPECT_NE(live, ParseResult::Transport) << size;
                const auto missing = static_cast<uint32_t>(frame.size() - size);
                expect_honest(inner,
                              parse(cut, {net::LinkType::Ethernet, true, missing}, view, outer),
                              view, e.enclosing > 0);
            }
        }
    }
}

TEST(Parse, ACutCaptureIsParsedAsFarAsItGoes) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        for (const Inner& inner : inners()) {
            if (!fits(e, inner)) {
                continue;
            }
            SCOPED_TRACE(e.why + ", " + inner.why);
            Bytes frame = e.frame(inner.ip, false);
            frame.resize(frame.size() - 2);
            PacketView view;
            Outer outer;
            ASSERT_EQ(parse(frame, {net::LinkType::Ethernet, true, 2}, view, outer),
                      ParseResult::Transport);
            EXPECT_EQ(view.enclosing, e.enclosing);
            EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), Bytes{1});
            EXPECT_EQ(view.missing, 2U);
            EXPECT_EQ(transport_checksum(view), net::ChecksumState::Unknown);
        }
    }
}

TEST(Parse, NothingBehindATunnelsPortIsBelievedUnlessItIsTheTunnel) {
    struct Case {
        const char* why;
        uint16_t port;
        Bytes payload;
    };
    const Bytes ip = inners()[0].ip;
    const Case cases[] = {
        {"VXLAN without the network bit", 4789,
         test::join({test::number(0, 4), test::number(0, 4), test::ethernet_frame(ip)})},
        {"VXLAN with ARP", 4789,
         test::vxlan(1, test::join({test::ethernet(0x0806), Bytes(28, 0)}))},
        {"VXLAN with an inner total length beyond the frame", 4789,
         test::vxlan(1, test::ethernet_frame([&] {
                         Bytes longer = ip;
                         longer[3] = static_cast<uint8_t>(longer[3] + 1);
                         return longer;
                     }()))},
        {"VXLAN-GPE management", 4790,
         [&] {
             Bytes packet = test::vxlan_gpe(1, 1, ip);
             packet[0] |= 1;
             return packet;
         }()},
        {"GENEVE of another version", 6081,
         [&] {
             Bytes packet = test::geneve(1, 0x0800, {}, ip);
             packet[0] |= 0x40;
             return packet;
         }()},
        {"GENEVE control", 6081,
         [&] {
             Bytes packet = test::geneve(1, 0x0800, {}, ip);
             packet[1] |= 0x80;
             return packet;
         }()},
        {"GENEVE options longer than the packet", 6081,
         [&] {
             Bytes packet = test::geneve(1, 0x0800, {}, ip);
             packet[0] |= 0x3f;
             return packet;
         }()},
        {"GTP echo request", 2152,
         [&] {
             Bytes packet = test::gtp(ip, false);
             packet[1] = 1;
             return packet;
         }()},
        {"GTP prime", 2152,
         [&] {
             Bytes packet = test::gtp(ip, false);
             packet[0] = 0x20;
             return packet;
         }()},
        {"GTP length one too long", 2152,
         [&] {
             Bytes packet = test::gtp(ip, false);
             packet[3] = static_cast<uint8_t>(packet[3] + 1);
             return packet;
         }()},
        {"GTP extension header of length 0", 2152,
         [&] {
             Bytes packet = test::gtp(ip, true);
             packet[12] = 0;
             return packet;
         }()},
        {"Teredo with IPv4", 3544, ip},
        {"L2TP control message", 1701,
         [&] {
             Bytes packet = test::l2tp(test::ppp(ip), true);
             packet[0] |= 0x80;
             return packet;
         }()},
        {"L2TP of version 3", 1701,
         [&] {
             Bytes packet = test::l2tp(test::ppp(ip), true);
             packet[1] = 3;
             return packet;
         }()},
        {"plain text", 4789, test::text("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n")},
        {"nothing", 4789, {}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Bytes frame =
            test::ethernet_frame(test::over_udp(test::ends_v4(false), 50'000, c.port, c.payload));
        PacketView view;
        Outer outer;
        ASSERT_EQ(parse(frame, {}, view, outer), ParseResult::Transport);
        EXPECT_EQ(view.destination_port, c.port);
        EXPECT_EQ(view.enclosing, 0);
        EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), c.payload);
        EXPECT_TRUE(outer.empty());
        EXPECT_EQ(view.tunnel, 0U);
    }
}

TEST(Parse, OtherTunnelsThatCannotBeEnteredAreOtherIp) {
    struct Case {
        const char* why;
        uint8_t protocol;
        Bytes body;
    };
    const Bytes ip = inners()[0].ip;
    const Case cases[] = {
        {"GRE with source routes", 47, test::gre(0x4000, 0x0800, ip)},
        {"GRE version 2", 47, test::gre(0x0002, 0x0800, ip)},
        {"GRE keepalive", 47, test::gre(0, 0, {})},
        {"PPTP without payload", 47, test::pptp({})},
        {"GRE cut in its header", 47, {0x20, 0, 8}},
        {"IPv6 in protocol 4", 4, inners()[1].ip},
        {"EtherIP of another version", 97, test::join({{0x40, 0}, test::ethernet_frame(ip)})},
        {"five MPLS labels", 137, test::join({test::mpls_labels(5), ip})},
        {"ESP", 50, Bytes(40, 0x55)},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Bytes frame =
            test::ethernet_frame(test::over_ip(test::ends_v4(false), c.protocol, c.body));
        PacketView view;
        Outer outer;
        ASSERT_EQ(parse(frame, {}, view, outer), ParseResult::OtherIp);
        EXPECT_EQ(view.protocol, c.protocol);
        EXPECT_EQ(to_string(view.source), "198.51.100.1");
        EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), c.body);
        EXPECT_TRUE(outer.empty());
    }
}

TEST(Parse, ANinthHeaderIsNotOpened) {
    Bytes packet = inners()[0].ip;
    for (int i = 0; i < 9; ++i) {
        packet = test::over_ip(test::ends_v4(false), 4, packet);
    }
    PacketView view;
    Outer outer;
    EXPECT_EQ(parse(test::ethernet_frame(packet), {}, view, outer), ParseResult::OtherIp);
    EXPECT_EQ(view.enclosing, kMaxEnclosing);
    EXPECT_EQ(view.protocol, 4);
}

TEST(Parse, AFragmentEndsTheDescentAndGoesOnWhenWhole) {
    const Bytes inner = inners()[0].ip;
    const Bytes body = test::gre(0x2000, 0x0800, inner);
    const Bytes first(body.begin(), body.begin() + 24);
    // 6in4-like nesting around it: the fragment is not the outermost packet.
    const Bytes fragment = test::ipv4("203.0.113.1", "203.0.113.2", 47, first, {}, 0x2000);
    const Bytes frame =
        test::ethernet_frame(test::over_udp(test::ends_v4(false), 50'000, 4789,
                                            test::vxlan(9, test::ethernet_frame(fragment))),
                             {4});
    PacketView view;
    Outer outer;
    ASSERT_EQ(parse(frame, {}, view, outer), ParseResult::Fragment);
    EXPECT_EQ(to_string(view.source), "203.0.113.1");
    EXPECT_EQ(view.enclosing, 1);
    EXPECT_TRUE(view.more_fragments);
    EXPECT_EQ(view.fragment_offset, 0);
    EXPECT_EQ(view.ip_identification, 7U);
    EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), first);
    EXPECT_EQ(view.ip_header().size(), 20U);

    const Bytes whole = test::ipv4("203.0.113.1", "203.0.113.2", 47, body);
    PacketView innermost;
    ASSERT_EQ(parse_ip(whole, view, innermost, outer), ParseResult::Transport);
    expect_inner(inners()[0], innermost);
    EXPECT_EQ(innermost.enclosing, 2);
    EXPECT_EQ(innermost.vlans.size(), 1U);
    EXPECT_EQ(innermost.tunnel, view.tunnel);
    ASSERT_EQ(outer.size(), 2U);
    EXPECT_EQ(to_string(outer.view()[0].source), "198.51.100.1");
    EXPECT_EQ(to_string(outer.view()[1].destination), "203.0.113.2");
}

TEST(Parse, NetworkIdentifiersKeepTenantsApartAndOthersDoNot) {
    const auto tunnel_of = [](const Bytes& packet) {
        PacketView view;
        Outer outer;
        EXPECT_EQ(parse(test::ethernet_frame(packet), {}, view, outer), ParseResult::Transport);
        return view.tunnel;
    };
    const Bytes ip = inners()[0].ip;
    const auto ends = test::ends_v4(false);
    const auto vxlan = [&](uint32_t network) {
        return tunnel_of(
            test::over_udp(ends, 1, 4789, test::vxlan(network, test::ethernet_frame(ip))));
    };
    EXPECT_NE(vxlan(1), vxlan(2));
    EXPECT_NE(vxlan(0), 0U) << "network 0 is a network";
    EXPECT_NE(tunnel_of(test::over_udp(ends, 1, 6081, test::geneve(1, 0x0800, {}, ip))),
              tunnel_of(test::over_udp(ends, 1, 6081, test::geneve(2, 0x0800, {}, ip))));
    EXPECT_EQ(tunnel_of(test::over_udp(ends, 1, 2152, test::gtp(ip, false))), 0U);
    EXPECT_EQ(tunnel_of(test::over_ip(ends, 47, test::gre(0x2000, 0x0800, ip))), 0U);
}

}  // namespace
}  // namespace eti::decap
