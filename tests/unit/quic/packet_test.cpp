#include "eti/quic/packet.h"

#include "tests/support/quic_builder.h"

#include <gtest/gtest.h>

namespace eti::quic {
namespace {

using test::Bytes;
using test::from_hex;
using test::join;

Bytes initial_of(uint32_t version, bool second = false) {
    return test::quic_initial({.rules = {.version = version, .second_version = second}}, Bytes{1},
                              1200);
}

struct Case {
    const char* why;
    Bytes datagram;
    bool initial;
};

TEST(MayBeInitial, TellsByTheHeader) {
    test::QuicPacketSpec short_id{.destination = Bytes(7, 1)};
    test::QuicPacketSpec after_retry = short_id;
    after_retry.token = test::text("token");
    const Case kCases[] = {
        {"version 1", initial_of(1), true},
        {"version 2 numbers its types differently", initial_of(0x6b3343cf, true), true},
        {"the type of an Initial of version 1 is a Retry in version 2", initial_of(0x6b3343cf),
         false},
        {"draft of version 2", initial_of(0x709a50c4, true), true},
        {"draft 22", initial_of(0xff000016), true},
        {"draft 34", initial_of(0xff000022), true},
        {"draft 21 has another header", initial_of(0xff000015), false},
        {"a draft that never was", initial_of(0xff000023), false},
        {"Google's T051", initial_of(0x54303531), true},
        {"Google's Q050 carries no TLS", initial_of(0x51303530), false},
        {"Facebook's", initial_of(0xfaceb002), true},
        {"greased: there to be refused", initial_of(0x1a2a3a4a), false},
        {"Version Negotiation", test::quic_version_negotiation(Bytes(8, 1), Bytes(8, 2), {1}),
         false},
        {"an id of seven bytes is too short for a first packet",
         test::quic_initial(short_id, Bytes{1}, 1200), false},
        {"but not for the one after a Retry", test::quic_initial(after_retry, Bytes{1}, 1200),
         true},
        {"an id of 20 bytes", test::quic_initial({.destination = Bytes(20, 1)}, Bytes{1}, 1200),
         true},
        {"an id of 21 bytes", test::quic_initial({.destination = Bytes(21, 1)}, Bytes{1}, 1200),
         false},
        {"a cleared fixed bit", test::quic_initial({.first_bits = 0x80}, {}, 1200), true},
        {"not padded to 1200 bytes: for the server to judge", test::quic_initial({}, {}), true},
        {"Handshake", test::quic_sealed({}, 2, 1000), false},
        {"0-RTT", test::quic_sealed({}, 1, 1000), false},
        {"Retry", test::quic_retry(test::kQuic1, Bytes(8, 1), Bytes(8, 2)), false},
        {"short header", test::quic_short(1200), false},
        {"nothing", {}, false},
        {"DNS", from_hex("1234010000010000000000000377777707657861"), false},
        {"two packets in one datagram",
         join({test::quic_initial({}, {}), test::quic_sealed({}, 1, 1000)}), true},
        {"a length beyond the datagram",
         from_hex("c00000000108"
                  "0102030405060708"
                  "0000"
                  "7fff"),
         false},
        {"nothing but a header",
         from_hex("c00000000108"
                  "0102030405060708"
                  "0000"
                  "00"),
         false},
    };
    for (const Case& c : kCases) {
        EXPECT_EQ(may_be_initial(c.datagram), c.initial) << c.why;
    }
}

TEST(MayBeInitial, TakesNoTruncatedPacket) {
    const Bytes packet = test::quic_initial({.source = Bytes(5, 2), .token = Bytes(70, 3)}, {});
    ASSERT_TRUE(may_be_initial(packet));
    for (std::size_t size = 0; size < packet.size(); ++size) {
        EXPECT_FALSE(may_be_initial(std::span(packet).first(size))) << "cut to " << size;
    }
}

TEST(VersionOf, ReadsLongHeadersOnly) {
    EXPECT_EQ(version_of(initial_of(1)), 1U);
    EXPECT_EQ(version_of(initial_of(0x1a2a3a4a)), 0x1a2a3a4aU);
    EXPECT_EQ(version_of(test::quic_version_negotiation({}, {}, {1})), 0U);
    EXPECT_EQ(version_of(test::quic_short()), 0U);
    EXPECT_EQ(version_of({}), 0U);
    EXPECT_EQ(version_of(from_hex("c000000001")), 0U);
}

TEST(ConnectionId, ComparesBytesAndLength) {
    EXPECT_EQ(ConnectionId(Bytes{1, 2}), ConnectionId(Bytes{1, 2}));
    EXPECT_NE(ConnectionId(Bytes{1, 2}), ConnectionId(Bytes{1, 2, 0}));
    EXPECT_NE(ConnectionId(Bytes{1, 2}), ConnectionId(Bytes{1, 3}));
    EXPECT_EQ(ConnectionId(), ConnectionId(Bytes{}));
}

}  // namespace
}  // namespace eti::quic
