// A file of schema 1, as its version wrote it, becomes one of today.
#include "eti/feeds/merge.h"
#include "eti/ingest/encoding.h"
#include "eti/store/feeds.h"
#include "eti/store/hosts.h"
#include "eti/store/schema.h"
#include "eti/store/stores.h"
#include "tests/support/recount.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

using test::kNoon;
using test::RecordBuilder;

const std::string kBody =
    "# Listingdate,SHA1,Listingreason\n"
    "2026-11-01 10:00:00,2e3519b7cb61a3cd6167f727df993f68311085ea,Dridex C&C\n"
    "# END (1) entries\n";
const std::string kNextBody =
    "# Listingdate,SHA1,Listingreason\n"
    "2026-11-01 10:00:00,2e3519b7cb61a3cd6167f727df993f68311085ea,Dridex C&C\n"
    "2026-11-02 10:00:00,11234647793f73cbded849d827af9f33ebdf288a,AsyncRAT C&C\n"
    "# END (2) entries\n";

class MigrationTest : public ::testing::Test {
  protected:
    MigrationTest() : database_(folder_.path("eti.db"), Database::Access::ReadWrite) {
        migrate_to(database_, 1, kNoon);
        database_.script("BEGIN");
        for (int i = 0; i < 20; ++i) {
            const std::string id = "s-" + std::to_string(i);
            const std::string line =
                RecordBuilder().id(id).server("203.0.113." + std::to_string(i % 3)).line();
            database_.run(
                "INSERT INTO sessions(sensor, id, phase, start, last, received, client, server,"
                " server_port, record) VALUES('eti1', ?1, 2, 1, 2, ?2, '10.0.1.10', '203.0.113.9',"
                " 443, ?3)",
                id, to_micros(kNoon), line.substr(0, line.size() - 1));
        }
        database_.run(
            "INSERT INTO evidence(sensor, id, kind, rule_version, client, server, level, reason,"
            " detail, feed_version, time, received) VALUES('eti1', 's-1', 'certificate-blocklist',"
            " 1, '10.0.1.10', '203.0.113.1', 10, 'listed', 'why', '20261124.1', ?1, ?1)",
            to_micros(kNoon));
        database_.run(
            "INSERT INTO hosts VALUES('10.0.1.10', 1, 2, 'in_progress', 'never_include', 3)");
        database_.run("INSERT INTO infected VALUES('10.0.1.10', 10, 'listed', 5, NULL, 0, 7)");
        database_.run("INSERT INTO batches VALUES('eti1/b/1', '{}', 9)");
        database_.run(
            "INSERT INTO feeds VALUES('cc_cert_sha1', 7, '20261123.2', '20261123', 2, 1, ?1, ?2,"
            " ?2 + 9, ?3)",
            sha256_hex(kBody), to_micros(kNoon), Blob{kBody});
        database_.script("COMMIT");
    }
    test::TemporaryFolder folder_;
    Database database_;
    Stores stores_ = embedded_stores(database_);
};

TEST_F(MigrationTest, CarriesOverEverything) {
    migrate(database_, kNoon);
    EXPECT_EQ(test::differences_from_recount(database_), "");
    const auto sessions = stores_.history->named(kDefaultRealm, "s-1");
    ASSERT_EQ(sessions.size(), 1U);
    const SessionRow& session = sessions[0];
    EXPECT_EQ(nlohmann::json::parse(session.record)["id"], "s-1");
    EXPECT_EQ(session.sensor, "eti1");
    const auto server = server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.1"));
    ASSERT_TRUE(server);
    EXPECT_EQ(server->attempts, 7);
    EXPECT_EQ(server->level, 10);
    EXPECT_EQ(server->category, "listed");
    const auto host = host_row(database_, kDefaultRealm, *net::parse_ip("10.0.1.10"));
    ASSERT_TRUE(host);
    EXPECT_EQ(host->attempts, 20);
    EXPECT_EQ(host->status, "in_progress");
    EXPECT_EQ(host->policy, "never_include");
    EXPECT_EQ(stores_.verdicts->entry(kDefaultRealm, "10.0.1.10")->since_us, 5);
    EXPECT_EQ(stores_.records->append(kDefaultRealm, "eti1/b/1", {}, "new", kNoon).answer, "{}");
    EXPECT_EQ(score_of(database_, kDefaultRealm, *net::parse_ip("10.0.1.10"), {}, kNoon).level, 10);
}

