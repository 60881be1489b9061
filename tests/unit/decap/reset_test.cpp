#include "eti/decap/reset.h"

#include "eti/decap/parse.h"
#include "eti/net/transport_checksum.h"
#include "tests/support/encapsulation_builder.h"

#include <gtest/gtest.h>

namespace eti::decap {
namespace {

using net::PacketView;
using net::ParseResult;
using net::Toward;
using test::Bytes;

constexpr uint32_t kSequence = 77;
constexpr uint32_t kAcknowledgment = 88;

Bytes cause_packet(bool v6) {
    return test::without_ethernet(test::tcp_frame({.source = v6 ? "2001:db8::1" : "192.0.2.1",
                                                   .destination = v6 ? "fd00::10" : "10.0.1.10",
                                                   .source_port = 443,
                                                   .destination_port = 40'000,
                                                   .payload = Bytes(100, 1)}));
}

Bytes reset_for(const Bytes& frame, Toward toward) {
    PacketView view;
    Outer outer;
    EXPECT_EQ(parse(frame, {}, view, outer), ParseResult::Transport);
    std::array<uint8_t, kMaxResetBytes> out;
    const std::size_t size = build_reset(view, toward, kSequence, kAcknowledgment, out);
    return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

// What the builder of the table makes of the reset itself.
Bytes expected_reset(const test::Encapsulation& e, bool v6, Toward toward) {
    PacketView view;
    const Bytes cause = test::ethernet_frame(cause_packet(v6));
    EXPECT_EQ(net::parse_packet(cause, view), ParseResult::Transport);
    std::array<uint8_t, net::kMaxResetPacketBytes> packet;
    const std::size_t size =
        net::build_reset_packet(view, toward, kSequence, kAcknowledgment, packet);
    const Bytes ip(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    Bytes frame = e.frame(ip, toward == Toward::Sender);
    frame.resize(std::max<std::size_t>(frame.size(), 60));
    return frame;
}

// swap_stations turns all Ethernet addresses around, as a packet of the other direction has them.
Bytes swap_stations(Bytes frame) {
    const Bytes pair = test::ethernet(0);
    for (auto at = frame.begin();; at += 12) {
        at = std::search(at, frame.end(), pair.begin(), pair.begin() + 12);
        if (at == frame.end()) {
            return frame;
        }
        std::swap_ranges(at, at + 6, at + 6);
    }
}

TEST(BuildReset, IsTheFrameAPeerWouldHaveSentInEveryEncapsulation) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        for (const bool v6 : {false, true}) {
            if (v6 ? e.v4_only : e.v6_only) {
                continue;
            }
            SCOPED_TRACE(e.why + (v6 ? ", IPv6" : ", IPv4"));
            const Bytes cause = e.frame(cause_packet(v6), false);
            const Bytes to_receiver = reset_for(cause, Toward::Receiver);
            EXPECT_EQ(to_receiver, e.resets == test::Resets::None
                                       ? Bytes{}
                                       : expected_reset(e, v6, Toward::Receiver));
            const Bytes to_sender = reset_for(cause, Toward::Sender);
            EXPECT_EQ(to_sender, e.resets == test::Resets::Both
                                     ? swap_stations(expected_reset(e, v6, Toward::Sender))
                                     : Bytes{});
        }
    }
}

TEST(BuildReset, ReadsBackAsAResetWithRightSums) {
    for (const test::Encapsulation& e : test::encapsulations()) {
        for (const Toward toward : {Toward::Receiver, Toward::Sender}) {
            const bool v6 = e.v6_only;
            const Bytes reset = reset_for(e.frame(cause_packet(v6), false), toward);
            if (reset.empty()) {
                continue;
            }
            SCOPED_TRACE(e.why);
            PacketView outermost;
            net::parse_packet(reset, outermost);
            EXPECT_TRUE(ip_checksum_valid(outermost));
            PacketView view;
            Outer outer;
            ASSERT_EQ(parse(reset, {}, view, outer), ParseResult::Transport);
            EXPECT_EQ(view.enclosing, e.enclosing);
            EXPECT_EQ(view.tcp_flags, net::kRst | net::kAck);
            EXPECT_EQ(view.sequence, kSequence);
            EXPECT_EQ(view.acknowledgment, kAcknowledgment);
            EXPECT_TRUE(view.payload.empty());
            EXPECT_EQ(view.source_port, toward == Toward::Receiver ? 443 : 40'000);
            EXPECT_EQ(transport_checksum(view), net::ChecksumState::Valid);
            EXPECT_TRUE(ip_checksum_valid(view));
        }
    }
}

TEST(BuildReset, IpOptionsAndExtensionsOfTheCauseAreNotRepeated) {
    const Bytes cause = test::tcp_frame({.ip_options = Bytes(8, 1)});
    for (const Toward toward : {Toward::Receiver, Toward::Sender}) {
        const Bytes reset = reset_for(cause, toward);
        PacketView view;
        ASSERT_EQ(net::parse_packet(reset, view), ParseResult::Transport);
        EXPECT_EQ(view.ip_header_bytes, 20U);
        EXPECT_EQ(reset.size(), 60U);
    }
}

TEST(BuildReset, OuterOptionsAreCopiedButNotMirrored) {
    const Bytes outer =
        test::ipv4("198.51.100.1", "198.51.100.2", 4, cause_packet(false), Bytes(4, 1));
    const Bytes cause = test::ethernet_frame(outer);
    const Bytes reset = reset_for(cause, Toward::Receiver);
    PacketView view;
    ASSERT_EQ(net::parse_packet(reset, view), ParseResult::OtherIp);
    EXPECT_EQ(view.ip_header_bytes, 24U);
    EXPECT_TRUE(ip_checksum_valid(view));
    EXPECT_TRUE(reset_for(cause, Toward::Sender).empty());
}

TEST(BuildReset, NothingIsSentUnderAnAuthenticatedHeader) {
    const Bytes authentication = test::join({{4, 4, 0, 0}, Bytes(20, 0)});
    const Bytes outer = test::ipv4("198.51.100.1", "198.51.100.2", 51,
                                   test::join({authentication, cause_packet(false)}));
    EXPECT_TRUE(reset_for(test::ethernet_frame(outer), Toward::Receiver).empty());
    EXPECT_TRUE(reset_for(test::ethernet_frame(outer), Toward::Sender).empty());
}

TEST(BuildReset, AnswersAPacketThatCameInFragments) {
    const Bytes inner = cause_packet(false);
    const Bytes body = test::gre(0x8000, 0x0800, inner);
    const auto framed = [](const Bytes& ip) {
        return test::ethernet_frame(test::over_udp(test::ends_v4(false), 50'000, 4789,
                                                   test::vxlan(9, test::ethernet_frame(ip))));
    };
    const Bytes frame = framed(test::ipv4("203.0.113.1", "203.0.113.2", 47,
                                          Bytes(body.begin(), body.begin() + 40), {}, 0x2000));
    PacketView fragment;
    Outer outer;
    ASSERT_EQ(parse(frame, {}, fragment, outer), ParseResult::Fragment);
    const Bytes whole = test::ipv4("203.0.113.1", "203.0.113.2", 47, body);
    PacketView view;
    ASSERT_EQ(parse_ip(whole, fragment, view, outer), ParseResult::Transport);

    std::array<uint8_t, kMaxResetBytes> out;
    const std::size_t size = build_reset(view, Toward::Receiver, kSequence, kAcknowledgment, out,
                                         fragment.frame.first(fragment.ip_offset));
    std::array<uint8_t, net::kMaxResetPacketBytes> reset;
    const std::size_t reset_size =
        net::build_reset_packet(view, Toward::Receiver, kSequence, kAcknowledgment, reset);
    const Bytes ip(reset.begin(), reset.begin() + static_cast<std::ptrdiff_t>(reset_size));
    EXPECT_EQ(Bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)),
              framed(test::ipv4("203.0.113.1", "203.0.113.2", 47, test::gre(0x8000, 0x0800, ip))));
}

TEST(BuildReset, HeadersBeyondTheBoundGetNone) {
    Bytes options = test::geneve(7, 0x0800, Bytes(252, 0x44), cause_packet(false));
    const Bytes once = test::over_udp(test::ends_v4(false), 1, 6081, options);
    const Bytes twice = test::over_udp(test::ends_v4(false), 1, 6081,
                                       test::geneve(7, 0x0800, Bytes(252, 0x44), once));
    EXPECT_FALSE(reset_for(test::ethernet_frame(once), Toward::Receiver).empty());
    EXPECT_TRUE(reset_for(test::ethernet_frame(twice), Toward::Receiver).empty());
}

}  // namespace
}  // namespace eti::decap
