#include "eti/flow/flow_table.h"

#include "tests/support/packet_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <vector>

namespace eti::flow {
namespace {

FlowKey key_of(const test::TcpSpec& spec, bool& source_is_low) {
    const test::Bytes frame = test::tcp_frame(spec);
    net::PacketView view;
    EXPECT_EQ(net::parse_packet(frame, view), net::ParseResult::Transport);
    FlowKey key;
    source_is_low = make_key(view, 0, key);
    return key;
}

FlowKey key_of(const test::TcpSpec& spec) {
    bool source_is_low = false;
    return key_of(spec, source_is_low);
}

TEST(FlowHasher, EveryPacketBetweenTwoAddressesHasOnePairHash) {
    const FlowHasher hasher({3, 5});
    const auto pair_of = [&](const test::Bytes& frame, uint8_t wire = 0) {
        net::PacketView view;
        net::parse_packet(frame, view);
        EXPECT_NE(view.ip_bytes, 0U);
        return hasher.pair(view.source, view.destination, wire);
    };
    const auto fragment = [](const char* source, const char* destination, uint16_t bits) {
        return test::join({test::ethernet(0x0800), test::ipv4(source, destination, net::kUdp,
                                                              test::Bytes(16, 1), {}, bits)});
    };
    const uint64_t expected = pair_of(test::tcp_frame({}));
    EXPECT_EQ(pair_of(test::tcp_frame({.source = "192.0.2.1", .destination = "10.0.1.10"})),
              expected);
    EXPECT_EQ(pair_of(test::tcp_frame({.source_port = 1, .destination_port = 2})), expected);
    EXPECT_EQ(pair_of(test::udp_frame("10.0.1.10", 5, "192.0.2.1", 6, {})), expected);
    EXPECT_EQ(pair_of(test::ip_frame("192.0.2.1", "10.0.1.10", net::kIcmp, {8, 0})), expected);
    EXPECT_EQ(pair_of(fragment("10.0.1.10", "192.0.2.1", 0x2000)), expected);
    EXPECT_EQ(pair_of(fragment("192.0.2.1", "10.0.1.10", 0x0002)), expected);

    EXPECT_NE(pair_of(test::tcp_frame({}), 1), expected) << "another wire";
    EXPECT_EQ(pair_of(test::tcp_frame({.vlans = {5}})), expected) << "VLANs do not matter";
    EXPECT_NE(pair_of(test::tcp_frame({.source = "10.0.1.11"})), expected);
}

TEST(FoldLinks, TellsVlansAndTunnelsApart) {
    std::map<uint16_t, int> seen;
    for (const uint32_t tunnel : {0U, 1U, 2U, 4243U, 16'777'216U}) {
        for (const std::vector<uint16_t>& vlans :
             {std::vector<uint16_t>{}, {1}, {2}, {1, 2}, {2, 1}, {1, 1}}) {
            net::PacketView view;
            view.tunnel = tunnel;
            for (const uint16_t vlan : vlans) {
                view.vlans.push(vlan);
            }
            EXPECT_EQ(++seen[fold_links(view)], 1) << tunnel << " " << vlans.size();
        }
    }
    EXPECT_EQ(fold_links(net::PacketView{}), 0);
}

TEST(FlowKey, BothDirectionsAreOneFlow) {
    bool forward_low = false;
    bool backward_low = false;
    const FlowKey forward = key_of({}, forward_low);
    const FlowKey backward = key_of({.source = "192.0.2.1",
                                     .destination = "10.0.1.10",
                                     .source_port = 443,
                                     .destination_port = 40'000},
                                    backward_low);
    EXPECT_EQ(forward, backward);
    EXPECT_NE(forward_low, backward_low);
    const FlowHasher hasher({3, 5});
    EXPECT_EQ(hasher(forward), hasher(backward));
}

TEST(FlowKey, AddressesPortsAndVlansTellFlowsApart) {
    const FlowKey base = key_of({});
    EXPECT_NE(base, key_of({.source = "10.0.1.11"}));
    EXPECT_NE(base, key_of({.source_port = 40'001}));
    EXPECT_NE(base, key_of({.vlans = {1}}));
    EXPECT_NE(key_of({.vlans = {1, 2}}), key_of({.vlans = {2, 1}}));
}

TEST(FlowHasher, TheSecretChangesTheHash) {
    const FlowKey key = key_of({});
    EXPECT_NE(FlowHasher({1, 2})(key), FlowHasher({1, 3})(key));
}

// The low half finds flows, the high half their worker, and replay has a secret of two small
// numbers.
TEST(FlowHasher, SpreadsNeighboursUnderAPoorSecret) {
    constexpr int kFlows = 12'800;
    const FlowHasher hasher({1, 2});
    std::array<int, 128> low{};
    std::array<int, 128> high{};
    for (int i = 0; i < kFlows; ++i) {
        const uint64_t hash = hasher(key_of({.source_port = static_cast<uint16_t>(1000 + i)}));
        ++low[static_cast<uint32_t>(hash) >> 25U];
        ++high[hash >> 57U];
    }
    for (const auto& counts : {low, high}) {
        EXPECT_GT(*std::ranges::min_element(counts), kFlows / 128 / 2);
        EXPECT_LT(*std::ranges::max_element(counts), kFlows / 128 * 2);
    }
}

TEST(FlowTable, AgreesWithAMapUnderCollisions) {
    FlowTable table(100);
    std::map<uint16_t, uint32_t> model;  // by source port
    std::mt19937 random(7);
    // A hash of four values fills buckets, those at both ends of the table among them.
    const auto hash = [](const FlowKey& key) -> uint64_t {
        constexpr std::array<uint32_t, 4> kValues{0, 1, UINT32_MAX / 2, UINT32_MAX};
        return kValues[key.low_port % kValues.size()];
    };
    for (int step = 0; step < 20'000; ++step) {
        const auto port = static_cast<uint16_t>(1000 + random() % 150);
        const FlowKey key = key_of({.source_port = port});
        const uint32_t found = table.find(key, hash(key));
        const auto known = model.find(port);
        ASSERT_EQ(found, known == model.end() ? FlowTable::kNone : known->second);
        if (known == model.end()) {
            const uint32_t index = table.insert(key, hash(key));
            ASSERT_EQ(index == FlowTable::kNone, model.size() == 100) << "full means full";
            if (index != FlowTable::kNone) {
                ASSERT_EQ(table.at(index).key, key);
                model[port] = index;
            }
        } else if (random() % 3 == 0) {
            table.erase(known->second);
            model.erase(known);
        }
        ASSERT_EQ(table.size(), model.size());
    }
}

// More flows pass the first buckets than those can count.
TEST(FlowTable, AFlowFarFromItsBucketIsFoundWhileOthersComeAndGo) {
    constexpr uint16_t kFlows = 600;
    FlowTable table(kFlows);
    std::vector<uint32_t> flows;
    for (uint16_t port = 0; port < kFlows; ++port) {
        flows.push_back(table.insert(key_of({.source_port = port}), 7));
        ASSERT_EQ(table.find(key_of({.source_port = port}), 7), flows.back());
    }
    for (uint16_t port = 0; port + 1 < kFlows; ++port) {
        table.erase(flows[port]);
        ASSERT_EQ(table.find(key_of({.source_port = kFlows - 1}), 7), flows.back());
    }
    EXPECT_EQ(table.find(key_of({.source_port = 0}), 7), FlowTable::kNone);
}

TEST(FlowTable, ErasingStopsTheTimer) {
    FlowTable table(4);
    const FlowKey key = key_of({});
    table.timers().advance(100, 10, [](uint32_t) { FAIL(); });
    const uint32_t index = table.insert(key, 1);
    table.timers().schedule(index, 105);
    table.erase(index);
    table.timers().advance(200, 10, [](uint32_t) { FAIL() << "an erased flow has no deadline"; });
}

}  // namespace
}  // namespace eti::flow