TEST_F(MigrationTest, FeedsGoOnWhereTheyWere) {
    migrate(database_, kNoon);
    const auto feed = stores_.feeds->feed(kCertificateFeed);
    ASSERT_TRUE(feed);
    EXPECT_EQ(feed->realm, kEveryRealm);
    EXPECT_EQ(feed->serial, 7);
    EXPECT_EQ(feed->version, "20261123.2");
    EXPECT_EQ(stores_.feeds->body(kCertificateFeed), kBody);
    const auto versions = stores_.feeds->versions(kCertificateFeed);
    ASSERT_EQ(versions.size(), 1U);
    EXPECT_EQ(versions[0].row.sha256, feed->sha256);
    ASSERT_TRUE(stores_.feeds->publish(kCertificateFeed, kNextBody, 2, {"source a", ""}, kNoon));
    EXPECT_EQ(stores_.feeds->feed(kCertificateFeed)->serial, 8) << "sensors compare it";
    EXPECT_EQ(stores_.feeds->body_at(kCertificateFeed, "20261123.2"), kBody);
    EXPECT_EQ(store_identity(database_).size(), 16U);
}

TEST_F(MigrationTest, LeavesOutWhatNeverWasARecordAndHappensOnce) {
    database_.run(
        "INSERT INTO sessions(sensor, id, phase, start, last, received, client, server,"
        " server_port, record) VALUES('eti1', 'no JSON', 2, 1, 2, 3, 'x', 'y', 443, '{')");
    migrate(database_, kNoon);
    EXPECT_EQ(stores_.history->named(kDefaultRealm, "no JSON").size(), 0U);
    EXPECT_EQ(stores_.history->named(kDefaultRealm, "s-1").size(), 1U);
    migrate(database_, kNoon);
    EXPECT_EQ(stores_.history->named(kDefaultRealm, "s-1").size(), 1U) << "the second does nothing";
}

// Schema 3 kept a session, and a host, a row of its lists.
TEST(MigrationOfListsTest, PacksThem) {
    test::TemporaryFolder folder;
    Database database(folder.path("eti.db"), Database::Access::ReadWrite);
    migrate_to(database, 3, kNoon);
    const net::IpAddress server = *net::parse_ip("203.0.113.9");
    const net::IpAddress host = *net::parse_ip("10.0.1.10");
    const net::IpAddress other = *net::parse_ip("2001:db8::7");
    const int64_t day = day_of_us(to_micros(kNoon));
    const std::vector<int64_t> rows{1, 2, 40'000, 70'000};  // of three parts
    for (const int64_t row : rows) {
        database.run(
            "INSERT INTO sessions VALUES(?1, 1, 1, 's-' || ?1, 2, ?2, ?2, ?2, ?3, ?4, 443, 384, 0,"
            " 1, 0, 0)",
            row, to_micros(kNoon), ip_key(row == 2 ? other : host), ip_key(server));
        database.run("INSERT INTO server_sessions VALUES(1, ?, ?, ?)", day, ip_key(server), row);
        database.run("INSERT INTO host_sessions VALUES(1, ?, ?, ?)", day,
                     ip_key(row == 2 ? other : host), row);
    }
    database.run("INSERT INTO sensors VALUES(1, 1, 'eti1', 1, 1, 4)");
    database.run("INSERT INTO realm_days VALUES(1, ?, 4, 0, x'', x'')", day);
    database.run(
        "INSERT INTO servers VALUES(1, ?, '', 0, 0, '', 0, '', 4, 0, ?2, ?2, x'', x'', x'')",
        ip_key(server), to_micros(kNoon));
    database.run("INSERT INTO server_days VALUES(1, ?, ?, 4, 0, 0, x'', x'', x'')", day,
                 ip_key(server));
    database.run("INSERT INTO server_hosts VALUES(1, ?, ?, ?, 3, 0, 0, ?)", day, ip_key(server),
                 ip_key(host), to_micros(kNoon));
    database.run("INSERT INTO server_hosts VALUES(1, ?, ?, ?, 1, 0, 5, ?)", day, ip_key(server),
                 ip_key(other), to_micros(kNoon));
    for (const net::IpAddress& ip : {host, other}) {
        database.run("INSERT INTO hosts(realm, host, first_seen, last_seen) VALUES(1, ?1, ?2, ?2)",
                     ip_key(ip), to_micros(kNoon));
    }
    migrate(database, kNoon);
    EXPECT_EQ(test::differences_of_pairs(database) + test::differences_of_lists(database), "");
    const auto hosts = server_hosts(database, 1, server, {day * kDayUs, (day + 1) * kDayUs});
    ASSERT_EQ(hosts.size(), 2U);
    EXPECT_EQ(hosts[0].host, other) << "the higher level first";
    EXPECT_EQ(hosts[0].level, 5);
    EXPECT_EQ(hosts[1].last_us, to_micros(kNoon));
    const SessionQuery query{1, {}, host, {0, INT64_MAX}, {}, 100};
    const auto sessions = embedded_stores(database).history->sessions(query).sessions;
    ASSERT_EQ(sessions.size(), 3U);
    EXPECT_EQ(sessions[0].row, 70'000);
}

}  // namespace
}  // namespace eti::analysis
