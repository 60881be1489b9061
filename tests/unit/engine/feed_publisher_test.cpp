// Sources in, versions out: what a feed was stays reachable for a while.
#include "eti/engine/engine.h"
#include "eti/ingest/encoding.h"
#include "eti/ingest/record_parser.h"
#include "eti/store/schema.h"
#include "eti/store/users.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace eti::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

const Timestamp kNoon{std::chrono::seconds(1'795'521'600)};  // 2026-11-24 12:00:00 UTC

std::string list_of(int first, int count, const std::string& reason = "Dridex C&C") {
    std::string text = "# Listingdate,SHA1,Listingreason\n";
    for (int i = first; i < first + count; ++i) {
        const std::string number = std::to_string(i);
        text += "2026-11-01 10:00:00," + std::string(40 - number.size(), '0') + number + "," +
                reason + "\n";
    }
    return text + "# END (" + std::to_string(count) + ") entries\n";
}

class FeedPublisherTest : public ::testing::Test {
  protected:
    FeedPublisherTest() : database_(folder_.path("eti.db"), Database::Access::ReadWrite) {
        migrate(database_, kNoon);
        engine_.emplace(stores_, EngineOptions{});
        for (const char* name : {"one", "two"}) {
            SourceOptions source;
            source.name = name;
            source.location = std::string("/lists/") + name;
            sources_.push_back(source);
        }
        engine_->use_sources(sources_, kNoon);
    }
    FeedPublisher::Taken take(std::size_t source, const std::string& text, Timestamp now = kNoon) {
        return engine_->take_source(sources_[source], reading_of(text, FeedFormat::Auto), now);
    }
    FeedRow row(std::string_view feed = kCertificateFeed) {
        return stores_.feeds->feed(feed).value_or(FeedRow{});
    }
    SourceRow source(const std::string& name) {
        for (const SourceRow& each : source_rows(database_)) {
            if (each.name == name) {
                return each;
            }
        }
        return {};
    }

    test::TemporaryFolder folder_;
    Database database_;
    Stores stores_ = embedded_stores(database_);
    std::optional<Engine> engine_;
    std::vector<SourceOptions> sources_;
};

TEST_F(FeedPublisherTest, PutsSourcesTogether) {
    take(0, list_of(1, 3));
    take(1, list_of(3, 3) + "192.0.2.1:443\n2001:db8::1\n");
    EXPECT_EQ(row().entries, 5);
    EXPECT_EQ(row(kServerFeed).entries, 1);
    EXPECT_EQ(row(kServer6Feed).entries, 1);
    EXPECT_EQ(source("one").result, "ok");
    EXPECT_EQ(source("two").entries, 5);
    const std::string body = stores_.feeds->body(kServerFeed);
    EXPECT_THAT(body, HasSubstr(",192.0.2.1,443,10,two\n")) << "who says so is the reason";
    EXPECT_EQ(sha256_hex(body), row(kServerFeed).sha256);
}

TEST_F(FeedPublisherTest, EachVersionLeadsToEachOther) {
    std::vector<std::string> bodies;
    std::vector<std::string> versions;
    for (int i = 0; i < 6; ++i) {
        take(0, list_of(i * 2, 10, i == 3 ? "Gozi C&C" : "Dridex C&C"), kNoon + i * 1h);
        bodies.push_back(stores_.feeds->body(kCertificateFeed));
        versions.push_back(row().version);
    }
    EXPECT_EQ(versions.back(), "20261124.6");
    for (std::size_t from = 0; from < bodies.size(); ++from) {
        EXPECT_EQ(stores_.feeds->body_at(kCertificateFeed, versions[from]), bodies[from]);
        for (std::size_t to = 0; to < bodies.size(); ++to) {
            const auto way = stores_.feeds->way(kCertificateFeed, versions[from], versions[to]);
            ASSERT_TRUE(way);
            std::string result;
            ASSERT_EQ(intel::apply_feed_delta(bodies[from], *way, result), "") << from << to;
            EXPECT_EQ(result, bodies[to]);
        }
    }
    EXPECT_FALSE(stores_.feeds->way(kCertificateFeed, "20261124.1", "20261124.99"));
    const auto kept = stores_.feeds->versions(kCertificateFeed);
    ASSERT_EQ(kept.size(), 6U);
    EXPECT_EQ(kept[0].row.version, "20261124.6");
    EXPECT_EQ(kept[4].added, 2);
    EXPECT_EQ(kept[4].removed, 2);
    EXPECT_EQ(kept[4].cause.why, "source one");
}

TEST_F(FeedPublisherTest, KeepsTheLastVersions) {
    for (int i = 0; i < kKeptVersions + 5; ++i) {
        take(0, list_of(i, 5), kNoon + i * 1min);
    }
    const auto kept = stores_.feeds->versions(kCertificateFeed);
    ASSERT_EQ(kept.size(), static_cast<std::size_t>(kKeptVersions));
    EXPECT_EQ(kept.back().row.version, "20261124.6");
    EXPECT_FALSE(stores_.feeds->way(kCertificateFeed, "20261124.5", row().version));
    EXPECT_TRUE(stores_.feeds->way(kCertificateFeed, "20261124.6", row().version));
    EXPECT_EQ(row().serial, kKeptVersions + 5);
}

TEST_F(FeedPublisherTest, ABadReadingChangesOnlyTheSourcesState) {
    take(0, list_of(1, 10));
    const FeedRow before = row();
    struct Case {
        const char* why;
        SourceReading reading;
        const char* result;
        const char* sentence;
    };
    SourceReading failed;
    failed.why = "cannot fetch it";
    SourceReading unchanged;
    unchanged.result = SourceReading::Result::Unchanged;
    const std::string cut = list_of(1, 10).substr(0, 200) + "\n# END (10) entries\n";
    const Case cases[] = {
        {"not there", failed, "failed", "cannot fetch it; version 20261124.1 stays in force"},
        {"cut", reading_of(cut, FeedFormat::Auto), "refused", "truncated"},
        {"less than half", reading_of(list_of(1, 4), FeedFormat::Auto), "refused",
         "its 4 entries are less than half of the 10"},
        {"emptied", reading_of("# Listingdate,SHA1,Listingreason\n", FeedFormat::Auto), "refused",
         "nothing to match"},
    };
    for (const Case& c : cases) {
        const auto taken = engine_->take_source(sources_[0], c.reading, kNoon + 1h);
        EXPECT_TRUE(taken.refused) << c.why;
        EXPECT_THAT(taken.sentence, HasSubstr(c.sentence)) << c.why;
        EXPECT_EQ(source("one").result, c.result) << c.why;
        EXPECT_EQ(source("one").entries, 10) << c.why;
        EXPECT_EQ(row().serial, before.serial) << c.why;
    }
    EXPECT_FALSE(engine_->take_source(sources_[0], unchanged, kNoon + 2h).refused);
    EXPECT_EQ(source("one").result, "unchanged");
    EXPECT_EQ(source("one").why, "");
    take(0, list_of(1, 5), kNoon + 3h);
    EXPECT_EQ(row().serial, before.serial + 1) << "half is taken";
}

TEST_F(FeedPublisherTest, ARollbackIsANewVersionThatStays) {
    take(0, list_of(1, 10));
    const std::string first = stores_.feeds->body(kCertificateFeed);
    take(0, list_of(1, 12), kNoon + 1h);
    engine_->roll_back_feed(kDefaultRealm, kCertificateFeed, "20261124.1",
                            {"ada", "roll-back-feed", "cc_cert_sha1", "20261124.1: too much"},
                            kNoon + 2h);
    EXPECT_EQ(row().version, "20261124.3");
    EXPECT_EQ(row().serial, 3);
    EXPECT_EQ(stores_.feeds->body(kCertificateFeed), first);
    const FeedCause cause = stores_.feeds->versions(kCertificateFeed)[0].cause;
    EXPECT_EQ(cause.actor, "ada");
    EXPECT_EQ(cause.why, "rollback to 20261124.1: too much");
    const auto audit = audit_page(database_, kDefaultRealm, "cc_cert_sha1", INT64_MAX, 10);
    ASSERT_EQ(audit.size(), 1U);
    EXPECT_EQ(audit[0].entry.detail, "20261124.1: too much");
    take(0, list_of(1, 12), kNoon + 3h);
    EXPECT_EQ(row().serial, 3) << "the source says what it said: the operator's word stays";
    take(0, list_of(1, 13), kNoon + 4h);
    EXPECT_EQ(row().entries, 13);
    for (const auto& [feed, version] :
         {std::pair("cc_cert_sha1", "20261124.9"), std::pair("cc_cert_sha1", "20261124.4"),
          std::pair("cc_nothing", "1")}) {
        EXPECT_THROW(engine_->roll_back_feed(kDefaultRealm, feed, version, {}, kNoon), RequestError)
            << feed << " " << version;
    }
    EXPECT_EQ(audit_page(database_, kDefaultRealm, "", INT64_MAX, 10).size(), 1U);
}

TEST_F(FeedPublisherTest, AnAllowlistGoesBackWithItsEntries) {
    engine_->tick(kNoon);
    AllowlistRow entry;
    entry.kind = "ip";
    entry.value = "192.0.2.1";
    const int64_t id = engine_->add_allowlist(entry, kNoon);
    const std::string with = row(kAllowlistFeed).version;
    engine_->remove_allowlist(id, kNoon);
    entry.value = "192.0.2.2";
    engine_->add_allowlist(entry, kNoon);
    engine_->roll_back_feed(kDefaultRealm, kAllowlistFeed, with, {}, kNoon);
    const auto rows = allowlist_rows(database_);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].value, "192.0.2.1");
    EXPECT_THAT(stores_.feeds->body(kAllowlistFeed), HasSubstr("ip,192.0.2.1\n"));
}

