// What every FeedStore must do; see record_log_conformance.h for places. This one has feeds().
#pragma once

#include "eti/feeds/merge.h"
#include "eti/store/feed_store.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace eti::analysis::test {

template <typename Place>
class FeedStoreConformance : public ::testing::Test {
  protected:
    // body_of lists a certificate for each number.
    static std::string body_of(const std::vector<unsigned>& numbers) {
        std::vector<std::string> lines;
        for (const unsigned each : numbers) {
            const std::string number = std::to_string(each);
            lines.push_back("2026-11-01 10:00:00," + std::string(40 - number.size(), '0') + number +
                            ",Dridex C&C");
        }
        return intel::render_feed_body(feed_columns(kCertificateFeed), std::move(lines));
    }
    const FeedStore& store() { return place_.feeds(); }
    bool publish(const std::vector<unsigned>& numbers, Timestamp now = kNoon,
                 FeedId feed = kCertificateFeed) {
        bool published = false;
        place_.write([&] {
            published = place_.feeds().publish(feed, body_of(numbers), numbers.size(),
                                               {"source a", "ada"}, now);
        });
        return published;
    }

    Place place_;
};
TYPED_TEST_SUITE_P(FeedStoreConformance);

TYPED_TEST_P(FeedStoreConformance, WhatIsPublishedIsInForce) {
    ASSERT_TRUE(this->publish({1, 2}));
    this->place_.reopen();
    const auto feed = this->store().feed(kCertificateFeed);
    ASSERT_TRUE(feed);
    EXPECT_EQ(feed->serial, 1);
    EXPECT_EQ(feed->version, "20261124.1");
    EXPECT_EQ(feed->entries, 2);
    EXPECT_EQ(feed->created_us, to_micros(kNoon));
    EXPECT_EQ(feed->expires_us, to_micros(kNoon + kFeedLifetime));
    EXPECT_EQ(this->store().body(kCertificateFeed), this->body_of({1, 2}));
    const auto versions = this->store().versions(kCertificateFeed);
    ASSERT_EQ(versions.size(), 1U);
    EXPECT_EQ(versions[0].cause.why, "source a");
    EXPECT_EQ(versions[0].cause.actor, "ada");
}

TYPED_TEST_P(FeedStoreConformance, VersionsGrowAndAreNeverUsedAgain) {
    std::set<std::string> texts;
    int64_t serial = 0;
    for (unsigned i = 0; i < 12; ++i) {
        // Back and forth between two contents, over three days.
        ASSERT_TRUE(this->publish({i % 2}, kNoon + std::chrono::hours(24) * (i / 4)));
        const auto feed = this->store().feed(kCertificateFeed);
        EXPECT_EQ(feed->serial, ++serial);
        EXPECT_TRUE(texts.insert(feed->version).second) << feed->version;
        this->place_.reopen();
    }
    const auto versions = this->store().versions(kCertificateFeed);
    ASSERT_EQ(versions.size(), 12U);
    for (const FeedVersion& version : versions) {
        EXPECT_EQ(version.row.serial, serial--) << "the newest first";
    }
}

TYPED_TEST_P(FeedStoreConformance, AnUnchangedBodyMakesNoVersionUntilItsRenewal) {
    ASSERT_TRUE(this->publish({1}));
    const Timestamp renewal = kNoon + kFeedLifetime / 2;
    EXPECT_FALSE(this->publish({1}));
    EXPECT_FALSE(this->publish({1}, renewal - std::chrono::microseconds(1)));
    EXPECT_EQ(this->store().versions(kCertificateFeed).size(), 1U);
    EXPECT_TRUE(this->publish({1}, renewal));
    EXPECT_EQ(this->store().feed(kCertificateFeed)->expires_us, to_micros(renewal + kFeedLifetime));
}

TYPED_TEST_P(FeedStoreConformance, TheBodyOfAnOldVersionIsWhatItWasToTheByte) {
    std::mt19937 random(3);
    std::vector<std::pair<std::string, std::string>> published;
    for (int i = 0; i < 25; ++i) {
        std::vector<unsigned> numbers;
        for (unsigned number = 0; number < 40; ++number) {
            if (random() % 2 == 0) {
                numbers.push_back(number);
            }
        }
        ASSERT_TRUE(this->publish(numbers));
        published.emplace_back(this->store().feed(kCertificateFeed)->version,
                               this->body_of(numbers));
    }
    this->place_.reopen();
    for (const auto& [version, body] : published) {
        EXPECT_EQ(this->store().body_at(kCertificateFeed, version), body) << version;
    }
    for (const auto& [from, start] : published) {
        const auto& [to, end] = published[random() % published.size()];
        const auto way = this->store().way(kCertificateFeed, from, to);
        ASSERT_TRUE(way) << from << " to " << to;
        std::string body;
        EXPECT_EQ(intel::apply_feed_delta(start, *way, body), "");
        EXPECT_EQ(body, end) << from << " to " << to;
    }
}

