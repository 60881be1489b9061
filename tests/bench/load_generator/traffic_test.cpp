#include "traffic.h"

#include "capture.h"
#include "meters.h"
#include "tests/support/packet_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace eti::bench {
namespace {

std::vector<SessionTemplate> all_sessions() {
    return {tls12_session(),
            tls12_session({.ipv6 = true}),
            tls12_session({.vlans = {100}}),
            tls13_session({.ipv6 = true, .vlans = {100, 7}}),
            bulk_session(1),
            small_session(4),
            large_session(4),
            young_small_session(4),
            young_large_session(4),
            probe_session(4),
            plain_session(4),
            http_session(),
            udp_session(),
            half_open_session(3),
            syn_session()};
}

// transport_checksum is 0 where the packet's own is right.
uint16_t transport_checksum(const net::PacketView& view) {
    const auto ip = view.frame.subspan(view.ip_offset, view.ip_bytes);
    const auto segment = ip.subspan(view.ipv6 ? 40 : 20);
    net::Checksum checksum;
    checksum.add(view.source.bytes());  // 0xffff in front of an IPv4 address adds nothing
    checksum.add(view.destination.bytes());
    checksum.add(view.protocol);
    checksum.add(static_cast<uint16_t>(segment.size()));
    checksum.add(segment);
    return checksum.finish();
}

TEST(SessionTemplate, EveryFlowHasItsOwnClientAndRightChecksums) {
    for (const SessionTemplate& session : all_sessions()) {
        SCOPED_TRACE(session.name);
        std::set<std::pair<net::IpAddress, uint16_t>> clients;
        for (const uint32_t flow :
             {0U, 1U, 63U, 64U, 65'536U * 64 - 1, 65'536U * 64, 1'073'741'823U}) {
            std::set<std::pair<net::IpAddress, uint16_t>> of_flow;
            for (const TemplatePacket& packet : session.packets) {
                Bytes frame(packet.frame.size());
                write_packet(packet, flow, frame);
                net::PacketView view;
                ASSERT_EQ(net::parse_packet(frame, view), net::ParseResult::Transport);
                if (packet.way == Way::ToServer) {
                    of_flow.insert({view.source, view.source_port});
                } else {
                    of_flow.insert({view.destination, view.destination_port});
                }
                if (view.protocol == net::kTcp) {
                    ASSERT_EQ(transport_checksum(view), 0) << "flow " << flow;
                }
                if (!view.ipv6) {
                    net::Checksum checksum;
                    checksum.add(std::span<const uint8_t>(frame).subspan(view.ip_offset, 20));
                    ASSERT_EQ(checksum.finish(), 0) << "flow " << flow;
                }
            }
            ASSERT_EQ(of_flow.size(), 1U) << "flow " << flow;
            ASSERT_TRUE(clients.insert(*of_flow.begin()).second) << "flow " << flow;
        }
    }
}

TEST(SessionTemplate, AStampComesBackAndLeavesTheChecksumRight) {
    const SessionTemplate session = probe_session(2);
    const TemplatePacket& packet = session.packets[session.opening];
    for (const uint64_t stamp :
         {uint64_t{0}, uint64_t{1}, uint64_t{0x123456789abcdef0}, UINT64_MAX}) {
        Bytes frame(packet.frame.size());
        write_packet(packet, 4711, frame);
        write_stamp(packet, stamp, frame);
        EXPECT_EQ(read_stamp(packet, frame), stamp);
        net::PacketView view;
        ASSERT_EQ(net::parse_packet(frame, view), net::ParseResult::Transport);
        EXPECT_EQ(transport_checksum(view), 0) << stamp;
    }
}

TEST(SessionTemplate, FramesAfterTheOpeningHaveTheSizesTheirNamePromises) {
    const auto sizes = [](const SessionTemplate& session) {
        std::set<std::size_t> found;
        for (std::size_t i = session.opening; i < session.packets.size() - 3; ++i) {
            found.insert(session.packets[i].frame.size());
        }
        return found;
    };
    EXPECT_THAT(sizes(small_session(10)), testing::ElementsAre(54, 64));
    EXPECT_THAT(sizes(young_small_session(10)), testing::ElementsAre(54, 64));
    EXPECT_THAT(sizes(large_session(10)), testing::ElementsAre(1400));
    EXPECT_THAT(sizes(young_large_session(10)), testing::ElementsAre(1400));
    EXPECT_THAT(sizes(plain_session(10)), testing::ElementsAre(64));
}

TEST(Traffic, NoOtherFrameIsAsLongAsAProbe) {
    const std::vector<Share> shares = traffic_of("probe", 1, 1);
    const Traffic traffic(shares, 1);
    ASSERT_NE(traffic.probe(), nullptr);
    for (const TemplatePacket& packet : shares[0].session.packets) {
        EXPECT_EQ(packet.frame.size() == traffic.probe()->frame.size(), packet.stamp_at != 0);
    }
}

TEST(Traffic, SessionsOpenInGroupsAndThenAllTakeTurns) {
    constexpr uint32_t kFlows = 2 * Traffic::kGroup + 5;
    Traffic traffic(traffic_of("plain", kFlows, 1), kFlows);
    const uint64_t rounds = traffic.opening() / kFlows;
    std::vector<uint64_t> position(kFlows);
    for (uint64_t i = 0; i < traffic.opening(); ++i) {
        const uint32_t flow = traffic.next().flow;
        ++position[flow];
        if (i + 1 == rounds * Traffic::kGroup) {
            EXPECT_EQ(position[Traffic::kGroup - 1], rounds);
            EXPECT_EQ(position[Traffic::kGroup], 0U);
        }
    }
    EXPECT_THAT(position, testing::Each(rounds));
    for (uint32_t flow = 0; flow < kFlows; ++flow) {
        ASSERT_EQ(traffic.next().flow, flow);
    }
    EXPECT_EQ(traffic.next().flow, 0U);
}

TEST(Traffic, AFloodLeavesSessionsAsTheyAreAndEndsWithThem) {
    constexpr uint32_t kFlows = 3;
    constexpr unsigned kSyns = 4;
    Traffic traffic(traffic_of("flood", kFlows, 1), kFlows);
    for (uint64_t i = 0; i < traffic.opening(); ++i) {
        traffic.next();
    }
    const uint64_t packets = traffic.left() * (1 + kSyns);
    traffic.flood(kSyns);
    std::set<uint32_t> flooded;
    uint64_t of_sessions = 0;
    for (uint64_t i = 0; i < packets; ++i) {
        const Traffic::Next next = traffic.next();
        if (next.flow < kFlows) {
            ++of_sessions;
        } else {
            EXPECT_TRUE(flooded.insert(next.flow).second) << "flow " << next.flow;
        }
    }
    EXPECT_EQ(traffic.sessions_ended(), kFlows);
    EXPECT_EQ(flooded.size(), of_sessions * kSyns);
}

TEST(Latencies, QuantilesAreExactToA64th) {
    Latencies latencies;
    EXPECT_EQ(latencies.quantile(0.5), 0U);
    for (uint64_t ticks = 1; ticks <= 100'000; ++ticks) {
        latencies.add(ticks);
    }
    for (const double share : {0.001, 0.5, 0.99, 0.999}) {
        EXPECT_NEAR(static_cast<double>(latencies.quantile(share)), share * 1e5,
                    share * 1e5 / 64 + 1);
    }
    EXPECT_EQ(latencies.max(), 100'000U);
    latencies.add(UINT64_MAX);
    EXPECT_EQ(latencies.quantile(1), UINT64_MAX);
}

TEST(Pace, MakesUpForLittleAndLetsTheRestGo) {
    Pace pace(0.5, 1000);
    EXPECT_EQ(pace.due(1000, 0), 0U);
    EXPECT_EQ(pace.due(1010, 0), 5U);
    EXPECT_EQ(pace.due(1010, 5), 0U);
    EXPECT_EQ(pace.due(3010, 5), 256U);
    EXPECT_EQ(pace.let_go(), 1000U - 256U);
    EXPECT_EQ(pace.due(3010, 261), 0U);
    EXPECT_EQ(pace.due(3020, 261), 5U);
}

TEST(Traffic, KeepsThatManySessionsOpenAndEveryOneInOrder) {
    for (const std::string& mode : mode_names()) {
        SCOPED_TRACE(mode);
        constexpr uint32_t kFlows = 50;
        Traffic traffic(traffic_of(mode, kFlows, 2), kFlows);
        std::map<uint32_t, std::vector<const TemplatePacket*>> flows;
        for (int i = 0; i < 20'000; ++i) {
            const Traffic::Next next = traffic.next();
            flows[next.flow].push_back(next.packet);
        }
        for (const auto& [flow, packets] : flows) {
            for (std::size_t i = 1; i < packets.size(); ++i) {
                ASSERT_EQ(packets[i], packets[i - 1] + 1) << "flow " << flow;
            }
        }
        EXPECT_EQ(flows.rbegin()->first + 1, flows.size());
        EXPECT_GE(traffic.flows_started(), kFlows);
    }
}

TEST(Traffic, AMixHasItsSharesOfBytes) {
    Traffic traffic(traffic_of("mix", 1000, 1), 1000);
    std::map<uint8_t, double> bytes;  // by IP protocol
    double total = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const TemplatePacket& packet = *traffic.next().packet;
        net::PacketView view;
        net::parse_packet(packet.frame, view);
        const bool http = view.source_port == 80 || view.destination_port == 80;
        bytes[http ? 80 : view.protocol] += static_cast<double>(packet.frame.size());
        total += static_cast<double>(packet.frame.size());
    }
    EXPECT_NEAR(bytes[80] / total, 0.10, 0.02);
    EXPECT_NEAR(bytes[net::kUdp] / total, 0.10, 0.02);
    EXPECT_NEAR(bytes[net::kTcp] / total, 0.80, 0.03);
    EXPECT_GT(bytes[0], 0) << "ARP";
}

TEST(Capture, KeepsDirectionTimeAndBytes) {
    const std::string path = testing::TempDir() + "load_capture_test.pcapng";
    Capture capture(path);
    capture.write(Way::ToClient, Bytes{1, 2, 3, 4, 5}, 7);
    capture.finish();
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto little = [](uint32_t value) {
        return std::string{static_cast<char>(value), static_cast<char>(value >> 8), 0, 0};
    };
    ASSERT_EQ(bytes.size(), 28U + 2 * 20 + 40);
    EXPECT_EQ(bytes.substr(68), little(6) + little(40) + little(1) + little(0) + little(7) +
                                    little(5) + little(5) + std::string("\1\2\3\4\5\0\0\0", 8) +
                                    little(40));
    std::filesystem::remove(path);
}

TEST(Capture, NamesAFileItCannotWrite) {
    try {
        Capture capture("/nowhere/at/all.pcapng");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/at/all.pcapng"));
    }
}

}  // namespace
}  // namespace eti::bench
