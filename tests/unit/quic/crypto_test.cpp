#include "eti/quic/crypto.h"

#include "tests/support/quic_builder.h"

#include <gtest/gtest.h>

namespace eti::quic {
namespace {

using test::Bytes;
using test::from_hex;
using test::QuicRules;
using test::to_hex;

// RFC 9001 appendix A.2: the CRYPTO frame, before PADDING to 1162 bytes.
constexpr const char* kClientFrame =
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301"
    "1302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007"
    "000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f5"
    "0f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00"
    "024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f0"
    "3e51570806048000ffff";
// Appendix A.3.
constexpr const char* kServerFrames =
    "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a12"
    "00130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a00"
    "2b00020304";

struct Vector {
    const char* why;
    QuicRules rules;
    const char* client_keys[3];  // key, iv, hp
    const char* server_keys[3];
    const char* client_packet_begins;
    const char* client_packet_ends;
    const char* server_packet;
};

const Vector kVectors[] = {
    {"RFC 9001 appendix A",
     test::kQuic1,
     {"1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
      "9f50449e04a0e810283a1e9933adedd2"},
     {"cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e",
      "c206b8d9b9f0f37644430b490eeaa314"},
     "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b",
     "e221af44860018ab0856972e194cd934",
     "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c6979755478"
     "0bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562b"
     "fb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"},
    {"RFC 9369 appendix A",
     test::kQuic2,
     {"8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
      "45b95e15235d6f45a6b19cbcb0294ba9"},
     {"82db637861d55e1d011f19ea71d5d2a7", "dd13c276499c0249d3310652",
      "edf6d05c83121201b436e16877593c3a"},
     "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071",
     "a18b2faa745b6fe189cf772a9f84cbfc",
     "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87"
     "263017915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507"
     "698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140"},
};

constexpr std::size_t kClientNumberAt = 18;
constexpr std::size_t kServerNumberAt = 18;

ConnectionId published_id() {
    return ConnectionId(test::first_id());
}

Bytes client_packet(const QuicRules& rules) {
    return test::quic_initial({.rules = rules, .number = 2, .number_bytes = 4},
                              from_hex(kClientFrame), 1200);
}

template <typename Array>
std::string hex_of(const Array& bytes) {
    return to_hex({bytes.begin(), bytes.end()});
}

TEST(Crypto, DerivesThePublishedKeys) {
    const Crypto crypto;
    for (const Vector& v : kVectors) {
        SCOPED_TRACE(v.why);
        for (const Direction direction : {Direction::Out, Direction::In}) {
            const auto& expected = direction == Direction::Out ? v.client_keys : v.server_keys;
            const PacketKeys keys = crypto.derive(v.rules.version, published_id(), direction);
            EXPECT_EQ(hex_of(keys.key), expected[0]);
            EXPECT_EQ(hex_of(keys.iv), expected[1]);
            EXPECT_EQ(hex_of(keys.header), expected[2]);
        }
    }
}

// What the builder makes is the published packet: its sample and its tag depend on every byte.
TEST(Crypto, OpensThePublishedClientPacket) {
    Crypto crypto;
    for (const Vector& v : kVectors) {
        SCOPED_TRACE(v.why);
        const Bytes packet = client_packet(v.rules);
        const std::string hex = to_hex(packet);
        ASSERT_EQ(hex.substr(0, 76), v.client_packet_begins);
        ASSERT_EQ(hex.substr(hex.size() - 32), v.client_packet_ends);

        const PacketKeys keys = crypto.derive(v.rules.version, published_id(), Direction::Out);
        uint64_t next_number = 0;
        std::span<const uint8_t> frames;
        ASSERT_TRUE(crypto.open(keys, packet, kClientNumberAt, next_number, frames));
        EXPECT_EQ(next_number, 3U);
        EXPECT_EQ(frames.size(), 1162U);
        EXPECT_EQ(hex_of(frames.first(245)), kClientFrame);
    }
}

TEST(Crypto, OpensThePublishedServerPacket) {
    Crypto crypto;
    for (const Vector& v : kVectors) {
        SCOPED_TRACE(v.why);
        const PacketKeys keys = crypto.derive(v.rules.version, published_id(), Direction::In);
        uint64_t next_number = 0;
        std::span<const uint8_t> frames;
        ASSERT_TRUE(
            crypto.open(keys, from_hex(v.server_packet), kServerNumberAt, next_number, frames));
        EXPECT_EQ(hex_of(frames), kServerFrames);
        EXPECT_EQ(next_number, 2U);
    }
}

TEST(Crypto, OpensNothingThatWasTouched) {
    Crypto crypto;
    const Bytes packet = from_hex(kVectors[0].server_packet);
    const PacketKeys keys = crypto.derive(1, published_id(), Direction::In);
    uint64_t next_number = 0;
    std::span<const uint8_t> frames;
    for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
        Bytes damaged = packet;
        damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1U << (bit % 8));
        EXPECT_FALSE(crypto.open(keys, damaged, kServerNumberAt, next_number, frames)) << bit;
    }
    for (std::size_t size = kServerNumberAt; size < packet.size(); ++size) {
        EXPECT_FALSE(
            crypto.open(keys, std::span(packet).first(size), kServerNumberAt, next_number, frames))
            << "cut to " << size;
    }
    EXPECT_EQ(next_number, 0U);
    EXPECT_TRUE(frames.empty());
}

// RFC 9000 appendix A.3.
TEST(Crypto, CompletesTruncatedPacketNumbers) {
    struct Case {
        const char* why;
        uint64_t expected;
        uint64_t sent;
        unsigned bytes;
        bool opens;
    };
    const Case kCases[] = {
        {"the first", 0, 0, 1, true},
        {"a first one far ahead, written out", 0, 0x01020304, 4, true},
        {"the example of the RFC", 0xa82f30eb, 0xa82f9b32, 2, true},
        {"one byte, just ahead of a wrap", 0xff, 0x100, 1, true},
        {"one byte, late, from before a wrap", 0x101, 0xfe, 1, true},
        {"late within the window", 300, 200, 1, true},
        {"late beyond the window: an endpoint fails too", 300, 0, 1, false},
        {"late beyond the window of one byte, but with two", 300, 0, 2, true},
    };
    Crypto crypto;
    const PacketKeys keys = crypto.derive(1, published_id(), Direction::Out);
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.why);
        const Bytes packet =
            test::quic_initial({.number = c.sent, .number_bytes = c.bytes}, Bytes(40, 1));
        uint64_t next_number = c.expected;
        std::span<const uint8_t> frames;
        EXPECT_EQ(crypto.open(keys, packet, kClientNumberAt, next_number, frames), c.opens);
        EXPECT_EQ(next_number, c.opens ? std::max(c.expected, c.sent + 1) : c.expected);
    }
}

}  // namespace
}  // namespace eti::quic
