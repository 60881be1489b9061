#include "eti/intel/certificate_table.h"

#include "eti/intel/sha1_blocklist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace eti::intel {
namespace {

// Digests of 13 bits, so that adds meet removals: in the first bytes, where they choose the page,
// or in the last ones, where all of them share a prefix.
enum class Spread : uint8_t { Even, OnePrefix };
constexpr unsigned kMostNumber = 0x1fff;

Sha1Digest digest_of(uint16_t number, Spread spread) {
    Sha1Digest sha1{};
    const std::size_t at = spread == Spread::Even ? 0 : 18;
    sha1[at] = static_cast<uint8_t>(number >> 5);
    sha1[at + 1] = static_cast<uint8_t>(number << 3);
    return sha1;
}

Sha1Digest drawn_digest(std::mt19937_64& random) {
    Sha1Digest sha1{};
    for (uint8_t& byte : sha1) {
        byte = static_cast<uint8_t>(random());
    }
    return sha1;
}

using Model = std::map<Sha1Digest, CertificateEntry>;

std::vector<CertificateEntry> entries_of(const Model& model) {
    std::vector<CertificateEntry> entries;
    for (const auto& [digest, entry] : model) {
        entries.push_back(entry);
    }
    return entries;
}

// contents are all of a table, in its order.
std::vector<CertificateEntry> contents(const CertificateTable& table) {
    std::vector<CertificateEntry> entries;
    table.each([&](const auto& digest, const CertificateTable::Found& found) {
        CertificateEntry entry{{}, found.threat_level, std::string(found.reason)};
        std::copy_n(digest.begin(), entry.sha1.size(), entry.sha1.begin());
        entries.push_back(std::move(entry));
        return true;
    });
    return entries;
}

// change_at draws a change and applies it to the model.
CertificateChange change_at(std::mt19937_64& random, Spread spread, std::size_t most,
                            Model& model) {
    CertificateChange change;
    for (std::size_t i = random() % most; i > 0; --i) {
        const Sha1Digest digest = digest_of(static_cast<uint16_t>(random()), spread);
        change.removed.push_back(digest);
        model.erase(digest);
    }
    for (std::size_t i = random() % most; i > 0; --i) {
        const Sha1Digest digest = digest_of(static_cast<uint16_t>(random()), spread);
        const CertificateEntry entry{digest, static_cast<ThreatLevel>(random() % 11),
                                     "reason " + std::to_string(random() % 50)};
        const bool again = std::any_of(change.added.begin(), change.added.end(),
                                       [&](const auto& other) { return other.sha1 == digest; });
        if (!again) {
            model.insert_or_assign(digest, entry);
        }
        change.added.push_back(entry);
    }
    return change;
}

TEST(CertificateTable, changes_lead_to_what_a_full_build_makes) {
    for (const Spread spread : {Spread::Even, Spread::OnePrefix}) {
        std::mt19937_64 random(7);
        Model model;
        CertificateTable table;
        CertificateTable kept;
        std::vector<CertificateEntry> kept_entries;
        for (int round = 0; round < 120; ++round) {
            // It grows through several numbers of pages, stays and shrinks again.
            const std::size_t most = round % 10 == 0 ? 1000 : 40;
            CertificateChange change = change_at(random, spread, most, model);
            if (round > 100) {
                for (auto& [digest, entry] : model) {
                    change.removed.push_back(digest);
                }
                model.clear();
                change.added.clear();
            }
            table = table.with(change);
            ASSERT_EQ(contents(table), entries_of(model)) << round;
            ASSERT_EQ(contents(table), contents(CertificateTable(entries_of(model)))) << round;
            for (unsigned i = 0; i < 200; ++i) {
                const Sha1Digest digest = digest_of(static_cast<uint16_t>(random()), spread);
                ASSERT_EQ(table.contains(digest), model.contains(digest)) << round;
            }
            if (round == 60) {
                kept = table;
                kept_entries = contents(table);
            }
        }
        EXPECT_EQ(contents(kept), kept_entries) << "an old version stays as it was";
        EXPECT_EQ(table.size(), 0U);
    }
}

TEST(CertificateTable, several_lists_with_shared_digests_follow_their_changes) {
    std::mt19937_64 random(11);
    std::vector<Model> models(3);
    std::vector<CertificateTable> tables(3);
    for (int round = 0; round < 10; ++round) {
        std::vector<Sha1Blocklist::List> changed;
        std::vector<Sha1Blocklist::Source> sources;
        for (std::size_t i = 0; i < models.size(); ++i) {
            tables[i] = tables[i].with(change_at(random, Spread::Even, 1000, models[i]));
            const std::string feed = "feed " + std::to_string(i);
            changed.push_back({feed, std::make_shared<const CertificateTable>(tables[i])});
            sources.push_back({feed, entries_of(models[i])});
        }
        const Sha1Blocklist list(changed);
        const Sha1Blocklist built(sources);
        ASSERT_EQ(list.size(), built.size());
        for (unsigned number = 0; number <= kMostNumber; ++number) {
            const Sha1Digest digest = digest_of(static_cast<uint16_t>(number), Spread::Even);
            Sha1Blocklist::Hit hit{};
            Sha1Blocklist::Hit expected{};
            ASSERT_EQ(list.find(digest, hit), built.find(digest, expected)) << number;
            ASSERT_EQ(std::tuple(hit.threat_level, hit.feed, hit.reason),
                      std::tuple(expected.threat_level, expected.feed, expected.reason))
                << number;
        }
    }
}

TEST(CertificateTable, an_empty_one_takes_a_change) {
    const CertificateTable none;
    EXPECT_EQ(none.with({}).size(), 0U);
    EXPECT_EQ(none.with({.added = {}, .removed = {Sha1Digest{}}}).size(), 0U);
    Sha256Digest longer{};
    longer.fill(9);
    const CertificateTable one = none.with({.added = {}, .added_sha256 = {{longer, 8, "why"}}});
    CertificateTable::Found found{};
    ASSERT_TRUE(one.find(longer, found));
    EXPECT_EQ(found.reason, "why");
    EXPECT_FALSE(one.with({.added = {}, .removed_sha256 = {longer}}).has_sha256());
}

TEST(CertificateTable, reasons_of_entries_that_left_do_not_pile_up) {
    CertificateTable table;
    for (int round = 0; round < 20; ++round) {
        CertificateChange change;
        for (uint16_t i = 0; i < 500; ++i) {
            change.added.push_back({digest_of(i, Spread::Even), 10,
                                    "a long reason of round " + std::to_string(round) + ", entry " +
                                        std::to_string(i)});
        }
        table = table.with(std::move(change));
    }
    EXPECT_LT(table.memory_bytes(), 500U * 5 * 100);
    CertificateTable::Found found{};
    ASSERT_TRUE(table.find(digest_of(7, Spread::Even), found));
    EXPECT_EQ(found.reason, "a long reason of round 19, entry 7");
}

// So long a list has its pages in huge ones, which versions share.
TEST(CertificateTable, a_million_entries_take_less_than_32_bytes_each) {
    constexpr std::size_t kEntries = 1'000'000;
    std::mt19937_64 random(3);
    CertificateTable::Builder builder;
    std::vector<Sha1Digest> digests;
    for (std::size_t i = 0; i < kEntries; ++i) {
        digests.push_back(drawn_digest(random));
        builder.add(digests.back(), 10, i % 2 == 0 ? "Dridex C&C" : "Gozi C&C");
    }
    auto table = std::make_unique<CertificateTable>(builder.build());
    EXPECT_EQ(table->size(), kEntries);
    EXPECT_LE(table->memory_bytes(), kEntries * 32);
    for (std::size_t round = 0; round < 3; ++round) {
        CertificateChange change;
        change.removed.assign(digests.begin(), digests.begin() + 1000);
        digests.erase(digests.begin(), digests.begin() + 1000);
        for (std::size_t i = 0; i < 1000; ++i) {
            digests.push_back(drawn_digest(random));
            change.added.push_back({digests.back(), 9, "new"});
        }
        const std::vector<Sha1Digest> gone = change.removed;
        table = std::make_unique<CertificateTable>(table->with(std::move(change)));
        const auto listed = [&](const Sha1Digest& sha1) { return table->contains(sha1); };
        ASSERT_TRUE(std::all_of(digests.begin(), digests.end(), listed)) << round;
        ASSERT_TRUE(std::none_of(gone.begin(), gone.end(), listed)) << round;
    }
    EXPECT_EQ(table->size(), kEntries);
    EXPECT_LE(table->memory_bytes(), kEntries * 32);
}

}  // namespace
}  // namespace eti::intel
