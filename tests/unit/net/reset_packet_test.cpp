#include "eti/net/reset_packet.h"

#include "tests/support/packet_builder.h"

#include <gtest/gtest.h>

namespace eti::net {
namespace {

using test::Bytes;

Bytes reset_for(const Bytes& frame, Toward toward, uint32_t sequence, uint32_t acknowledgment) {
    PacketView view;
    EXPECT_EQ(parse_packet(frame, view), ParseResult::Transport);
    std::array<uint8_t, kMaxResetBytes> out;
    const std::size_t size = build_reset(view, toward, sequence, acknowledgment, out);
    return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(BuildReset, IsTheSegmentItsSenderWouldHaveSent) {
    for (const bool v6 : {false, true}) {
        for (const std::vector<uint16_t>& vlans : {std::vector<uint16_t>{}, {7}, {1, 2, 3, 4}}) {
            const std::string_view client = v6 ? "fd00::10" : "10.0.1.10";
            const std::string_view server = v6 ? "2001:db8::1" : "192.0.2.1";
            const Bytes cause = test::tcp_frame({.source = server,
                                                 .destination = client,
                                                 .source_port = 443,
                                                 .destination_port = 40'000,
                                                 .payload = Bytes(100, 1),
                                                 .vlans = vlans});
            const Bytes reset = reset_for(cause, Toward::Receiver, 77, 88);
            PacketView view;
            ASSERT_EQ(parse_packet(reset, view), ParseResult::Transport);
            EXPECT_EQ(view.tcp_flags, kRst | kAck);
            EXPECT_EQ(view.sequence, 77U);
            EXPECT_EQ(view.acknowledgment, 88U);
            EXPECT_TRUE(view.payload.empty());
            EXPECT_EQ(to_string(view.source), server);
            EXPECT_GE(reset.size(), 60U);
            EXPECT_EQ(view.vlans.size(), vlans.size());
            // The builder's window and identification differ; addresses, flags and sums do not lie.
            Checksum tcp;
            tcp.add(test::ip_bytes(server));
            tcp.add(test::ip_bytes(client));
            tcp.add(kTcp);
            tcp.add(20);
            tcp.add(std::span(reset).subspan(view.ip_offset + (v6 ? 40U : 20U), 20));
            EXPECT_EQ(tcp.finish(), 0) << "the checksum over a right segment is zero";
            if (!v6) {
                Checksum header;
                header.add(std::span(reset).subspan(view.ip_offset, 20));
                EXPECT_EQ(header.finish(), 0);
            }
        }
    }
}

TEST(BuildReset, MirrorsTowardsTheSender) {
    const Bytes cause = test::tcp_frame({.vlans = {7}});
    const Bytes reset = reset_for(cause, Toward::Sender, 5, 6);
    PacketView view;
    ASSERT_EQ(parse_packet(reset, view), ParseResult::Transport);
    EXPECT_EQ(to_string(view.destination), "10.0.1.10");
    EXPECT_EQ(view.destination_port, 40'000);
    EXPECT_EQ(Bytes(reset.begin(), reset.begin() + 6),
              Bytes(cause.begin() + 6, cause.begin() + 12));
    EXPECT_EQ(Bytes(reset.begin() + 6, reset.begin() + 12),
              Bytes(cause.begin(), cause.begin() + 6));
}

}  // namespace
}  // namespace eti::net