TYPED_TEST_P(FeedStoreConformance, WhatIsNotThereIsAbsent) {
    EXPECT_FALSE(this->store().feed(kCertificateFeed));
    EXPECT_EQ(this->store().body(kCertificateFeed), "");
    EXPECT_FALSE(this->store().body_at(kCertificateFeed, "20261124.1"));
    EXPECT_TRUE(this->store().versions(kCertificateFeed).empty());
    EXPECT_TRUE(this->store().feeds().empty());
    ASSERT_TRUE(this->publish({1}));
    for (const char* version : {"", "0", "20261124.2", "20261125.1"}) {
        EXPECT_FALSE(this->store().body_at(kCertificateFeed, version)) << version;
        EXPECT_FALSE(this->store().way(kCertificateFeed, "20261124.1", version)) << version;
        EXPECT_FALSE(this->store().way(kCertificateFeed, version, "20261124.1")) << version;
    }
    EXPECT_FALSE(this->store().feed(kServerFeed));
    EXPECT_FALSE(this->store().body_at(kServerFeed, "20261124.1"));
}

TYPED_TEST_P(FeedStoreConformance, TheNewestVersionsAreKept) {
    const auto published = static_cast<unsigned>(kKeptVersions) + 5;
    for (unsigned i = 1; i <= published; ++i) {
        ASSERT_TRUE(this->publish({i}));
    }
    EXPECT_EQ(this->store().versions(kCertificateFeed).size(),
              static_cast<std::size_t>(kKeptVersions));
    EXPECT_FALSE(this->store().body_at(kCertificateFeed, "20261124.5"));
    EXPECT_EQ(this->store().body_at(kCertificateFeed, "20261124.6"), this->body_of({6}));
    EXPECT_EQ(this->store().body(kCertificateFeed), this->body_of({published}));
}

TYPED_TEST_P(FeedStoreConformance, ARealmsFeedIsItsOwn) {
    const FeedId mine(kInfectedFeed, kDefaultRealm);
    const FeedId theirs(kInfectedFeed, kDefaultRealm + 1);
    ASSERT_TRUE(this->publish({1}));
    ASSERT_TRUE(this->publish({2}, kNoon, mine));
    ASSERT_TRUE(this->publish({3}, kNoon, theirs));
    EXPECT_EQ(this->store().body(mine), this->body_of({2}));
    EXPECT_EQ(this->store().body(theirs), this->body_of({3}));
    EXPECT_EQ(this->store().feeds().size(), 3U);
    for (const Realm realm : {kDefaultRealm, kDefaultRealm + 1}) {
        const auto seen = feeds_seen_by(realm, this->store());
        ASSERT_EQ(seen.size(), 2U);
        EXPECT_EQ(seen[0].realm, kEveryRealm);
        EXPECT_EQ(seen[1].realm, realm);
    }
}

TYPED_TEST_P(FeedStoreConformance, AnObjectOutlivesItsEntry) {
    ASSERT_TRUE(this->publish({1, 2}));
    const Timestamp later = kNoon + std::chrono::hours(1);
    ASSERT_TRUE(this->publish({2, 3}, later));
    this->place_.reopen();
    const auto objects = this->store().objects(kCertificateFeed);
    ASSERT_EQ(objects.size(), 3U);
    EXPECT_TRUE(objects[0].withdrawn);
    EXPECT_EQ(objects[0].created_us, to_micros(kNoon));
    EXPECT_EQ(objects[0].modified_us, to_micros(later));
    EXPECT_FALSE(objects[1].withdrawn);
    EXPECT_EQ(objects[1].modified_us, to_micros(kNoon));
    EXPECT_EQ(objects[2].created_us, to_micros(later));
}

REGISTER_TYPED_TEST_SUITE_P(FeedStoreConformance, WhatIsPublishedIsInForce,
                            VersionsGrowAndAreNeverUsedAgain,
                            AnUnchangedBodyMakesNoVersionUntilItsRenewal,
                            TheBodyOfAnOldVersionIsWhatItWasToTheByte, WhatIsNotThereIsAbsent,
                            TheNewestVersionsAreKept, ARealmsFeedIsItsOwn,
                            AnObjectOutlivesItsEntry);

}  // namespace eti::analysis::test
