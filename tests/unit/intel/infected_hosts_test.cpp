#include "eti/intel/infected_hosts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace eti::intel {
namespace {

using namespace std::chrono_literals;

net::IpAddress ip(std::string_view text) {
    return net::parse_ip(text).value();
}

InfectedHost host(std::string_view address, ThreatLevel level = 10, Timestamp expires = {}) {
    return {ip(address), level, "reason", Timestamp(1s), expires};
}

bool listed(const InfectedHosts& hosts, const net::IpAddress& ip, Timestamp now = Timestamp(5s)) {
    InfectedHosts::Found found{};
    return hosts.lookup(ip, now, found);
}

// found is what lookup says of a listed address.
InfectedHosts::Found found(const InfectedHosts& hosts, std::string_view address) {
    InfectedHosts::Found found{};
    EXPECT_TRUE(hosts.lookup(ip(address), Timestamp(5s), found)) << address;
    return found;
}

TEST(InfectedHosts, empty_table_lists_nobody) {
    const InfectedHosts none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(listed(none, ip("10.0.0.1")));
    EXPECT_FALSE(listed(none, net::IpAddress()));
}

TEST(InfectedHosts, finds_both_families_and_orders_its_entries) {
    const InfectedHosts hosts({host("2001:db8::1", 9), host("10.0.0.2", 8), host("10.0.0.1", 7)});
    ASSERT_TRUE(listed(hosts, ip("10.0.0.1")));
    EXPECT_EQ(found(hosts, "10.0.0.1").threat_level, 7);
    EXPECT_EQ(found(hosts, "2001:db8::1").threat_level, 9);
    EXPECT_FALSE(listed(hosts, ip("10.0.0.3")));
    EXPECT_FALSE(listed(hosts, ip("2001:db8::2")));
    ASSERT_EQ(hosts.entries().size(), 3U);
    EXPECT_EQ(hosts.entries()[0].ip, ip("10.0.0.1"));
    EXPECT_EQ(hosts.entries()[2].ip, ip("2001:db8::1"));
}

TEST(InfectedHosts, last_entry_of_an_address_wins) {
    const InfectedHosts hosts({host("10.0.0.1", 7), host("10.0.0.9", 5), host("10.0.0.1", 9)});
    EXPECT_EQ(hosts.entries().size(), 2U);
    EXPECT_EQ(found(hosts, "10.0.0.1").threat_level, 9);
    EXPECT_EQ(found(hosts, "10.0.0.1").reason, "reason");
    EXPECT_EQ(found(hosts, "10.0.0.9").threat_level, 5);
}

TEST(InfectedHosts, entry_ends_at_its_expiry_and_not_before) {
    const InfectedHosts hosts({host("10.0.0.1", 7, Timestamp(100s)), host("10.0.0.2")});
    EXPECT_TRUE(listed(hosts, ip("10.0.0.1"), Timestamp(100s - 1ns)));
    EXPECT_FALSE(listed(hosts, ip("10.0.0.1"), Timestamp(100s)));
    EXPECT_TRUE(listed(hosts, ip("10.0.0.2"), Timestamp(1'000'000s))) << "never expires";
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
        ASSERT_EQ(listed(hosts, address), i % 2 == 0) << i;
    }
}

TEST(InfectedHosts, changes_lead_to_what_a_full_build_makes) {
    std::mt19937_64 random(5);
    std::map<net::IpAddress, InfectedHost> model;
    InfectedHosts hosts;
    for (int round = 0; round < 40; ++round) {
        std::vector<InfectedHost> added;
        std::vector<net::IpAddress> removed;
        const auto drawn = [&] {
            return net::IpAddress::v4(10, 0, static_cast<uint8_t>(random() % 32),
                                      static_cast<uint8_t>(random()));
        };
        for (std::size_t i = random() % (round % 8 == 0 ? 3000 : 30); i > 0; --i) {
            removed.push_back(drawn());
            model.erase(removed.back());
        }
        for (std::size_t i = random() % (round % 8 == 0 ? 3000 : 30); i > 0; --i) {
            added.push_back({drawn(),
                             static_cast<ThreatLevel>(random() % 11),
                             "reason " + std::to_string(random() % 9),
                             Timestamp(1s),
                             {}});
            model[added.back().ip] = added.back();
        }
        const InfectedHosts before = hosts;
        hosts = hosts.with(added, removed);
        std::vector<InfectedHost> expected;
        for (const auto& [ip, host] : model) {
            expected.push_back(host);
        }
        const auto same = [](const InfectedHost& a, const InfectedHost& b) {
            return a.ip == b.ip && a.threat_level == b.threat_level && a.reason == b.reason;
        };
        const std::vector<InfectedHost> entries = hosts.entries();
        ASSERT_TRUE(
            std::equal(entries.begin(), entries.end(), expected.begin(), expected.end(), same))
            << round;
        const auto came = hosts.missing_in(before).size();
        const auto went = before.missing_in(hosts).size();
        ASSERT_EQ(before.size() + came - went, hosts.size()) << round;
    }
}

TEST(InfectedHosts, an_old_table_stays_as_it_was) {
    const InfectedHosts before({host("10.0.0.1", 7), host("10.0.0.2", 8)});
    const InfectedHosts after = before.with({host("10.0.0.1", 9)}, {ip("10.0.0.2")});
    EXPECT_EQ(found(before, "10.0.0.1").threat_level, 7);
    EXPECT_EQ(before.size(), 2U);
    EXPECT_EQ(found(after, "10.0.0.1").threat_level, 9);
    EXPECT_EQ(after.size(), 1U);
    ASSERT_EQ(before.missing_in(after).size(), 1U);
    EXPECT_EQ(before.missing_in(after)[0].ip, ip("10.0.0.2"));
}

}  // namespace
}  // namespace eti::intel
