#include "control/verdict_handler.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace eti::control {
namespace {

Sha1Digest sha1_of(uint8_t tag) {
    Sha1Digest sha1{};
    sha1.fill(tag);
    return sha1;
}

intel::InfectedHost host(uint8_t last, Timestamp expires = {}) {
    return {net::IpAddress::v4(10, 0, 1, last), 10, "why", at_second(0), expires};
}

std::shared_ptr<const intel::CertificateTable> table_of(
    const std::vector<intel::CertificateEntry>& entries) {
    return std::make_shared<const intel::CertificateTable>(entries);
}

class VerdictHandlerTest : public testing::Test {
  protected:
    VerdictHandlerTest() {
        std::string name = (std::filesystem::temp_directory_path() / "eti-verdict-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
    }
    ~VerdictHandlerTest() override { std::filesystem::remove_all(directory_); }

    std::string file(const std::string& name, const std::string& text) {
        const auto path = directory_ / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    VerdictHandler::HostChanged changes() {
        return [this](const intel::InfectedHost& changed, bool added) {
            changes_.push_back((added ? "+" : "-") + net::to_string(changed.ip));
        };
    }

    FakeDataplane dataplane_{1};
    std::filesystem::path directory_;
    std::vector<std::string> changes_;
};

TEST_F(VerdictHandlerTest, InfectedHostsArePublishedAndOnlyChangesTold) {
    VerdictHandler handler(dataplane_.tables(), {}, at_second(0));
    const auto generation = dataplane_.infected_hosts().generation();
    handler.apply({3, {host(1), host(2)}}, changes(), at_second(0));
    EXPECT_EQ(dataplane_.infected_hosts().read()->entries().size(), 2U);
    EXPECT_NE(dataplane_.infected_hosts().generation(), generation);
    handler.apply({4, {host(2), host(3)}}, changes(), at_second(1));
    EXPECT_EQ(changes_,
              (std::vector<std::string>{"+10.0.1.1", "+10.0.1.2", "+10.0.1.3", "-10.0.1.1"}));
    EXPECT_EQ(handler.infected_hosts_feed().version, "4");
    EXPECT_EQ(handler.infected_hosts_feed().objects, 2U);
}

TEST_F(VerdictHandlerTest, AHostLeavesAtItsExpiryAndNotBefore) {
    VerdictHandler handler(dataplane_.tables(), {}, at_second(0));
    handler.apply({1, {host(1, at_second(10)), host(2)}}, changes(), at_second(0));
    const auto generation = dataplane_.infected_hosts().generation();
    handler.expire(changes(), at_second(9));
    EXPECT_EQ(dataplane_.infected_hosts().generation(), generation);
    handler.expire(changes(), at_second(10));
    ASSERT_EQ(dataplane_.infected_hosts().read()->entries().size(), 1U);
    EXPECT_EQ(changes_.back(), "-10.0.1.1");
    const auto after = dataplane_.infected_hosts().generation();
    handler.expire(changes(), at_second(11));
    EXPECT_EQ(dataplane_.infected_hosts().generation(), after);
}

TEST_F(VerdictHandlerTest, FeedAndLocalListsAreInForceTogether) {
    const std::string local = file("mine.csv", std::string(40, '2') + "\nnot a digest\n");
    VerdictHandler handler(dataplane_.tables(), {{local}}, at_second(0));
    EXPECT_TRUE(dataplane_.blocklist().read()->contains(sha1_of(0x22)));
    for (int round = 0; round < 2; ++round) {
        uplink::BlocklistUpdate update;
        update.info.name = "cc_cert_sha1";
        update.info.loaded = true;
        update.table = table_of({{sha1_of(0x11), 10, "Dridex C&C"}});
        handler.apply(std::move(update));
        intel::Sha1Blocklist::Hit hit;
        ASSERT_TRUE(dataplane_.blocklist().read()->find(sha1_of(0x11), hit));
        EXPECT_EQ(hit.feed, "cc_cert_sha1");
        ASSERT_TRUE(dataplane_.blocklist().read()->find(sha1_of(0x22), hit));
        EXPECT_EQ(hit.feed, "mine.csv");
    }
    ASSERT_EQ(handler.problems().size(), 1U);
    EXPECT_NE(handler.problems()[0].find("line 2 is left out"), std::string::npos);
    ASSERT_EQ(handler.certificate_feeds().size(), 2U);
    EXPECT_EQ(handler.certificate_feeds()[1].objects, 1U);
    EXPECT_EQ(handler.certificate_feeds()[1].rejected_lines, 1U);
}

TEST_F(VerdictHandlerTest, AListThatCannotBeReadIsNamedAndTheOthersHold) {
    const std::string good = file("good.csv", std::string(40, '2') + "\n");
    const std::string absent = (directory_ / "absent.csv").string();
    VerdictHandler handler(dataplane_.tables(), {{absent, good}}, at_second(0));
    ASSERT_EQ(handler.problems().size(), 1U);
    EXPECT_NE(handler.problems()[0].find(absent), std::string::npos);
    EXPECT_TRUE(dataplane_.blocklist().read()->contains(sha1_of(0x22)));
    EXPECT_FALSE(handler.certificate_feeds()[1].loaded);
}

TEST_F(VerdictHandlerTest, AFailedFeedKeepsTheTableAndShowsTheReason) {
    VerdictHandler handler(dataplane_.tables(), {}, at_second(0));
    uplink::AllowlistUpdate update;
    update.info.name = "eta_custom_whitelist";
    update.info.version = "20261124.1";
    intel::AllowlistEntry entry;
    entry.range = {net::IpAddress::v4(192, 0, 5, 0), net::IpAddress::v4(192, 0, 5, 1)};
    update.entries = {entry};
    handler.apply(std::move(update));
    handler.apply(uplink::FeedFailure{
        "eta_custom_whitelist", "signature does not verify", {}, uplink::Refusal::Signature});
    EXPECT_EQ(handler.allowlist_feed().status, "signature does not verify");
    EXPECT_EQ(handler.allowlist_feed().version, "20261124.1");
    handler.apply(
        uplink::FeedFailure{"eta_custom_whitelist", "it grew", {}, uplink::Refusal::Size});
    uplink::AllowlistUpdate next;
    next.info.name = "eta_custom_whitelist";
    next.entries = {entry};
    handler.apply(std::move(next));
    const uplink::FeedInfo info = handler.allowlist_feed();
    EXPECT_EQ(info.failures, 2U);
    EXPECT_EQ(info.refusals, (std::array<uint64_t, uplink::kRefusals>{1, 0, 0, 1, 0, 0}))
        << "a later update forgets nothing";
    EXPECT_TRUE(dataplane_.allowlist().read()->contains_address(net::IpAddress::v4(192, 0, 5, 1)));
}

TEST_F(VerdictHandlerTest, ACommitReadsAgainTheListsThatChanged) {
    const auto line = [](char digit) { return std::string(40, digit) + "\n"; };
    const std::string one = file("one", line('1'));
    const std::string two = file("two", line('2'));
    VerdictHandler handler(dataplane_.tables(), {{one}}, at_second(0));
    uplink::BlocklistUpdate feed;
    feed.info.name = "cc_cert_sha1";
    feed.info.loaded = true;
    feed.table = table_of({{sha1_of(0xfe), 9, "why"}});
    handler.apply(std::move(feed));
    const auto size = [&] { return dataplane_.blocklist().read()->size(); };
    const auto generation = dataplane_.blocklist().generation();
    handler.reconfigure({{one}, true, true}, at_second(1));
    EXPECT_EQ(dataplane_.blocklist().generation(), generation) << "nothing changed";
    handler.reconfigure({{one, two}, true, true}, at_second(1));
    EXPECT_EQ(size(), 3U);
    intel::Sha1Blocklist::Hit hit;
    ASSERT_TRUE(dataplane_.blocklist().read()->find(sha1_of(0xfe), hit));
    EXPECT_EQ(hit.threat_level, 9);
    EXPECT_EQ(hit.reason, "why");
    file("two", line('2') + line('3'));
    handler.reconfigure({{one, two}, true, true}, at_second(2));
    EXPECT_EQ(size(), 4U);
    std::filesystem::remove(two);
    handler.reconfigure({{one, two}, true, true}, at_second(3));
    EXPECT_EQ(size(), 4U) << "a list that is gone stays as it was";
    ASSERT_EQ(handler.problems().size(), 1U);
    handler.reconfigure({{one}, false, true}, at_second(4));
    EXPECT_EQ(size(), 1U);
}

TEST_F(VerdictHandlerTest, TypedListsAndAllowlistEntriesComeAndGoBesideTheFeeds) {
    VerdictHandler handler(dataplane_.tables(), {}, at_second(0));
    uplink::BlocklistUpdate list;
    list.info.name = "cc_cert_sha1";
    list.table = table_of({{sha1_of(0x11), 10, "feed"}});
    handler.apply(std::move(list));
    uplink::AllowlistUpdate allowed;
    allowed.info.name = "eta_custom_whitelist";
    allowed.entries.emplace_back();
    allowed.entries[0].kind = intel::AllowlistKind::Hostname;
    allowed.entries[0].hostname = ".feed.example";
    handler.apply(std::move(allowed));

    VerdictHandler::Wanted wanted{{}, true, true};
    Sha256Digest longer{};
    longer.fill(0x33);
    wanted.certificates = {{"mine", {{sha1_of(0x22), 7, "typed"}}, {{longer, 6, "typed too"}}}};
    wanted.allowlist.emplace_back();
    wanted.allowlist[0].feed = "local-allowlist";
    wanted.allowlist[0].range = *net::parse_ip_range("192.0.2.0/24");
    handler.reconfigure(wanted, at_second(1));
    const auto* certificates = dataplane_.blocklist().read();
    intel::Sha1Blocklist::Hit hit{};
    ASSERT_TRUE(certificates->find(sha1_of(0x22), hit));
    EXPECT_EQ(hit.feed, "mine");
    EXPECT_EQ(hit.threat_level, 7);
    ASSERT_TRUE(certificates->find(longer, hit));
    EXPECT_EQ(hit.reason, "typed too");
    EXPECT_TRUE(certificates->contains(sha1_of(0x11)));
    const auto allows = [&](uint8_t last) {
        return dataplane_.allowlist().read()->contains_address(net::IpAddress::v4(192, 0, 2, last));
    };
    EXPECT_TRUE(allows(9));
    EXPECT_TRUE(dataplane_.allowlist().read()->contains_hostname("a.feed.example"));
    ASSERT_EQ(handler.certificate_feeds().size(), 2U);
    EXPECT_EQ(handler.certificate_feeds()[1].objects, 2U);
    EXPECT_EQ(handler.allowlist_feeds().at(1).objects, 1U);

    const auto generation = dataplane_.allowlist().generation();
    handler.reconfigure(wanted, at_second(2));
    EXPECT_EQ(dataplane_.allowlist().generation(), generation) << "nothing changed";
    handler.apply(uplink::AllowlistUpdate{});  // the service's is empty now, ours is not
    EXPECT_TRUE(allows(9));
    EXPECT_FALSE(dataplane_.allowlist().read()->contains_hostname("a.feed.example"));
    handler.reconfigure({{}, true, true}, at_second(3));
    EXPECT_FALSE(allows(9));
    EXPECT_EQ(dataplane_.blocklist().read()->size(), 1U);
    EXPECT_EQ(handler.allowlist_feeds().size(), 1U);
}

}  // namespace
}  // namespace eti::control