TEST_F(FeedPublisherTest, EntriesBecomeTooOldByThemselves) {
    sources_[0].max_age = 24h * 30;
    engine_->use_sources(sources_, kNoon);
    take(0, list_of(1, 3));
    EXPECT_EQ(row().entries, 3);
    engine_->tick(kNoon + 24h * 6);
    EXPECT_EQ(row().entries, 3);
    engine_->tick(kNoon + 24h * 8);  // listed on 1 November
    EXPECT_EQ(row().entries, 0);
}

TEST_F(FeedPublisherTest, WhatARemovedSourceListedGoes) {
    take(0, list_of(1, 3));
    take(1, list_of(10, 2));
    EXPECT_EQ(row().entries, 5);
    sources_.pop_back();
    engine_->use_sources(sources_, kNoon + 1h);
    EXPECT_EQ(row().entries, 3);
    ASSERT_EQ(source_rows(database_).size(), 1U);
}

TEST_F(FeedPublisherTest, ObjectsRememberWhenTheyChanged) {
    take(0, list_of(1, 2));
    take(0, list_of(2, 2), kNoon + 1h);
    const auto objects = stores_.feeds->objects(kCertificateFeed);
    ASSERT_EQ(objects.size(), 3U);
    EXPECT_TRUE(objects[0].withdrawn);
    EXPECT_EQ(objects[0].created_us, to_micros(kNoon));
    EXPECT_EQ(objects[0].modified_us, to_micros(kNoon + 1h));
    EXPECT_FALSE(objects[1].withdrawn);
    EXPECT_EQ(objects[1].modified_us, to_micros(kNoon)) << "nothing of it changed";
    EXPECT_EQ(objects[2].created_us, to_micros(kNoon + 1h));
}

