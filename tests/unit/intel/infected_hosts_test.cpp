#include "eti/intel/infected_hosts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace eti::intel {
namespace {

using namespace std::chrono_literals;

net::IpAddress ip(std::string_view text) {
    return net::parse_ip(text).value();
}

InfectedHost host(std::string_view address, ThreatLevel level = 10, Timestamp expires = {}) {
    return {ip(address), level, "reason", Timestamp(1s), expires};
}

TEST(InfectedHosts, empty_table_lists_nobody) {
    const InfectedHosts none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.lookup(ip("10.0.0.1"), Timestamp(5s)), nullptr);
    EXPECT_EQ(none.lookup(net::IpAddress(), Timestamp(5s)), nullptr);
}

TEST(InfectedHosts, finds_both_families_and_orders_its_entries) {
    const InfectedHosts hosts({host("2001:db8::1", 9), host("10.0.0.2", 8), host("10.0.0.1", 7)});
    ASSERT_NE(hosts.lookup(ip("10.0.0.1"), Timestamp(5s)), nullptr);
    EXPECT_EQ(hosts.lookup(ip("10.0.0.1"), Timestamp(5s))->threat_level, 7);
    EXPECT_EQ(hosts.lookup(ip("2001:db8::1"), Timestamp(5s))->threat_level, 9);
    EXPECT_EQ(hosts.lookup(ip("10.0.0.3"), Timestamp(5s)), nullptr);
    EXPECT_EQ(hosts.lookup(ip("2001:db8::2"), Timestamp(5s)), nullptr);
    ASSERT_EQ(hosts.entries().size(), 3U);
    EXPECT_EQ(hosts.entries()[0].ip, ip("10.0.0.1"));
    EXPECT_EQ(hosts.entries()[2].ip, ip("2001:db8::1"));
}

TEST(InfectedHosts, last_entry_of_an_address_wins) {
    const InfectedHosts hosts({host("10.0.0.1", 7), host("10.0.0.9", 5), host("10.0.0.1", 9)});
    EXPECT_EQ(hosts.entries().size(), 2U);
    EXPECT_EQ(hosts.lookup(ip("10.0.0.1"), Timestamp(5s))->threat_level, 9);
    EXPECT_EQ(hosts.lookup(ip("10.0.0.1"), Timestamp(5s))->reason, "reason");
    EXPECT_EQ(hosts.lookup(ip("10.0.0.9"), Timestamp(5s))->threat_level, 5);
}

TEST(InfectedHosts, entry_ends_at_its_expiry_and_not_before) {
    const InfectedHosts hosts({host("10.0.0.1", 7, Timestamp(100s)), host("10.0.0.2")});
    EXPECT_NE(hosts.lookup(ip("10.0.0.1"), Timestamp(100s - 1ns)), nullptr);
    EXPECT_EQ(hosts.lookup(ip("10.0.0.1"), Timestamp(100s)), nullptr);
    EXPECT_NE(hosts.lookup(ip("10.0.0.2"), Timestamp(1'000'000s)), nullptr) << "never expires";
}

TEST(InfectedHosts, holds_a_whole_network_of_neighbours) {
    std::vector<InfectedHost> network;
    for (unsigned i = 0; i < 65536; i += 2) {
        network.push_back({net::IpAddress::v4(10, 1, static_cast<uint8_t>(i >> 8),
                                              static_cast<uint8_t>(i & 0xff)),
                           10,
                           "",
                           {},
                           {}});
    }
    const InfectedHosts hosts(network);
    for (unsigned i = 0; i < 65536; ++i) {
        const auto address =
            net::IpAddress::v4(10, 1, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i & 0xff));
        ASSERT_EQ(hosts.lookup(address, Timestamp(5s)) != nullptr, i % 2 == 0) << i;
    }
}

}  // namespace
}  // namespace eti::intel
