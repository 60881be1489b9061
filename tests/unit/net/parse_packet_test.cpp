#include "eti/net/layers.h"
#include "eti/net/packet_view.h"
#include "tests/support/encapsulation_builder.h"
#include "tests/support/view_facts.h"

#include <gtest/gtest.h>

namespace eti::net {
namespace {

using test::Bytes;

struct Case {
    const char* why;
    Bytes frame;
    ParseResult result;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> kCases{
        {"TCP over IPv4", test::tcp_frame({.payload = {1, 2, 3}}), ParseResult::Transport},
        {"TCP over IPv6",
         test::tcp_frame({.source = "fd00::1", .destination = "2001:db8::1", .payload = {1}}),
         ParseResult::Transport},
        {"one VLAN tag", test::tcp_frame({.vlans = {5}}), ParseResult::Transport},
        {"four VLAN tags", test::tcp_frame({.vlans = {1, 2, 3, 4}}), ParseResult::Transport},
        {"a fifth tag is no IP", test::tcp_frame({.vlans = {1, 2, 3, 4, 5}}), ParseResult::NotIp},
        {"IPv4 options", test::tcp_frame({.ip_options = Bytes(8, 1)}), ParseResult::Transport},
        {"UDP", test::udp_frame("10.0.0.1", 53, "10.0.0.2", 53, {1}), ParseResult::Transport},
        {"ICMP", test::ip_frame("10.0.0.1", "10.0.0.2", kIcmp, {8, 0, 0, 0}),
         ParseResult::OtherIp},
        {"ARP", test::join({test::ethernet(0x0806), Bytes(28, 0)}), ParseResult::NotIp},
        {"first fragment",
         test::join({test::ethernet(0x0800),
                     test::ipv4("10.0.0.1", "10.0.0.2", kTcp, Bytes(24, 0), {}, 0x2000)}),
         ParseResult::Fragment},
        {"later fragment",
         test::join({test::ethernet(0x0800),
                     test::ipv4("10.0.0.1", "10.0.0.2", kTcp, Bytes(24, 0), {}, 0x0003)}),
         ParseResult::Fragment},
        {"IPv6 fragment header",
         test::ip_frame("fd00::1", "fd00::2", 44, {6, 0, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4}),
         ParseResult::Fragment},
        {"IPv6 hop-by-hop, then UDP",
         test::ip_frame("fd00::1", "fd00::2", 0,
                        test::join({{kUdp, 0, 1, 4, 0, 0, 0, 0}, {0, 1, 0, 2, 0, 8, 0, 0}})),
         ParseResult::Transport},
        {"forty extension headers, as an endpoint takes them",
         test::ip_frame("fd00::1", "fd00::2", 60,
                        [] {
                            Bytes all;
                            for (int i = 0; i < 40; ++i) {
                                const uint8_t next = i == 39 ? kUdp : 60;
                                all = test::join({all, {next, 0, 1, 4, 0, 0, 0, 0}});
                            }
                            return test::join({all, {0, 1, 0, 2, 0, 8, 0, 0}});
                        }()),
         ParseResult::Transport},
        {"IPv6 atomic fragment",
         test::ip_frame("fd00::1", "fd00::2", 44,
                        test::join({{kUdp, 0, 0, 0, 0, 0, 0, 7}, {0, 1, 0, 2, 0, 8, 0, 0}})),
         ParseResult::Transport},
        {"mobility, then UDP",
         test::ip_frame("fd00::1", "fd00::2", 135,
                        test::join({{kUdp, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 2, 0, 8, 0, 0}})),
         ParseResult::Transport},
        {"authentication, then UDP",
         test::ip_frame("10.0.0.1", "10.0.0.2", 51,
                        test::join({{kUdp, 4, 0, 0}, Bytes(20, 0), {0, 1, 0, 2, 0, 8, 0, 0}})),
         ParseResult::Transport},
        {"ESP hides what follows", test::ip_frame("fd00::1", "fd00::2", 50, Bytes(40, 0)),
         ParseResult::OtherIp},
        {"an extension header beyond the packet",
         test::ip_frame("fd00::1", "fd00::2", 60, {kUdp, 1, 1, 4, 0, 0, 0, 0}),
         ParseResult::Malformed},
        {"UDP of length 0 over IPv6 takes the whole packet",
         test::ip_frame("fd00::1", "fd00::2", kUdp, {0, 1, 0, 2, 0, 0, 0, 0, 9}),
         ParseResult::Transport},
        {"UDP of length 0 over IPv4 does not",
         test::ip_frame("10.0.0.1", "10.0.0.2", kUdp, {0, 1, 0, 2, 0, 0, 0, 0, 9}),
         ParseResult::Malformed},
        {"IPv4 of length 0 on the wire", [] {
             Bytes frame = test::tcp_frame({});
             frame[14 + 2] = frame[14 + 3] = 0;
             return frame;
         }(), ParseResult::Malformed},
        {"IPv6 of length 0 behind which Linux looks for a jumbo payload option", [] {
             Bytes frame = test::ip_frame(
                 "fd00::1", "fd00::2", 0,
                 test::join({{kUdp, 0, 1, 4, 0, 0, 0, 0}, {0, 1, 0, 2, 0, 8, 0, 0}}));
             frame[14 + 4] = frame[14 + 5] = 0;
             return frame;
         }(), ParseResult::Transport},
        {"LLC of another service", test::join({test::ethernet(40), {0x42, 0x42, 3}, Bytes(37, 0)}),
         ParseResult::NotIp},
        {"five MPLS labels",
         test::join({test::ethernet(0x8847), test::mpls_labels(5), Bytes(40, 0x45)}),
         ParseResult::NotIp},
        {"MPLS with a pseudowire of something else",
         test::join({test::ethernet(0x8847), test::mpls_labels(1), Bytes(60, 0)}),
         ParseResult::NotIp},
        {"PPPoE discovery", test::join({test::ethernet(0x8864), {0x11, 9, 0, 0, 0, 0}}),
         ParseResult::NotIp},
        {"PPPoE beyond the frame", test::join({test::ethernet(0x8864), {0x11, 0, 0, 1, 0, 9}, {0}}),
         ParseResult::Malformed},
        {"PPP control protocol",
         test::join({test::ethernet(0x8864), {0x11, 0, 0, 1, 0, 4}, {0xc0, 0x21, 1, 2}}),
         ParseResult::NotIp},
        {"Cisco metadata without length", test::join({test::ethernet(0x8909), Bytes(40, 0)}),
         ParseResult::Malformed},
        {"TCP data offset below 5", [] {
             Bytes frame = test::tcp_frame({});
             frame[14 + 20 + 12] = 0x40;
             return frame;
         }(), ParseResult::Malformed},
        {"TCP data offset beyond the segment", [] {
             Bytes frame = test::tcp_frame({});
             frame[14 + 20 + 12] = 0xf0;
             return frame;
         }(), ParseResult::Malformed},
        {"IPv4 total length beyond the frame", [] {
             Bytes frame = test::tcp_frame({});
             frame[14 + 3] += 1;
             return frame;
         }(), ParseResult::Malformed},
        {"IPv4 header length below 5", [] {
             Bytes frame = test::tcp_frame({});
             frame[14] = 0x44;
             return frame;
         }(), ParseResult::Malformed},
        {"empty frame", {}, ParseResult::Malformed},
    };
    return kCases;
}

TEST(ParsePacket, SaysHowFarItGot) {
    for (const Case& c : cases()) {
        PacketView view;
        EXPECT_EQ(parse_packet(c.frame, view), c.result) << c.why;
    }
}

TEST(ParsePacket, FillsWhatTcpSays) {
    const Bytes frame = test::join({test::tcp_frame({.sequence = 0x01020304,
                                                     .acknowledgment = 0x05060708,
                                                     .flags = kPsh | kAck,
                                                     .payload = {9, 8, 7},
                                                     .vlans = {100, 200}}),
                                    Bytes(6, 0xee)});  // Ethernet padding
    PacketView view;
    ASSERT_EQ(parse_packet(frame, view), ParseResult::Transport);
    EXPECT_EQ(to_string(view.source), "10.0.1.10");
    EXPECT_EQ(to_string(view.destination), "192.0.2.1");
    EXPECT_EQ(view.source_port, 40'000);
    EXPECT_EQ(view.destination_port, 443);
    EXPECT_EQ(view.sequence, 0x01020304U);
    EXPECT_EQ(view.acknowledgment, 0x05060708U);
    EXPECT_EQ(view.sequence_length(), 3U);
    EXPECT_EQ(view.ip_bytes, 43);
    EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), (Bytes{9, 8, 7}));
    ASSERT_EQ(view.vlans.size(), 2U);
    EXPECT_EQ(view.vlans.view()[1], 200);
}

TEST(ParsePacket, FillsTheRestOfTcpAndIp) {
    Bytes frame = test::tcp_frame({.flags = kAck | kUrg, .payload = Bytes(10, 5)});
    frame[14 + 20 + 12] = 0x70;  // two words of options
    frame[14 + 20 + 14] = 0x12;
    frame[14 + 20 + 15] = 0x34;
    frame[14 + 20 + 19] = 3;
    PacketView view;
    ASSERT_EQ(parse_packet(frame, view), ParseResult::Transport);
    EXPECT_EQ(view.tcp_window, 0x1234);
    EXPECT_EQ(view.urgent_pointer, 3);
    EXPECT_EQ(view.ttl, 64);
    EXPECT_EQ(view.ip_identification, 7U);
    EXPECT_EQ(Bytes(view.tcp_options().begin(), view.tcp_options().end()), Bytes(8, 5));
    EXPECT_EQ(view.payload.size(), 2U);
    ASSERT_EQ(parse_packet(test::tcp_frame({}), view), ParseResult::Transport);
    EXPECT_TRUE(view.tcp_options().empty());
}

TEST(ParsePacket, AFragmentHasAllThatReassemblyNeeds) {
    PacketView view;
    const Bytes v4 =
        test::join({test::ethernet(0x0800),
                    test::ipv4("10.0.0.1", "10.0.0.2", kIcmp, Bytes(24, 9), Bytes(4, 1), 0x2003),
                    {0, 0}});
    ASSERT_EQ(parse_packet(v4, view), ParseResult::Fragment);
    EXPECT_EQ(view.fragment_offset, 24);
    EXPECT_TRUE(view.more_fragments);
    EXPECT_EQ(view.ip_identification, 7U);
    EXPECT_EQ(view.protocol, kIcmp);
    EXPECT_EQ(view.ip_header().size(), 24U);
    EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), Bytes(24, 9));

    const Bytes options{44, 0, 1, 4, 0, 0, 0, 0};
    const Bytes v6 =
        test::ip_frame("fd00::1", "fd00::2", 60,
                       test::join({options, {kTcp, 0, 0x01, 0x00, 1, 2, 3, 4}, Bytes(16, 9)}));
    ASSERT_EQ(parse_packet(v6, view), ParseResult::Fragment);
    EXPECT_EQ(view.fragment_offset, 0x100);
    EXPECT_FALSE(view.more_fragments);
    EXPECT_EQ(view.ip_identification, 0x01020304U);
    EXPECT_EQ(view.protocol, kTcp);
    EXPECT_EQ(view.ip_header().size(), 48U);
    EXPECT_EQ(Bytes(view.payload.begin(), view.payload.end()), Bytes(16, 9));
}

