#include "eti/net/transport_checksum.h"

#include "eti/net/checksum.h"
#include "tests/support/encapsulation_builder.h"

#include <gtest/gtest.h>

#include <random>

namespace eti::net {
namespace {

using test::Bytes;

// RFC 1071 section 1 as it is written: 16 bits at a time.
uint16_t plain_sum(const Bytes& bytes) {
    uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const uint8_t low = i + 1 < bytes.size() ? bytes[i + 1] : 0;
        sum += static_cast<uint32_t>(bytes[i]) << 8 | low;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

TEST(Checksum, IsThatOfRfc1071) {
    // Section 3: the sum of these is 0xddf2.
    Checksum example;
    example.add(Bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7});
    EXPECT_EQ(example.finish(), static_cast<uint16_t>(~0xddf2U));

    std::mt19937 random(7);
    for (std::size_t size = 0; size < 100; ++size) {
        for (const int fill : {0, 0xff, -1}) {
            Bytes bytes(size);
            for (uint8_t& byte : bytes) {
                byte = static_cast<uint8_t>(fill < 0 ? random() : static_cast<unsigned>(fill));
            }
            Checksum whole;
            whole.add(bytes);
            EXPECT_EQ(whole.finish(), plain_sum(bytes)) << size << " " << fill;
            const std::ptrdiff_t half = static_cast<std::ptrdiff_t>(size / 4 * 2);
            Checksum parts;
            parts.add(Bytes(bytes.begin(), bytes.begin() + half));
            parts.add(Bytes(bytes.begin() + half, bytes.end()));
            EXPECT_EQ(parts.finish(), plain_sum(bytes)) << size << " " << fill;
        }
    }
}

Bytes tcp(bool v6, const Bytes& payload) {
    return test::tcp_frame({.source = v6 ? "fd00::10" : "10.0.1.10",
                            .destination = v6 ? "2001:db8::1" : "192.0.2.1",
                            .payload = payload});
}
Bytes udp(bool v6, const Bytes& payload, bool with_checksum) {
    const std::string_view source = v6 ? "fd00::10" : "10.0.1.10";
    const std::string_view destination = v6 ? "2001:db8::1" : "192.0.2.1";
    return test::ip_frame(source, destination, kUdp,
                          test::udp(source, 1, destination, 2, payload, with_checksum));
}

ChecksumState state_of(const Bytes& frame, const Framing& framing = {}) {
    PacketView view;
    EXPECT_EQ(parse_packet(frame, framing, view), ParseResult::Transport);
    return transport_checksum(view);
}

void put(Bytes& frame, std::size_t at, uint16_t value) {
    frame[at] = static_cast<uint8_t>(value >> 8);
    frame[at + 1] = static_cast<uint8_t>(value);
}

// pseudo_sum is what an offloading sender leaves in the checksum field.
uint16_t pseudo_sum(bool v6, uint8_t protocol, uint16_t length) {
    Checksum sum;
    sum.add(test::ip_bytes(v6 ? "fd00::10" : "10.0.1.10"));
    sum.add(test::ip_bytes(v6 ? "2001:db8::1" : "192.0.2.1"));
    sum.add(protocol);
    sum.add(length);
    return static_cast<uint16_t>(~sum.finish());
}

TEST(TransportChecksum, TellsRightFromWrongFromUnfinished) {
    for (const bool v6 : {false, true}) {
        SCOPED_TRACE(v6);
        const std::size_t transport = v6 ? 54 : 34;
        for (const Bytes& payload : {Bytes{}, Bytes{1}, Bytes(1001, 0xab)}) {
            Bytes frame = tcp(v6, payload);
            EXPECT_EQ(state_of(frame), ChecksumState::Valid);
            EXPECT_EQ(state_of(test::join({frame, Bytes(3, 0xee)})), ChecksumState::Valid)
                << "padding is not summed";
            for (const std::size_t at : {transport, transport + 13, frame.size() - 1}) {
                Bytes damaged = frame;
                damaged[at] ^= 0x10;
                if (at != transport + 12) {
                    EXPECT_EQ(state_of(damaged), ChecksumState::Invalid) << at;
                }
            }
            const auto length = static_cast<uint16_t>(20 + payload.size());
            put(frame, transport + 16, pseudo_sum(v6, kTcp, length));
            EXPECT_EQ(state_of(frame), ChecksumState::Partial);
            put(frame, transport + 16, pseudo_sum(v6, kTcp, 0));
            EXPECT_EQ(state_of(frame), ChecksumState::Partial) << "without the length";

            Bytes datagram = udp(v6, payload, true);
            EXPECT_EQ(state_of(datagram), ChecksumState::Valid);
            datagram[transport] ^= 1;
            EXPECT_EQ(state_of(datagram), ChecksumState::Invalid);
            EXPECT_EQ(state_of(udp(v6, payload, false)),
                      v6 ? ChecksumState::Invalid : ChecksumState::Absent);
        }
    }
}

TEST(TransportChecksum, WhatIsNotThereIsUnknown) {
    Bytes cut = tcp(false, Bytes(10, 1));
    cut.resize(cut.size() - 1);
    EXPECT_EQ(state_of(cut, {LinkType::Ethernet, true, 1}), ChecksumState::Unknown);
    const Bytes segments = test::join({{kTcp, 2, 4, 1, 0, 0, 0, 0}, test::ip_bytes("fd00::99")});
    const Bytes packet = tcp(true, {1, 2});
    const Bytes routed = test::ip_frame(
        "fd00::10", "2001:db8::1", 43, test::join({segments, {packet.begin() + 54, packet.end()}}));
    EXPECT_EQ(state_of(routed), ChecksumState::Unknown) << "the last destination counts";
    Bytes arrived = routed;
    arrived[54 + 3] = 0;  // no segments left
    EXPECT_EQ(state_of(arrived), ChecksumState::Valid);
}

TEST(IpChecksum, CoversTheHeaderAndItsOptions) {
    for (const Bytes& options : {Bytes{}, Bytes(8, 1)}) {
        Bytes frame = test::tcp_frame({.ip_options = options});
        PacketView view;
        ASSERT_EQ(parse_packet(frame, view), ParseResult::Transport);
        EXPECT_TRUE(ip_checksum_valid(view));
        frame[14 + 8] ^= 1;
        ASSERT_EQ(parse_packet(frame, view), ParseResult::Transport);
        EXPECT_FALSE(ip_checksum_valid(view));
    }
}

}  // namespace
}  // namespace eti::net
