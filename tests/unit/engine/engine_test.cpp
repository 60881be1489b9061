#include "eti/store/server_pages.h"
#include "tests/unit/engine/engine_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace eti::analysis {
namespace {

using namespace std::chrono_literals;
using test::kListedSha1;
using test::kNoon;
using test::RecordBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// load_feed takes a text as the engine's only source.
FeedPublisher::Taken load_feed(Engine& engine, const std::string& text) {
    SourceOptions source;
    source.name = "feed";
    source.location = "feed";
    engine.use_sources({source}, kNoon);
    return engine.take_source(source, reading_of(text, source.format), kNoon);
}

class EngineTest : public test::EngineFixture {
  protected:
    EngineTest() {
        load_feed(*engine_, test::kFeed);
        engine_->tick(kNoon);
    }
    void patch(const std::string& ip, const HostPatch& patch, Timestamp now) {
        engine_->patch(kDefaultRealm, *net::parse_ip(ip), patch, {"ada", "edit-host", ip, ""}, now);
    }
    InfectedChanges changes_since(int64_t version) {
        return stores_.verdicts->changes(kDefaultRealm, version);
    }
    std::vector<std::string> infected() {
        std::vector<std::string> ips;
        for (const auto& entry : infected_entries()) {
            ips.push_back(entry.ip);
        }
        return ips;
    }
    int64_t count(const char* sql) {
        Query row = database_.query(sql);
        return row.next() ? row.integer(0) : -1;
    }
};

TEST_F(EngineTest, ScoresByTheHighestEvidenceAndNamesEveryReason) {
    struct Case {
        const char* why;
        std::vector<RecordBuilder> records;
        int level;
        std::vector<std::string> reasons;
    };
    const std::string listed = "certificate-blocklist: Dridex C&C";
    const std::string self_signed = "self-signed certificate on a new server";
    const std::vector<Case> cases = {
        {"a harmless session", {RecordBuilder()}, 0, {}},
        {"a listed certificate", {RecordBuilder().sha1(kListedSha1)}, 10, {listed}},
        {"listed, inherited from an earlier session",
         {RecordBuilder().sha1(kListedSha1).set("/certificate/inherited", true)},
         10,
         {listed}},
        {"listed by the sensor only",
         {RecordBuilder()
              .set("/reason", "certificate-blocklist")
              .set("/feed", "mine")
              .set("/action", "block")},
         10,
         {"certificate-blocklist: listed in mine of eti1"}},
        {"self-signed on a new server", {RecordBuilder().self_signed()}, 4, {self_signed}},
        {"self-signed on a server met before",
         {RecordBuilder(), RecordBuilder().id("s-2").self_signed()},
         0,
         {}},
        {"self-signed on another port of a known address",
         {RecordBuilder(), RecordBuilder().id("s-2").set("/server/port", 8443).self_signed()},
         4,
         {self_signed}},
        {"self-signed, told in two phases of one session",
         {RecordBuilder().set("/phase", "handshake").self_signed(), RecordBuilder().self_signed()},
         4,
         {self_signed}},
        {"both", {RecordBuilder().sha1(kListedSha1).self_signed()}, 10, {listed, self_signed}},
        {"a blocked attempt says nothing new",
         {RecordBuilder()
              .sha1(kListedSha1)
              .set("/protocol", "unknown")
              .set("/reason", "infected-host")},
         0,
         {}},
        {"passed by the sensor's allowlist",
         {RecordBuilder().sha1(kListedSha1).set("/reason", "allowlist")},
         0,
         {}},
    };
    int number = 0;
    for (const Case& each : cases) {
        const std::string client = "10.0.2." + std::to_string(++number);
        for (RecordBuilder record : each.records) {
            const std::string server = "198.51.100." + std::to_string(number);
            record.set("/sensor", "eti1").client(client).server(server);
            const auto id = nlohmann::json::parse(record.line())["id"].get<std::string>();
            send(record.id(std::to_string(number) + id).line());
        }
        const HostScore found = score(client);
        EXPECT_EQ(found.level, each.level) << each.why;
        std::vector<std::string> reasons;
        for (const HostReason& reason : found.reasons) {
            reasons.push_back(reason.reason);
        }
        EXPECT_EQ(reasons, each.reasons) << each.why;
    }
}

TEST_F(EngineTest, ARepeatedKeyAnswersTheSameAndStoresNothing) {
    const auto first = send(RecordBuilder().line() + "nope\n", "eti1/b/1");
    EXPECT_EQ(first["accepted"], 1);
    EXPECT_EQ(first["rejected"][0]["line"], 2);
    EXPECT_EQ(first["duplicate"], false);
    auto second = send(RecordBuilder().id("s-2").line(), "eti1/b/1");
    EXPECT_EQ(second["duplicate"], true);
    second["duplicate"] = false;
    EXPECT_EQ(second, first);
    EXPECT_EQ(count("SELECT count(*) FROM sessions"), 1);
    EXPECT_EQ(send(RecordBuilder().id("s-2").line(), "eti1/b/2")["duplicate"], false);
}

TEST_F(EngineTest, TheLaterPhaseStaysInAnyOrderOfArrival) {
    const char* phases[] = {"handshake", "update", "end"};
    int order[] = {0, 1, 2};
    int permutation = 0;
    do {
        const std::string id = "p-" + std::to_string(permutation++);
        for (const int index : order) {
            send(RecordBuilder().id(id).set("/phase", phases[index]).line());
        }
        const auto sessions = stores_.history->named(kDefaultRealm, id);
        ASSERT_EQ(sessions.size(), 1U);
        EXPECT_EQ(nlohmann::json::parse(sessions.at(0).record)["phase"], "end");
    } while (std::next_permutation(std::begin(order), std::end(order)));
    EXPECT_EQ(count("SELECT attempts FROM servers"), permutation) << "each session counts once";
}

TEST_F(EngineTest, AHostIsListedAtTheThresholdOnly) {
    for (const int threshold : {4, 5, 10}) {
        EngineOptions options;
        options.hosts.threshold = static_cast<intel::ThreatLevel>(threshold);
        start(options);
        const std::string client = "10.0.3." + std::to_string(threshold);
        send(RecordBuilder().id(client).client(client).server(client).self_signed().line());
        const auto list = infected();
        EXPECT_EQ(std::count(list.begin(), list.end(), client), threshold <= 4 ? 1 : 0);
    }
}

TEST_F(EngineTest, OnlyInternalHostsAreScored) {
    EngineOptions options;
    options.internal = {*net::parse_ip_range("10.0.0.0/8"), *net::parse_ip_range("2001:db8::/32")};
    start(options);
    send(RecordBuilder().id("a").sha1(kListedSha1).client("10.9.9.9").line());
    send(RecordBuilder().id("b").sha1(kListedSha1).client("192.0.2.1").line());
    send(RecordBuilder().id("c").sha1(kListedSha1).client("2001:db8::5").line());
    EXPECT_THAT(infected(), ElementsAre("10.9.9.9", "2001:db8::5"));
}

TEST_F(EngineTest, VersionsTellWhatChangedSince) {
    const int64_t start = stores_.verdicts->version();
    EXPECT_TRUE(changes_since(0).full);
    EXPECT_TRUE(changes_since(start + 5).full) << "a version of another store";
    EXPECT_FALSE(changes_since(start).full);

    send(RecordBuilder().sha1(kListedSha1).line());
    const auto added = changes_since(start);
    EXPECT_GT(added.version, start);
    ASSERT_EQ(added.entries.size(), 1U);
    EXPECT_EQ(added.entries[0].ip, "10.0.1.10");
    EXPECT_EQ(added.entries[0].level, 10);
    EXPECT_EQ(added.entries[0].reason, "certificate-blocklist: Dridex C&C");
    EXPECT_EQ(added.entries[0].since_us, to_micros(kNoon));
    EXPECT_EQ(added.entries[0].expires_us, to_micros(kNoon + 24h));

    patch("10.0.1.10", {"resolved_fixed", std::nullopt}, kNoon + 1h);
    const auto removed = changes_since(added.version);
    EXPECT_THAT(removed.entries, IsEmpty());
    EXPECT_THAT(removed.removed, ElementsAre("10.0.1.10"));
    EXPECT_THAT(changes_since(0).removed, IsEmpty()) << "a full list names no removed";
}

TEST_F(EngineTest, EntriesLeaveWhenTheyExpireNotWhenEvidenceAges) {
    EngineOptions options;
    options.hosts.window = 1h;
    options.hosts.expiry = 10h;
    start(options);
    send(RecordBuilder().sha1(kListedSha1).line());
    engine_->tick(kNoon + 9h);
    EXPECT_EQ(score("10.0.1.10", kNoon + 9h).level, 0);
    EXPECT_THAT(infected(), ElementsAre("10.0.1.10"));
    engine_->tick(kNoon + 10h);
    EXPECT_THAT(infected(), IsEmpty());
}

TEST_F(EngineTest, NewEvidenceRenewsAnEntryHoweverOftenItWasRenewed) {
    EngineOptions options;
    options.hosts.expiry = 10h;
    options.hosts.window = 10h;
    start(options);
    Timestamp now = kNoon;
    for (int i = 0; i < 100; ++i, now += 5h) {
        send(RecordBuilder().id(std::to_string(i)).sha1(kListedSha1).line(), "", now);
        engine_->tick(now);
        ASSERT_THAT(infected(), ElementsAre("10.0.1.10")) << "renewal " << i;
    }
    const int64_t version = stores_.verdicts->version();
    send(RecordBuilder().id("again").sha1(kListedSha1).line(), "", now - 5h + 1min);
    EXPECT_EQ(stores_.verdicts->version(), version) << "a minute is not worth a version";
}

TEST_F(EngineTest, AResolvedHostComesBackByNewEvidenceOnly) {
    send(RecordBuilder().sha1(kListedSha1).line());
    patch("10.0.1.10", {"resolved_false_positive", std::nullopt}, kNoon);
    EXPECT_THAT(infected(), IsEmpty());
    send(RecordBuilder().id("late").sha1(kListedSha1).line(), "", kNoon + 1min);
    EXPECT_THAT(infected(), IsEmpty()) << "a session from before the resolution";
    send(RecordBuilder().id("new").sha1(kListedSha1).set("/end", "2026-11-24T12:00:30Z").line(), "",
         kNoon + 1min);
    EXPECT_THAT(infected(), ElementsAre("10.0.1.10"));
    Query row = database_.query("SELECT status FROM hosts");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.text(0), "open");
}