TEST(ParsePacket, OffloadedLengthsEndWithTheFrameInCapturesOnly) {
    for (const bool v6 : {false, true}) {
        Bytes frame = test::tcp_frame({.source = v6 ? "fd00::1" : "10.0.0.1",
                                       .destination = v6 ? "fd00::2" : "10.0.0.2",
                                       .payload = Bytes(100, 1)});
        frame[v6 ? 18 : 16] = frame[v6 ? 19 : 17] = 0;
        PacketView view;
        EXPECT_EQ(parse_packet(frame, view), ParseResult::Malformed);
        ASSERT_EQ(parse_packet(frame, {LinkType::Ethernet, true, 7}, view), ParseResult::Transport);
        EXPECT_EQ(view.payload.size(), 100U);
        EXPECT_EQ(view.missing, 7U);
        EXPECT_EQ(view.sequence_length(), 107U);
    }
}

TEST(ParsePacket, HeadersThatACaptureCutAreReadAsFarAsTheyGo) {
    Bytes frame = test::tcp_frame({.payload = Bytes(50, 1)});
    frame[14 + 20 + 12] = 0x80;
    frame.resize(14 + 20 + 22);
    PacketView view;
    EXPECT_EQ(parse_packet(frame, view), ParseResult::Malformed);
    EXPECT_EQ(parse_packet(frame, {LinkType::Ethernet, true, 47}, view), ParseResult::Malformed)
        << "the frame never was that long";
    ASSERT_EQ(parse_packet(frame, {LinkType::Ethernet, true, 48}, view), ParseResult::Transport);
    EXPECT_EQ(view.destination_port, 443);
    EXPECT_TRUE(view.payload.empty());
    EXPECT_EQ(view.missing, 38U);
    EXPECT_EQ(view.tcp_options().size(), 2U);
}