TEST_F(FeedPublisherTest, InfectedHostsAreAFeedOfTheirRealm) {
    const Realm other = realm_named(database_, "other");
    const auto infect = [&](Realm realm, const std::string& host) {
        RecordBatch batch;
        std::string line =
            test::RecordBuilder().id(host).client(host).sha1(test::kListedSha1).line();
        ASSERT_TRUE(parse_records(line, batch));
        engine_->ingest(realm, "", batch, kNoon);
    };
    take(0, test::kFeed);
    infect(kDefaultRealm, "10.0.1.10");
    infect(other, "10.0.1.11");
    engine_->tick(kNoon);
    EXPECT_THAT(stores_.feeds->body({kInfectedFeed, kDefaultRealm}), HasSubstr("\n10.0.1.10,"));
    EXPECT_THAT(stores_.feeds->body({kInfectedFeed, other}), HasSubstr("\n10.0.1.11,"));
    EXPECT_THAT(stores_.feeds->body({kInfectedFeed, other}), Not(HasSubstr("10.0.1.10")));
    EXPECT_FALSE(stores_.feeds->feed(kInfectedFeed)) << "none for everybody";
    const auto names = [&](Realm realm) {
        std::vector<std::string> list;
        for (const FeedRow& feed : feeds_seen_by(realm, *stores_.feeds)) {
            list.push_back(feed.name);
        }
        return list;
    };
    EXPECT_THAT(names(other),
                ElementsAre("cc_cert_sha1", "eta_custom_whitelist", "infected_hosts"));
    EXPECT_THAT(names(realm_named(database_, "empty")),
                ElementsAre("cc_cert_sha1", "eta_custom_whitelist"));
    const int64_t serial = stores_.feeds->feed({kInfectedFeed, other})->serial;
    infect(kDefaultRealm, "10.0.1.12");
    engine_->tick(kNoon + 1h);
    EXPECT_EQ(stores_.feeds->feed({kInfectedFeed, other})->serial, serial)
        << "what happens elsewhere is no new version here";
    EXPECT_THROW(engine_->roll_back_feed(other, kInfectedFeed, "20261124.1", {}, kNoon),
                 RequestError);
}

TEST(StoreIdentity, is_made_once_and_differs_between_stores) {
    const test::TemporaryFolder folder;
    std::string first;
    for (const char* file : {"a.db", "a.db", "b.db"}) {
        Database database(folder.path(file), Database::Access::ReadWrite);
        migrate(database, kNoon);
        const std::string identity = store_identity(database);
        EXPECT_EQ(identity.size(), 16U);
        EXPECT_EQ(first.empty() || first == identity, std::string(file) == "a.db");
        first = identity;
    }
}

}  // namespace
}  // namespace eti::analysis
