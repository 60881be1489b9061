// What every VerdictStore must do; see record_log_conformance.h for places. This one has
// verdicts().
#pragma once

#include "eti/store/verdict_store.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace eti::analysis::test {

template <typename Place>
class VerdictStoreConformance : public ::testing::Test {
  protected:
    static InfectedEntry host(const std::string& ip, int64_t level = 8) {
        return {ip, level, "listed", to_micros(kNoon), std::nullopt, 0};
    }
    VerdictStore& store() { return place_.verdicts(); }
    bool put(const InfectedEntry& entry, int64_t expected, Realm realm = kDefaultRealm) {
        bool done = false;
        place_.write([&] { done = store().put(realm, entry, expected); });
        return done;
    }
    bool remove(const std::string& ip, int64_t expected, Realm realm = kDefaultRealm) {
        bool done = false;
        place_.write([&] { done = store().remove(realm, ip, expected); });
        return done;
    }
    int64_t version_of(const std::string& ip, Realm realm = kDefaultRealm) {
        const auto entry = store().entry(realm, ip);
        return entry ? entry->version : kNotListed;
    }

    Place place_;
};
TYPED_TEST_SUITE_P(VerdictStoreConformance);

TYPED_TEST_P(VerdictStoreConformance, AnEntryIsKeptAsItWasPut) {
    InfectedEntry entry = this->host("10.0.1.10", 9);
    entry.expires_us = to_micros(kNoon) + 7;
    ASSERT_TRUE(this->put(entry, kNotListed));
    this->place_.reopen();
    const auto kept = this->store().entry(kDefaultRealm, "10.0.1.10");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->ip, "10.0.1.10");
    EXPECT_EQ(kept->level, 9);
    EXPECT_EQ(kept->reason, "listed");
    EXPECT_EQ(kept->since_us, to_micros(kNoon));
    EXPECT_EQ(kept->expires_us, to_micros(kNoon) + 7);
    EXPECT_EQ(kept->version, this->store().version());
    EXPECT_FALSE(this->store().entry(kDefaultRealm + 1, "10.0.1.10")) << "it is its realm's own";
}

TYPED_TEST_P(VerdictStoreConformance, EveryChangeMakesTheVersionGrow) {
    int64_t before = this->store().version();
    EXPECT_GE(before, to_micros(kNoon) / 1'000'000) << "a lost store's versions are below";
    const auto grew = [&] {
        const int64_t now = this->store().version();
        return now > std::exchange(before, now);
    };
    EXPECT_TRUE(this->put(this->host("10.0.1.10"), kNotListed));
    EXPECT_TRUE(grew());
    EXPECT_TRUE(this->put(this->host("10.0.1.10", 9), this->version_of("10.0.1.10")));
    EXPECT_TRUE(grew());
    EXPECT_TRUE(this->remove("10.0.1.10", this->version_of("10.0.1.10")));
    EXPECT_TRUE(grew());
    EXPECT_TRUE(this->put(this->host("10.0.1.10"), kNotListed)) << "a tombstone is not listed";
    EXPECT_TRUE(grew());
    this->place_.reopen();
    EXPECT_EQ(this->store().version(), before);
}

TYPED_TEST_P(VerdictStoreConformance, AComparisonWithAnOlderVersionLoses) {
    ASSERT_TRUE(this->put(this->host("10.0.1.10"), kNotListed));
    const int64_t older = this->version_of("10.0.1.10");
    ASSERT_TRUE(this->put(this->host("10.0.1.10", 9), older));
    const int64_t version = this->store().version();
    for (const int64_t expected : {older, kNotListed, version + 1}) {
        EXPECT_FALSE(this->put(this->host("10.0.1.10", 5), expected)) << expected;
        EXPECT_FALSE(this->remove("10.0.1.10", expected)) << expected;
    }
    EXPECT_FALSE(this->put(this->host("10.0.1.11"), version)) << "it is not listed";
    EXPECT_FALSE(this->remove("10.0.1.11", version)) << "it is not listed";
    EXPECT_EQ(this->store().entry(kDefaultRealm, "10.0.1.10")->level, 9);
    EXPECT_EQ(this->store().version(), version) << "what lost changed nothing";
    ASSERT_TRUE(this->remove("10.0.1.10", version));
    EXPECT_FALSE(this->put(this->host("10.0.1.10"), version)) << "it was removed meanwhile";
    EXPECT_FALSE(this->remove("10.0.1.10", version)) << "it was removed meanwhile";
}

TYPED_TEST_P(VerdictStoreConformance, ARemovedHostIsToldToThoseWhoMayHaveIt) {
    const int64_t start = this->store().version();
    ASSERT_TRUE(this->put(this->host("10.0.1.10"), kNotListed));
    const int64_t listed = this->store().version();
    ASSERT_TRUE(this->remove("10.0.1.10", listed));
    EXPECT_FALSE(this->store().entry(kDefaultRealm, "10.0.1.10"));
    this->place_.reopen();
    for (const int64_t since : {start, listed}) {
        const InfectedChanges changes = this->store().changes(kDefaultRealm, since);
        EXPECT_FALSE(changes.full);
        EXPECT_THAT(changes.entries, ::testing::IsEmpty());
        EXPECT_THAT(changes.removed, ::testing::ElementsAre("10.0.1.10"));
    }
    const InfectedChanges whole = this->store().changes(kDefaultRealm, 0);
    EXPECT_TRUE(whole.full);
    EXPECT_THAT(whole.removed, ::testing::IsEmpty());
}