TEST(ParsePacket, WirelessFramesThatHoldNoReadablePacketAreNotIp) {
    struct Wireless {
        const char* why;
        uint8_t type;
        uint8_t flags;
        Bytes behind;
    };
    const Bytes ip = test::without_ethernet(test::tcp_frame({}));
    const Wireless wireless[] = {
        {"beacon", 0x80, 0, {}},
        {"acknowledgment", 0xd4, 0, {}},
        {"null function", 0x48, 1, {}},
        {"protected", 0x08, 0x41, {}},
        {"more fragments", 0x08, 0x05, {}},
        {"aggregate", 0x88, 0x01, {0x80, 0}},
        {"four addresses missing", 0x08, 0x03, {}},
    };
    for (const Wireless& c : wireless) {
        PacketView view;
        EXPECT_EQ(parse_packet(test::ieee80211(c.type, c.flags, c.behind, ip),
                               {LinkType::Ieee80211, true, 0}, view),
                  ParseResult::NotIp)
            << c.why;
    }
}

TEST(ParsePacket, UnknownLinkTypesAreNotIp) {
    PacketView view;
    for (const uint32_t number : {2U, 147U, 195U, 253U, 4'000'000'000U}) {
        EXPECT_EQ(link_type_of(number), LinkType::Unknown);
    }
    EXPECT_EQ(parse_packet(test::tcp_frame({}), {LinkType::Unknown, true, 0}, view),
              ParseResult::NotIp);
}

// used_view holds what no plain packet has.
PacketView used_view() {
    PacketView view;
    view.vlans.push(5);
    view.missing = view.sequence = view.acknowledgment = view.ip_identification = view.tunnel = 9;
    view.fragment_offset = view.tcp_window = view.urgent_pointer = 9;
    view.tcp_flags = view.enclosing = view.ttl = 9;
    view.ipv6 = view.more_fragments = view.routed = true;
    return view;
}

// Plain packets are read at one go; whatever is changed in them, the layers must say the same.
TEST(ParsePacket, TheShortWayReadsWhatTheLayersRead) {
    const std::vector<Bytes> plain{
        test::tcp_frame({.payload = Bytes(30, 7)}),
        test::tcp_frame({.source = "fd00::1", .destination = "fd00::2", .payload = {1}}),
        test::udp_frame("10.0.0.1", 5, "10.0.0.2", 53, Bytes(9, 3)),
        test::udp_frame("fd00::1", 5, "fd00::2", 53, Bytes(9, 3)),
        test::join({test::tcp_frame({}), Bytes(6, 0)}),  // padded
    };
    const auto expect_same = [](const Bytes& frame, const Framing& framing) {
        PacketView at_once = used_view();
        PacketView by_layers;
        const ParseResult result = parse_packet(frame, framing, at_once);
        ASSERT_EQ(result, parse_layers(frame, framing, by_layers));
        if (result == ParseResult::Transport) {
            ASSERT_EQ(test::facts_of(at_once), test::facts_of(by_layers));
        }
    };
    for (const Bytes& frame : plain) {
        for (const Framing& framing :
             {Framing{}, Framing{.capture = true}, Framing{.capture = true, .cut = 4}}) {
            for (std::size_t i = 0; i < frame.size(); ++i) {
                expect_same(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(i)),
                            framing);
                Bytes changed = frame;
                for (const uint8_t value : std::initializer_list<uint8_t>{
                         0, 1, 6, 8, 17, 20, 0x20, 0x45, 0x46, 0x50, 0x60, 0x80, 0x86, 0xff}) {
                    changed[i] = value;
                    expect_same(changed, framing);
                }
            }
        }
    }
}

TEST(ParsePacket, NoTruncationReadsBeyondTheFrame) {
    for (const Case& c : cases()) {
        for (std::size_t size = 0; size < c.frame.size(); ++size) {
            // A copy of the exact size, so that AddressSanitizer sees any read beyond it.
            const Bytes cut(c.frame.begin(), c.frame.begin() + static_cast<std::ptrdiff_t>(size));
            PacketView view;
            const ParseResult result = parse_packet(cut, view);
            EXPECT_TRUE(result != ParseResult::Transport || size + 6 >= c.frame.size()) << c.why;
        }
    }
}

}  // namespace
}  // namespace eti::net
