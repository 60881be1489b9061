// A packed record comes back as it was, and its memory too.
#include "inspect/packed_records.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace eti::inspect {
namespace {

template <typename T, std::size_t N>
void fill(BoundedList<T, N>& list, T value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        list.push(value);
    }
}

// Every list as full as it gets, and beyond.
metadata::Record largest() {
    metadata::Record record;
    record.id = 0x0102030405060708;
    record.transport = metadata::Transport::Udp;
    record.protocol = metadata::Protocol::Dtls;
    record.action = metadata::Action::Block;
    record.reason = metadata::Reason::Allowlist;
    record.threat_level = 10;
    record.client = {*net::parse_ip("2001:db8::1"), 40'000};
    record.server = {*net::parse_ip("192.0.2.1"), 443};
    fill(record.vlans, uint16_t{4094}, 5);
    for (auto* text :
         {&record.from_zone, &record.to_zone, &record.policy, &record.feed, &record.category}) {
        text->assign(std::string(64, 'z'));
    }
    auto& client = record.client_hello;
    client.seen = true;
    client.version = 0x0303;
    fill(client.ciphers, uint16_t{0xc02f}, 129);
    fill(client.extensions, uint16_t{0xff01}, 65);
    fill(client.groups, uint16_t{29}, 33);
    fill(client.signature_algorithms, uint16_t{0x0804}, 49);
    fill(client.versions, uint16_t{0x0304}, 17);
    client.sni.assign(std::string(256, 's'));
    fill(client.alpn, BoundedText<31>(std::string(32, 'h')), 9);
    client.ech = metadata::EncryptedClientHello::GreaseOrOffered;
    client.ja3.fill(0xaa);
    client.ja4.assign(std::string(36, 'j'));
    auto& server = record.server_hello;
    server.seen = true;
    server.version = 0x0303;
    server.negotiated_version = 0x0304;
    server.cipher = 0x1301;
    fill(server.extensions, uint16_t{43}, 33);
    server.alpn.assign("h2");
    server.resumed = true;
    server.ja3s.fill(0xbb);
    fill(record.alerts, metadata::Alert{Direction::In, 2, 40}, 17);
    record.certificate.seen = true;
    record.certificate.sha1.fill(0xcc);
    fill(record.certificate.chain, record.certificate.sha1, 33);
    fill(record.traffic.splt, metadata::PacketSample{INT32_MIN, UINT32_MAX}, 51);
    fill(record.traffic.records, metadata::RecordSample{-18'432, UINT32_MAX, 23}, 51);
    record.traffic.gaps.fill(UINT32_MAX);
    return record;
}

template <typename T, std::size_t N>
void expect_same(const BoundedList<T, N>& one, const BoundedList<T, N>& other,
                 bool (*same)(const T&, const T&)) {
    EXPECT_EQ(one.truncated(), other.truncated());
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_TRUE(same(one.view()[i], other.view()[i])) << i;
    }
}

template <typename T>
bool equal(const T& one, const T& other) {
    return one == other;
}
template <std::size_t N>
bool equal(const BoundedText<N>& one, const BoundedText<N>& other) {
    return one.view() == other.view() && one.truncated() == other.truncated();
}

template <typename T, std::size_t N>
void expect_same(const BoundedList<T, N>& one, const BoundedList<T, N>& other) {
    expect_same(
        one, other, +[](const T& a, const T& b) { return equal(a, b); });
}

void expect_same(const metadata::Record& one, const metadata::Record& other) {
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.transport, other.transport);
    EXPECT_EQ(one.protocol, other.protocol);
    EXPECT_EQ(one.action, other.action);
    EXPECT_EQ(one.reason, other.reason);
    EXPECT_EQ(one.threat_level, other.threat_level);
    EXPECT_EQ(one.client.ip, other.client.ip);
    EXPECT_EQ(one.client.port, other.client.port);
    EXPECT_EQ(one.server.ip, other.server.ip);
    EXPECT_EQ(one.server.port, other.server.port);
    expect_same(one.vlans, other.vlans);
    EXPECT_TRUE(equal(one.from_zone, other.from_zone) && equal(one.to_zone, other.to_zone));
    EXPECT_TRUE(equal(one.policy, other.policy) && equal(one.feed, other.feed));
    EXPECT_TRUE(equal(one.category, other.category));
    const auto& client = one.client_hello;
    EXPECT_EQ(client.seen, other.client_hello.seen);
    EXPECT_EQ(client.version, other.client_hello.version);
    expect_same(client.ciphers, other.client_hello.ciphers);
    expect_same(client.extensions, other.client_hello.extensions);
    expect_same(client.groups, other.client_hello.groups);
    expect_same(client.signature_algorithms, other.client_hello.signature_algorithms);
    expect_same(client.versions, other.client_hello.versions);
    EXPECT_TRUE(equal(client.sni, other.client_hello.sni));
    expect_same(client.alpn, other.client_hello.alpn);
    EXPECT_EQ(client.ech, other.client_hello.ech);
    EXPECT_EQ(client.ja3, other.client_hello.ja3);
    EXPECT_TRUE(equal(client.ja4, other.client_hello.ja4));
    const auto& server = one.server_hello;
    EXPECT_EQ(server.seen, other.server_hello.seen);
    EXPECT_EQ(server.version, other.server_hello.version);
    EXPECT_EQ(server.negotiated_version, other.server_hello.negotiated_version);
    EXPECT_EQ(server.cipher, other.server_hello.cipher);
    expect_same(server.extensions, other.server_hello.extensions);
    EXPECT_TRUE(equal(server.alpn, other.server_hello.alpn));
    EXPECT_EQ(server.resumed, other.server_hello.resumed);
    EXPECT_EQ(server.ja3s, other.server_hello.ja3s);
    expect_same(
        one.alerts, other.alerts, +[](const metadata::Alert& a, const metadata::Alert& b) {
            return a.direction == b.direction && a.level == b.level &&
                   a.description == b.description;
        });
    EXPECT_EQ(one.certificate.seen, other.certificate.seen);
    EXPECT_EQ(one.certificate.sha1, other.certificate.sha1);
    expect_same(one.certificate.chain, other.certificate.chain);
    expect_same(
        one.traffic.splt, other.traffic.splt,
        +[](const metadata::PacketSample& a, const metadata::PacketSample& b) {
            return a.payload_bytes == b.payload_bytes && a.delta_us == b.delta_us;
        });
    expect_same(
        one.traffic.records, other.traffic.records,
        +[](const metadata::RecordSample& a, const metadata::RecordSample& b) {
            return a.record_bytes == b.record_bytes && a.delta_us == b.delta_us && a.type == b.type;
        });
    EXPECT_EQ(one.traffic.gaps, other.traffic.gaps);
}

void expect_round_trip(const metadata::Record& record, const std::optional<Sha256Digest>& leaf) {
    PackedRecords records(64);
    const uint32_t packed = records.pack(record, leaf);
    ASSERT_NE(packed, PackedRecords::kNone);
    metadata::Record back;
    std::optional<Sha256Digest> leaf_back;
    records.unpack(packed, back, leaf_back);
    expect_same(record, back);
    EXPECT_EQ(leaf_back, leaf);
    records.release(packed);
    EXPECT_EQ(records.in_use(), 0U);
}

TEST(PackedRecords, ComeBackAsTheyWere) {
    Sha256Digest leaf;
    leaf.fill(0xdd);
    expect_round_trip(largest(), leaf);
    expect_round_trip({}, std::nullopt);
    metadata::Record small;
    small.client_hello.sni.assign("www.example.com");
    small.traffic.splt.push({-1, 0});
    small.traffic.splt.push({INT32_MAX, 127});
    small.traffic.splt.push({0, 128});
    small.traffic.gaps[31] = 1;
    expect_round_trip(small, std::nullopt);
}

TEST(PackedRecords, AnOrdinaryOneTakesAFewBlocks) {
    metadata::Record record;
    record.from_zone.assign("trust");
    record.to_zone.assign("untrust");
    record.policy.assign("outbound");
    fill(record.client_hello.ciphers, uint16_t{0xc02f}, 17);
    fill(record.client_hello.extensions, uint16_t{10}, 16);
    record.client_hello.sni.assign("www.example.com");
    record.client_hello.ja4.assign(std::string(36, 'j'));
    fill(record.certificate.chain, Sha1Digest{}, 3);
    fill(record.traffic.splt, metadata::PacketSample{-1400, 12'000}, 50);
    fill(record.traffic.records, metadata::RecordSample{-16'000, 90'000, 23}, 50);
    PackedRecords records(16);
    ASSERT_NE(records.pack(record, std::nullopt), PackedRecords::kNone);
    EXPECT_LE(records.in_use(), PackedRecords::kBlocksPerRecord);
    EXPECT_LE(records.in_use() * 192, sizeof record / 3);
}

TEST(PackedRecords, WhatDoesNotFitTakesNothing) {
    PackedRecords records(8);
    const uint32_t first = records.pack({}, std::nullopt);
    ASSERT_NE(first, PackedRecords::kNone);
    const uint32_t before = records.in_use();
    EXPECT_EQ(records.pack(largest(), std::nullopt), PackedRecords::kNone);
    EXPECT_EQ(records.in_use(), before);
    records.release(first);
    EXPECT_EQ(records.in_use(), 0U);
    for (int i = 0; i < 100; ++i) {  // every block is found again
        const uint32_t one = records.pack({}, std::nullopt);
        ASSERT_NE(one, PackedRecords::kNone);
        records.release(one);
    }
}

}  // namespace
}  // namespace eti::inspect
