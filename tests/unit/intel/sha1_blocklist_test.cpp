#include "eti/intel/sha1_blocklist.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::intel {
namespace {

// numbered digests differ only in their last bytes, the worst case for a careless hash.
Sha1Digest numbered(uint32_t number) {
    Sha1Digest sha1{};
    for (std::size_t i = 0; i < 4; ++i) {
        sha1[19 - i] = static_cast<uint8_t>(number >> (8 * i));
    }
    return sha1;
}

Sha1Blocklist::Source source(std::string feed, std::vector<CertificateEntry> entries) {
    return {std::move(feed), std::move(entries)};
}

TEST(Sha1Blocklist, empty_table_matches_nothing) {
    const Sha1Blocklist none;
    Sha1Blocklist::Hit hit{};
    EXPECT_FALSE(none.contains(numbered(0)));
    EXPECT_FALSE(none.find(numbered(0), hit));
    EXPECT_EQ(none.size(), 0U);
    const std::vector<Sha1Blocklist::Source> without_entries{source("a", {})};
    EXPECT_FALSE(Sha1Blocklist(without_entries).contains(numbered(0)));
}

TEST(Sha1Blocklist, finds_level_feed_and_reason) {
    const std::vector<Sha1Blocklist::Source> sources{
        source("cc_cert_sha1", {{numbered(1), 10, "Dridex C&C"}, {numbered(2), 8, "Fake"}}),
        source("own", {{numbered(3), 4, "Dridex C&C"}, {numbered(0), 1, ""}})};
    const Sha1Blocklist list(sources);
    EXPECT_EQ(list.size(), 4U);
    struct Case {
        uint32_t number;
        ThreatLevel level;
        const char* feed;
        const char* reason;
    };
    const Case cases[] = {{1, 10, "cc_cert_sha1", "Dridex C&C"},
                          {2, 8, "cc_cert_sha1", "Fake"},
                          {3, 4, "own", "Dridex C&C"},
                          {0, 1, "own", ""}};
    for (const Case& c : cases) {
        Sha1Blocklist::Hit hit{};
        ASSERT_TRUE(list.find(numbered(c.number), hit)) << c.number;
        EXPECT_EQ(hit.threat_level, c.level) << c.number;
        EXPECT_EQ(hit.feed, c.feed) << c.number;
        EXPECT_EQ(hit.reason, c.reason) << c.number;
    }
    EXPECT_FALSE(list.contains(numbered(4)));
}

TEST(Sha1Blocklist, first_list_wins_for_the_same_digest) {
    const std::vector<Sha1Blocklist::Source> sources{source("first", {{numbered(1), 3, "a"}}),
                                                     source("second", {{numbered(1), 9, "b"}})};
    const Sha1Blocklist list(sources);
    Sha1Blocklist::Hit hit{};
    ASSERT_TRUE(list.find(numbered(1), hit));
    EXPECT_EQ(hit.feed, "first");
    EXPECT_EQ(hit.threat_level, 3);
    EXPECT_EQ(list.size(), 1U);
}

TEST(Sha1Blocklist, holds_many_consecutive_digests_and_misses_their_neighbours) {
    constexpr uint32_t kEntries = 100'000;
    std::vector<CertificateEntry> entries;
    for (uint32_t i = 0; i < kEntries; ++i) {
        entries.push_back({numbered(2 * i), 10, "r" + std::to_string(i % 7)});
    }
    const std::vector<Sha1Blocklist::Source> sources{source("many", std::move(entries))};
    const Sha1Blocklist list(sources);
    EXPECT_EQ(list.size(), kEntries);
    for (uint32_t i = 0; i < kEntries; ++i) {
        ASSERT_TRUE(list.contains(numbered(2 * i))) << i;
        ASSERT_FALSE(list.contains(numbered(2 * i + 1))) << i;
    }
}

TEST(Sha1Blocklist, one_changed_bit_is_another_digest) {
    Sha1Digest sha1{};
    sha1.fill(0x5a);
    const std::vector<Sha1Blocklist::Source> sources{source("one", {{sha1, 10, ""}})};
    const Sha1Blocklist list(sources);
    EXPECT_TRUE(list.contains(sha1));
    for (std::size_t bit = 0; bit < 160; ++bit) {
        Sha1Digest other = sha1;
        other[bit / 8] = static_cast<uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(list.contains(other)) << bit;
    }
}

TEST(Sha1Blocklist, holds_sha256_beside_sha1) {
    const auto longer = [](uint8_t tag) {
        Sha256Digest sha256{};
        sha256.fill(tag);
        return sha256;
    };
    const std::vector<Sha1Blocklist::Source> sources{
        {"feed", {{numbered(1), 10, "a"}}, {{longer(9), 8, "b"}, {longer(3), 7, "c"}}},
        {"mine", {}, {{longer(3), 1, "later"}, {longer(5), 2, "d"}}}};
    const Sha1Blocklist list(sources);
    EXPECT_TRUE(list.has_sha256());
    EXPECT_EQ(list.size(), 4U);
    Sha1Blocklist::Hit hit{};
    ASSERT_TRUE(list.find(longer(3), hit));
    EXPECT_EQ(hit.threat_level, 7) << "the first list wins";
    ASSERT_TRUE(list.find(longer(5), hit));
    EXPECT_EQ(hit.feed, "mine");
    EXPECT_FALSE(list.find(longer(4), hit));
    EXPECT_FALSE(Sha1Blocklist().find(longer(4), hit));
    ASSERT_EQ(list.list("feed", 1, 2).size(), 2U);
    EXPECT_EQ(list.list("feed", 1, 2)[0].kind, "sha256");
}

TEST(Sha1Blocklist, a_digest_that_leaves_the_first_list_is_found_in_the_next) {
    const auto shared = [](std::vector<CertificateEntry> entries) {
        return std::make_shared<const CertificateTable>(entries);
    };
    const auto first = shared({{numbered(1), 3, "a"}, {numbered(2), 3, "a"}});
    const auto second = shared({{numbered(1), 9, "b"}, {numbered(3), 9, "b"}});
    const Sha1Blocklist before({{"first", first}, {"second", second}});
    EXPECT_EQ(before.size(), 3U);
    EXPECT_EQ(before.list("second", 0, 9).size(), 1U) << "the first list's are not shown again";
    const auto less = std::make_shared<const CertificateTable>(
        first->with({.added = {}, .removed = {numbered(1)}}));
    const Sha1Blocklist after({{"first", less}, {"second", second}});
    Sha1Blocklist::Hit hit{};
    ASSERT_TRUE(after.find(numbered(1), hit));
    EXPECT_EQ(hit.feed, "second");
    EXPECT_EQ(hit.threat_level, 9);
    ASSERT_TRUE(before.find(numbered(1), hit));
    EXPECT_EQ(hit.feed, "first") << "a snapshot does not change";
}

}  // namespace
}  // namespace eti::intel
