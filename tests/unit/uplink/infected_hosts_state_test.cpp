#include "uplink/infected_hosts_state.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace eti::uplink {
namespace {

using net::IpAddress;

intel::InfectedHost host(uint8_t last, uint8_t level = 10) {
    intel::InfectedHost result;
    result.ip = IpAddress::v4(10, 0, 1, last);
    result.threat_level = level;
    result.reason = "certificate-blocklist: \"Dridex\" \xc3\xbc";
    result.since = Timestamp{std::chrono::nanoseconds(1'700'000'000'123'456'000)};
    return result;
}

InfectedHostsUpdate table(uint64_t version, std::vector<intel::InfectedHost> hosts) {
    return {version, std::move(hosts)};
}

TEST(Merge, FollowsTheAnswer) {
    struct Case {
        const char* why;
        InfectedHostsAnswer answer;
        bool taken;
        uint64_t version;
        std::vector<IpAddress> left;
    };
    const IpAddress one = IpAddress::v4(10, 0, 1, 1);
    const IpAddress two = IpAddress::v4(10, 0, 1, 2);
    const IpAddress three = IpAddress::v4(10, 0, 1, 3);
    const Case cases[] = {
        {"an addition", {6, false, {host(3)}, {}, ""}, true, 6, {one, two, three}},
        {"a removal", {6, false, {}, {one}, ""}, true, 6, {two}},
        {"removed and added at once stays", {6, false, {host(1)}, {one}, ""}, true, 6, {one, two}},
        {"removal of an unknown host", {6, false, {}, {three}, ""}, true, 6, {one, two}},
        {"a full list replaces", {6, true, {host(3)}, {}, ""}, true, 6, {three}},
        {"an older state of the store", {1, true, {}, {}, ""}, true, 1, {one, two}},
        {"another store", {6, true, {host(3)}, {}, "", "other"}, true, 6, {one, two, three}},
        {"the same store", {6, true, {host(3)}, {}, "", "mine"}, true, 6, {three}},
        {"a removal by another store", {6, true, {}, {one}, "", "other"}, true, 6, {two}},
        {"another store's changes alone", {6, false, {}, {one}, "", "other"}, false, 5, {one, two}},
        {"going back without the whole list", {4, false, {host(3)}, {}, ""}, false, 5, {one, two}},
    };
    for (const Case& c : cases) {
        InfectedHostsUpdate hosts = table(5, {host(1), host(2)});
        hosts.store = "mine";
        EXPECT_EQ(merge(c.answer, hosts).empty(), c.taken) << c.why;
        EXPECT_EQ(hosts.version, c.version) << c.why;
        std::vector<IpAddress> left;
        for (const auto& entry : hosts.hosts) {
            left.push_back(entry.ip);
        }
        EXPECT_EQ(left, c.left) << c.why;
    }
}

std::vector<IpAddress> addresses(const InfectedHostsUpdate& table) {
    std::vector<IpAddress> result;
    for (const auto& entry : table.hosts) {
        result.push_back(entry.ip);
    }
    return result;
}

// What a lost store knew outlives every whole list of the new one, until its time is over or the
// new store speaks about the host itself.
TEST(Merge, CarriesTheHostsOfALostStore) {
    const IpAddress one = IpAddress::v4(10, 0, 1, 1);
    const IpAddress two = IpAddress::v4(10, 0, 1, 2);
    const IpAddress three = IpAddress::v4(10, 0, 1, 3);
    InfectedHostsUpdate hosts = table(5, {host(1), host(2), host(3)});
    hosts.store = "lost";
    hosts.hosts[0].expires = hosts.hosts[0].since + std::chrono::hours(1);
    ASSERT_EQ(merge({100, true, {}, {}, "", "new"}, hosts), "");
    EXPECT_EQ(addresses(hosts), (std::vector<IpAddress>{one, two, three}));
    EXPECT_EQ(hosts.carried, (std::vector<IpAddress>{one, two, three}));

    InfectedHostsUpdate stored;
    ASSERT_EQ(read_infected_hosts(render_infected_hosts(hosts), stored), "") << "and a restart";
    EXPECT_EQ(stored.carried, hosts.carried);
    EXPECT_EQ(stored.store, "new");

    ASSERT_EQ(merge({101, true, {host(2)}, {}, "", "new"}, hosts), "");
    EXPECT_EQ(addresses(hosts), (std::vector<IpAddress>{one, two, three}));
    EXPECT_EQ(hosts.carried, (std::vector<IpAddress>{one, three})) << "host 2 is the new store's";
    ASSERT_EQ(merge({102, false, {}, {two, three}, "", "new"}, hosts), "");
    EXPECT_EQ(addresses(hosts), (std::vector<IpAddress>{one}));
    drop_expired(hosts, hosts.hosts[0].since);
    EXPECT_EQ(addresses(hosts), (std::vector<IpAddress>{one}));
    drop_expired(hosts, hosts.hosts[0].expires);
    EXPECT_TRUE(hosts.hosts.empty());
    EXPECT_TRUE(hosts.carried.empty());
}

TEST(Merge, UpdatesAHostInPlace) {
    InfectedHostsUpdate hosts = table(5, {host(1, 10)});
    ASSERT_EQ(merge({6, false, {host(1, 7)}, {}, ""}, hosts), "");
    ASSERT_EQ(hosts.hosts.size(), 1U);
    EXPECT_EQ(hosts.hosts[0].threat_level, 7);
}

TEST(Merge, BoundsTheTable) {
    InfectedHostsUpdate hosts = table(1, {});
    for (std::size_t i = 0; i < kMostInfectedHosts; ++i) {
        intel::InfectedHost entry = host(1);
        entry.ip = IpAddress::v4(10, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                                 static_cast<uint8_t>(i));
        hosts.hosts.push_back(entry);
    }
    intel::InfectedHost extra = host(1);
    extra.ip = IpAddress::v4(192, 0, 2, 1);
    EXPECT_NE(merge({2, false, {extra}, {}, ""}, hosts), "");
    EXPECT_EQ(hosts.hosts.size(), kMostInfectedHosts);
    EXPECT_EQ(hosts.version, 1U);
}

TEST(InfectedHostsFile, ComesBackAsWritten) {
    const test::TemporaryFolder folder;
    InfectedHostsUpdate before = table(9, {host(1), host(2, 7)});
    before.hosts[1].expires = before.hosts[1].since + std::chrono::hours(1);
    ASSERT_EQ(store_infected_hosts(folder / "new/state", before), "");
    InfectedHostsUpdate after;
    ASSERT_EQ(load_infected_hosts(folder / "new/state", after), "");
    EXPECT_EQ(after.version, 9U);
    ASSERT_EQ(after.hosts.size(), 2U);
    EXPECT_EQ(after.hosts[0].reason.text(), before.hosts[0].reason.text());
    EXPECT_EQ(after.hosts[0].since, before.hosts[0].since);
    EXPECT_EQ(after.hosts[0].expires, Timestamp{});
    EXPECT_EQ(after.hosts[1].expires, before.hosts[1].expires);
    struct stat facts {};
    ASSERT_EQ(::stat(infected_hosts_path(folder / "new/state").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(InfectedHostsFile, MissingIsEmptyAndNoProblem) {
    const test::TemporaryFolder folder;
    InfectedHostsUpdate after = table(4, {host(1)});
    EXPECT_EQ(load_infected_hosts(folder.path(), after), "");
    EXPECT_TRUE(after.hosts.empty());
    EXPECT_EQ(after.version, 0U);
}

TEST(InfectedHostsFile, EveryTruncationAndEveryFlippedByteIsDamage) {
    const std::string whole = render_infected_hosts(table(9, {host(1)}));
    InfectedHostsUpdate after;
    ASSERT_EQ(read_infected_hosts(whole, after), "");
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        EXPECT_NE(read_infected_hosts(whole.substr(0, i), after), "") << i;
        std::string flipped = whole;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        EXPECT_NE(read_infected_hosts(flipped, after), "") << i << ": " << flipped;
    }
    EXPECT_EQ(after.hosts.size(), 1U);  // a refused text leaves the table alone
}

TEST(InfectedHostsFile, AFailedWriteLeavesTheOldFile) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(store_infected_hosts(folder.path(), table(1, {host(1)})), "");
    // A folder in the way of the temporary file: the new content cannot be written.
    std::filesystem::create_directory(infected_hosts_path(folder.path()) + ".new");
    const std::string problem = store_infected_hosts(folder.path(), table(2, {}));
    EXPECT_NE(problem.find(infected_hosts_path(folder.path())), std::string::npos) << problem;
    InfectedHostsUpdate after;
    ASSERT_EQ(load_infected_hosts(folder.path(), after), "");
    EXPECT_EQ(after.version, 1U);
}

}  // namespace
}  // namespace eti::uplink