// Hosts that come, change and go in two realms; watchers that ask at different times all end up
// with what is listed, and none is told anything twice.
TYPED_TEST_P(VerdictStoreConformance, WatchersSeeEveryChangeOnceAndInOrder) {
    struct Watcher {
        Realm realm;
        unsigned every;
        int64_t version;
        std::map<std::string, int64_t> levels;
    };
    const int64_t start = this->store().version();
    std::vector<Watcher> watchers{{kDefaultRealm, 1, start, {}},
                                  {kDefaultRealm, 3, start, {}},
                                  {kDefaultRealm, 50, 0, {}},
                                  {kDefaultRealm + 1, 2, start, {}}};
    const auto ask = [&](Watcher& watcher) {
        const InfectedChanges changes = this->store().changes(watcher.realm, watcher.version);
        if (changes.full) {
            watcher.levels.clear();
        }
        int64_t before = changes.full ? 0 : watcher.version;
        for (const InfectedEntry& entry : changes.entries) {
            EXPECT_GT(entry.version, before) << "once, and in order";
            before = entry.version;
            watcher.levels[entry.ip] = entry.level;
        }
        for (const std::string& ip : changes.removed) {
            watcher.levels.erase(ip);
        }
        EXPECT_GE(changes.version, before);
        watcher.version = changes.version;
    };
    std::map<std::string, int64_t> listed[2];
    std::mt19937 random(7);
    for (unsigned step = 0; step < 200; ++step) {
        const Realm realm = kDefaultRealm + random() % 2;
        const std::string ip = "10.0.1." + std::to_string(random() % 9);
        auto& levels = listed[realm - kDefaultRealm];
        const int64_t version = this->version_of(ip, realm);
        if (version != kNotListed && random() % 3 == 0) {
            ASSERT_TRUE(this->remove(ip, version, realm));
            levels.erase(ip);
        } else {
            const auto level = static_cast<int64_t>(step % 10);
            ASSERT_TRUE(this->put(this->host(ip, level), version, realm));
            levels[ip] = level;
        }
        for (Watcher& watcher : watchers) {
            if (step % watcher.every == 0) {
                ask(watcher);
            }
        }
    }
    for (Watcher& watcher : watchers) {
        ask(watcher);
        EXPECT_EQ(watcher.levels, listed[watcher.realm - kDefaultRealm]) << watcher.every;
        const InfectedChanges none = this->store().changes(watcher.realm, watcher.version);
        EXPECT_TRUE(none.entries.empty() && none.removed.empty() && !none.full);
    }
}

TYPED_TEST_P(VerdictStoreConformance, AWatcherOfAnotherStoreGetsTheWholeList) {
    ASSERT_TRUE(this->put(this->host("10.0.1.10"), kNotListed));
    for (const int64_t since : {int64_t{0}, int64_t{5}, this->store().version() + 1}) {
        const InfectedChanges changes = this->store().changes(kDefaultRealm, since);
        EXPECT_TRUE(changes.full) << since;
        EXPECT_EQ(changes.entries.size(), 1U) << since;
    }
}

TYPED_TEST_P(VerdictStoreConformance, EntriesLeaveWhenTheirTimeHasCome) {
    InfectedEntry entry = this->host("10.0.1.10");
    entry.expires_us = to_micros(kNoon);
    ASSERT_TRUE(this->put(entry, kNotListed));
    ASSERT_TRUE(this->put(this->host("10.0.1.11"), kNotListed)) << "it never expires";
    const int64_t version = this->store().version();
    const auto expire = [&](Timestamp now) {
        this->place_.write([&] { this->store().expire(now); });
    };
    expire(kNoon - std::chrono::microseconds(1));
    EXPECT_EQ(this->store().version(), version);
    expire(kNoon);
    EXPECT_FALSE(this->store().entry(kDefaultRealm, "10.0.1.10"));
    EXPECT_TRUE(this->store().entry(kDefaultRealm, "10.0.1.11"));
    EXPECT_THAT(this->store().changes(kDefaultRealm, version).removed,
                ::testing::ElementsAre("10.0.1.10"));
}

REGISTER_TYPED_TEST_SUITE_P(VerdictStoreConformance, AnEntryIsKeptAsItWasPut,
                            EveryChangeMakesTheVersionGrow, AComparisonWithAnOlderVersionLoses,
                            ARemovedHostIsToldToThoseWhoMayHaveIt,
                            WatchersSeeEveryChangeOnceAndInOrder,
                            AWatcherOfAnotherStoreGetsTheWholeList,
                            EntriesLeaveWhenTheirTimeHasCome);

}  // namespace eti::analysis::test