TEST_F(EngineTest, AnOverrideBeatsTheScore) {
    patch("10.0.1.77", {std::nullopt, "always_include"}, kNoon);
    EXPECT_THAT(infected(), ElementsAre("10.0.1.77"));
    EXPECT_FALSE(changes_since(0).entries[0].expires_us);
    patch("10.0.1.77", {std::nullopt, "use_configured_policy"}, kNoon);
    EXPECT_THAT(infected(), IsEmpty());
    patch("10.0.1.10", {std::nullopt, "never_include"}, kNoon);
    send(RecordBuilder().sha1(kListedSha1).line());
    EXPECT_THAT(infected(), IsEmpty());
    EXPECT_EQ(score().level, 10) << "the score stays what it is";
}

TEST_F(EngineTest, AnAllowlistedServerIsNoEvidence) {
    struct Case {
        const char* kind;
        const char* value;
        bool matches;
    };
    const std::vector<Case> cases = {
        {"ip", "203.0.113.9", true},
        {"ip", "203.0.113.8", false},
        {"cidr", "203.0.113.0/24", true},
        {"range", "203.0.113.1-203.0.113.9", true},
        {"range", "203.0.113.1-203.0.113.8", false},
        {"hostname", "www.example", true},
        {"hostname", ".example", true},
        {"hostname", "ww.example", false},
        {"sha1", kListedSha1, true},
        {"sha1", test::kOtherSha1, false},
        {"sha256", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
    };
    int number = 0;
    for (const Case& each : cases) {
        AllowlistRow row;
        row.kind = each.kind;
        row.value = each.value;
        const int64_t id = engine_->add_allowlist(row, kNoon);
        const std::string client = "10.0.4." + std::to_string(++number);
        send(RecordBuilder()
                 .id(client)
                 .client(client)
                 .sha1(kListedSha1)
                 .set("/certificate/sha256", std::string(64, 'A'))
                 .line());
        EXPECT_EQ(score(client).level, each.matches ? 0 : 10) << each.kind << " " << each.value;
        EXPECT_TRUE(engine_->remove_allowlist(id, kNoon));
        EXPECT_FALSE(engine_->remove_allowlist(id, kNoon));
    }
}

TEST_F(EngineTest, EveryAllowlistChangeIsANewFeedVersion) {
    const auto before = stores_.feeds->feed(kAllowlistFeed);
    ASSERT_TRUE(before);
    AllowlistRow row;
    row.kind = "hostname";
    row.value = "good.example";
    row.expires_us = to_micros(kNoon + 1h);
    engine_->add_allowlist(row, kNoon);
    const auto added = stores_.feeds->feed(kAllowlistFeed);
    EXPECT_EQ(added->serial, before->serial + 1);
    EXPECT_EQ(added->version, "20261124.2");
    EXPECT_EQ(stores_.feeds->body(kAllowlistFeed),
              "# kind,value\nhostname,good.example\n# END (1) entries\n");
    engine_->tick(kNoon + 1h);
    EXPECT_EQ(stores_.feeds->feed(kAllowlistFeed)->serial, before->serial + 2);
    EXPECT_EQ(stores_.feeds->body(kAllowlistFeed), "# kind,value\n# END (0) entries\n");
}

TEST_F(EngineTest, RefusesAllowlistEntriesThatSayNothing) {
    const std::vector<std::pair<const char*, const char*>> cases = {
        {"url", "x"},
        {"", ""},
        {"ip", "300.1.1.1"},
        {"cidr", "10.0.0.0/99"},
        {"range", "9.0.0.1"},
        {"sha1", "ab"},
        {"hostname", ""},
        {"hostname", "a\nb"},
        {"hostname", "a,b"},
        {"sha256", "00"},
        {"ip", "1.1.1.1\nip,2.2.2.2"},
    };
    for (const auto& [kind, value] : cases) {
        AllowlistRow row;
        row.kind = kind;
        row.value = value;
        EXPECT_THROW(engine_->add_allowlist(row, kNoon), RequestError) << kind << "," << value;
    }
    EXPECT_THAT(allowlist_rows(database_), IsEmpty());
}

TEST_F(EngineTest, AFeedThatCannotBeTrustedChangesNothing) {
    struct Case {
        const char* why;
        std::string text;
    };
    const std::vector<Case> cases = {
        {"empty", ""},
        {"comments only", "# nothing\n"},
        {"a row is missing",
         test::kFeed.substr(0, test::kFeed.find("2026-11-02")) + "# END (2) entries\n"},
    };
    const auto before = stores_.feeds->feed(kCertificateFeed);
    for (const Case& each : cases) {
        const FeedPublisher::Taken taken = load_feed(*engine_, each.text);
        EXPECT_TRUE(taken.refused) << each.why;
        EXPECT_THAT(taken.sentence, HasSubstr("20261124.1 stays in force")) << each.why;
        EXPECT_EQ(stores_.feeds->feed(kCertificateFeed)->serial, before->serial) << each.why;
    }
    EXPECT_EQ(load_feed(*engine_, test::kFeed).sentence, "unchanged");
}

TEST_F(EngineTest, LinesLeftOutAreNamedAlsoWhenTheRestIsUnchanged) {
    const std::string feed = "not a row\n" + std::string(test::kFeed);
    EXPECT_THAT(load_feed(*engine_, feed).sentence,
                HasSubstr("unchanged; 1 lines left out, the first is line 1"));
}

TEST_F(EngineTest, AFeedIsRenewedBeforeItExpires) {
    engine_->tick(kNoon + 24h * 19);
    EXPECT_EQ(stores_.feeds->feed(kCertificateFeed)->serial, 1);
    engine_->tick(kNoon + 24h * 20);
    const auto renewed = stores_.feeds->feed(kCertificateFeed);
    EXPECT_EQ(renewed->serial, 2);
    EXPECT_EQ(renewed->version, "20261214.1");
    EXPECT_EQ(renewed->expires_us, to_micros(kNoon + 24h * 60));
}

TEST_F(EngineTest, KeepsTheServerRollUp) {
    send(RecordBuilder().line());
    send(RecordBuilder().id("s-2").client("10.0.1.11").line());
    send(RecordBuilder().id("s-3").sha1(kListedSha1).line());
    send(RecordBuilder().id("s-4").line());
    const auto server = server_state(database_, kDefaultRealm, *net::parse_ip("203.0.113.9"));
    ASSERT_TRUE(server);
    EXPECT_EQ(server->name, "www.example");
    EXPECT_EQ(server->level, 10);
    EXPECT_EQ(server->attempts, 4);
    EXPECT_EQ(server->category, "Dridex C&C");
    EXPECT_EQ(count("SELECT count(*) FROM servers"), 1);
    const TimeRange always{0, to_micros(kNoon + 24h)};
    EXPECT_EQ(server_hosts(database_, kDefaultRealm, server->ip, always).size(), 2U);
}

std::string verdicts(Database& database) {
    std::string text;
    Query row = database.query(
        "SELECT id, kind, rule_version, level, reason, detail, feed_version FROM evidence"
        " ORDER BY id, kind");
    while (row.next()) {
        for (int column = 0; column < 7; ++column) {
            text += row.text(column) + "|";
        }
        text += "\n";
    }
    return text;
}

TEST_F(EngineTest, AStoredRecordReplaysToTheSameVerdict) {
    send(RecordBuilder().id("a").sha1(kListedSha1).line() +
         RecordBuilder().id("b").server("198.51.100.7").self_signed().line() +
         RecordBuilder().id("c").line());
    send(RecordBuilder().id("d").set("/phase", "handshake").self_signed().sha1(kListedSha1).line());
    send(RecordBuilder().id("d").self_signed().sha1(kListedSha1).line());
    std::string stored;
    for (const char* id : {"a", "b", "c", "d"}) {
        stored += stores_.history->named(kDefaultRealm, id).at(0).record + "\n";
    }
    Database other(folder_.path("other.db"), Database::Access::ReadWrite);
    migrate(other, kNoon);
    Stores other_stores = embedded_stores(other);
    Engine replay(other_stores, {});
    load_feed(replay, test::kFeed);
    RecordBatch batch;
    ASSERT_TRUE(parse_records(stored, batch));
    replay.ingest(kDefaultRealm, "", batch, kNoon + 24h);
    EXPECT_EQ(verdicts(other), verdicts(database_));
    EXPECT_THAT(verdicts(database_), HasSubstr("a|certificate-blocklist|1|10|"));
}

TEST_F(EngineTest, AScoreHalvesWithEveryHalfLife) {
    send(RecordBuilder().sha1(kListedSha1).line());
    EXPECT_EQ(score("10.0.1.10", kNoon).level, 10);
    EXPECT_EQ(score("10.0.1.10", kNoon + 24h).level, 5);
    EXPECT_NEAR(score("10.0.1.10", kNoon + 48h).reasons.at(0).points, 2.5, 0.001);
    const auto host = host_row(database_, kDefaultRealm, *net::parse_ip("10.0.1.10"));
    ASSERT_TRUE(host);
    EXPECT_NEAR(score_at(host->heat, options_.hosts, kNoon + 24h), 5, 0.001)
        << "what hosts are ordered by is the score at any time";
}

TEST_F(EngineTest, HostsComeInTheOrderAskedForThenByAddress) {
    for (int i = 0; i < 30; ++i) {
        RecordBuilder record;
        record.id(std::to_string(i)).client("10.0.7." + std::to_string(i));
        if (i % 3 == 0) {
            record.sha1(kListedSha1);
        }
        send(record.line(), "", kNoon + std::chrono::minutes(i % 5));
    }
    using Key = std::pair<int64_t, net::IpAddress>;
    const std::pair<HostSort, std::function<int64_t(const HostRow&)>> sorts[] = {
        {HostSort::Score, [](const HostRow& host) { return host.heat.value_or(INT64_MIN / 2); }},
        {HostSort::Ip, [](const HostRow&) { return 0; }},
        {HostSort::FirstSeen, [](const HostRow& host) { return host.first_us; }},
        {HostSort::LastEvidence, [](const HostRow& host) { return host.last_evidence_us; }}};
    for (const auto& [sort, key_of] : sorts) {
        for (const bool descending : {false, true}) {
            HostQuery query;
            query.sort = sort;
            query.descending = descending;
            query.limit = 4;
            std::vector<Key> walked;
            while (walked.size() <= 30) {
                const auto page = hosts_page(database_, query);
                for (const HostRow& host : page) {
                    walked.emplace_back(descending ? -key_of(host) : key_of(host), host.ip);
                }
                if (page.size() < query.limit) {
                    break;
                }
                query.after = page.back();
            }
            ASSERT_EQ(walked.size(), 30U);
            if (sort == HostSort::Ip && descending) {
                std::reverse(walked.begin(), walked.end());
            }
            EXPECT_TRUE(std::is_sorted(walked.begin(), walked.end()))
                << static_cast<int>(sort) << descending;
        }
    }
    HostQuery query;
    query.evidence_from_us = 1;
    EXPECT_EQ(hosts_page(database_, query).size(), 10U) << "the others have no evidence";
    query = {};
    query.infected = true;
    EXPECT_EQ(hosts_page(database_, query).size(), 10U);
    query.text = "10.0.7.2";
    EXPECT_EQ(hosts_page(database_, query).size(), 3U) << "21, 24 and 27";
}

TEST_F(EngineTest, SessionsOfAServerComeOnceHoweverLateTheyArrived) {
    for (int i = 0; i < 40; ++i) {
        const std::string start = "2026-11-2" + std::to_string(i * 7 % 4) + "T10:00:00Z";
        send(RecordBuilder().id(std::to_string(i)).set("/start", start).set("/end", start).line());
    }
    for (const bool by_host : {false, true}) {
        SessionQuery query;
        query.range = {0, INT64_MAX};
        (by_host ? query.host : query.server) =
            *net::parse_ip(by_host ? "10.0.1.10" : "203.0.113.9");
        query.limit = 7;
        std::vector<int64_t> walked;
        while (true) {
            const SessionsPage page = stores_.history->sessions(query);
            for (const SessionRow& session : page.sessions) {
                walked.push_back(session.row);
            }
            if (!page.next || walked.size() > 40) {
                break;
            }
            query.before = *page.next;
        }
        EXPECT_EQ(walked.size(), 40U);
        EXPECT_EQ(std::set(walked.begin(), walked.end()).size(), 40U);
    }
}

TEST_F(EngineTest, TheAuditTrailRefusesChanges) {
    patch("10.0.1.10", {"in_progress", std::nullopt}, kNoon);
    EXPECT_EQ(count("SELECT count(*) FROM audit"), 1);
    EXPECT_THROW(database_.script("DELETE FROM audit"), StorageError);
    EXPECT_THROW(database_.script("UPDATE audit SET actor = 'eve'"), StorageError);
    EXPECT_EQ(count("SELECT count(*) FROM audit"), 1);
}

TEST_F(EngineTest, PrunesWhatIsOld) {
    send(RecordBuilder().line(), "k1", kNoon);
    send(RecordBuilder().id("s-2").line(), "k2", kNoon + 24h * 29);
    engine_->prune_old(kNoon + 24h * 31);
    EXPECT_EQ(count("SELECT count(*) FROM sessions"), 1);
    EXPECT_EQ(count("SELECT count(*) FROM batches"), 1);
}

TEST_F(EngineTest, AStoreFromTheFutureIsRefused) {
    database_.script("PRAGMA user_version=999");
    EXPECT_THROW(migrate(database_, kNoon), StorageError);
}

}  // namespace
}  // namespace eti::analysis
