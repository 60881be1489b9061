#include "eti/net/packet_view.h"
#include "tests/support/packet_builder.h"

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
        {"nine extension headers are too many",
         test::ip_frame("fd00::1", "fd00::2", 60,
                        [] {
                            Bytes all;
                            for (int i = 0; i < 9; ++i) {
                                all = test::join({all, {60, 0, 1, 4, 0, 0, 0, 0}});
                            }
                            return all;
                        }()),
         ParseResult::OtherIp},
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
