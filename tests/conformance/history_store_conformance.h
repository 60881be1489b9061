// What every HistoryStore must do; see record_log_conformance.h for places. This one has log(),
// history() and sensor(realm, name), the sensor's number; give_up(change) runs a change and gives
// its transaction up; settle() brings the pages up to date.
#pragma once

#include "eti/ingest/record_parser.h"
#include "eti/store/history_store.h"
#include "eti/store/record_log.h"
#include "tests/support/service_builders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace eti::analysis::test {

// What a session's phases should have come to, kept beside the store.
struct ExpectedSession {
    Realm realm = kDefaultRealm;
    Phase phase = Phase::Handshake;
    Contribution contribution;
    std::string line;
};

template <typename Place>
class HistoryStoreConformance : public ::testing::Test {
  protected:
    using Key = std::pair<int64_t, std::string>;  // sensor and id

    static TimeRange month() {
        const int64_t today = to_micros(kNoon) / kDayUs * kDayUs;
        return {today - 29 * kDayUs, today + kDayUs};
    }
    static Contribution contribution_of(const SessionRecord& record) {
        Contribution facts;
        facts.server = record.server;
        facts.client = record.client;
        facts.start_us = record.start_us;
        facts.last_us = record.last_us;
        facts.port = record.server_port;
        facts.protocol = record.protocol_index();
        facts.visibility = record.visibility;
        facts.level = record.threat_level.value_or(0);
        facts.blocked = record.action == "block";
        facts.counted = record.counts_for_server();
        facts.internal = true;
        return facts;
    }
    StoredSession insert(const RecordBatch& batch, int64_t sensor, Realm realm) {
        const SessionRecord& record = batch.sessions.front();
        const Appended appended = place_.log().append(realm, "", batch, "", kNoon);
        const auto before = place_.history().find(sensor, record.id);
        return place_.history().insert(
            {{realm, sensor, appended.position, kNoon}, record, contribution_of(record), ""},
            before);
    }
    // send stores a record and notes what should be there now.
    void send(const RecordBuilder& builder, const std::string& sensor = "eti1",
              Realm realm = kDefaultRealm) {
        const RecordBatch batch = parsed(builder);
        const int64_t number = place_.sensor(realm, sensor);
        place_.write([&] { insert(batch, number, realm); });
        expect(batch, number, realm);
    }
    static RecordBatch parsed(const RecordBuilder& builder) {
        RecordBatch batch;
        std::string body = builder.line();
        EXPECT_TRUE(parse_records(body, batch));
        EXPECT_EQ(batch.sessions.size(), 1U);
        return batch;
    }
    void expect(const RecordBatch& batch, int64_t sensor, Realm realm) {
        const SessionRecord& record = batch.sessions.front();
        Contribution facts = contribution_of(record);
        const auto known = expected_.find({sensor, record.id});
        if (known != expected_.end()) {
            const Contribution& old = known->second.contribution;
            if (record.phase < known->second.phase ||
                (record.phase == known->second.phase && record.last_us < old.last_us)) {
                return;
            }
            facts.server = old.server;
            facts.client = old.client;
            facts.start_us = old.start_us;
            facts.last_us = std::max(facts.last_us, old.last_us);
            facts.level = std::max(facts.level, old.level);
            facts.counted = facts.counted || old.counted;
        }
        expected_[{sensor, record.id}] = {realm, record.phase, facts,
                                          std::string(batch.line_of(record))};
    }

    std::vector<ServerRow> all_servers(Realm realm = kDefaultRealm, std::size_t limit = 100) {
        ServerQuery query;
        query.realm = realm;
        query.window = std::nullopt;
        query.range = month();
        query.limit = limit;
        std::vector<ServerRow> rows;
        while (true) {
            ServersPage page = place_.history().servers(query);
            EXPECT_LE(page.rows.size(), limit);
            std::move(page.rows.begin(), page.rows.end(), std::back_inserter(rows));
            if (!page.next || rows.size() > 1000) {
                EXPECT_EQ(page.total, static_cast<int64_t>(rows.size()));
                return rows;
            }
            query.after = page.next;
        }
    }
    std::vector<SessionRow> all_sessions(SessionQuery query, std::size_t limit = 100) {
        query.range = {0, INT64_MAX};
        query.limit = limit;
        std::vector<SessionRow> rows;
        while (true) {
            SessionsPage page = place_.history().sessions(query);
            EXPECT_LE(page.sessions.size(), limit);
            std::move(page.sessions.begin(), page.sessions.end(), std::back_inserter(rows));
            if (!page.next || rows.size() > 1000) {
                return rows;
            }
            query.before = *page.next;
        }
    }
    // text_of is a server's row as text, so that pages compare.
    static std::string text_of(const net::IpAddress& ip, int64_t attempts, int64_t blocked,
                               int64_t level, int64_t hosts, int64_t first, int64_t last) {
        std::string text = net::to_string(ip);
        for (const int64_t number : {attempts, blocked, level, hosts, first, last}) {
            text += " " + std::to_string(number);
        }
        return text;
    }
    static std::string text_of(const ServerRow& row) {
        return text_of(row.hit.ip, row.hit.attempts, row.hit.blocked, row.hit.level, row.hosts,
                       row.state.first_us, row.state.last_us);
    }
    // recount makes the servers' rows from what was sent.
    std::multiset<std::string> recount(Realm realm) const {
        std::map<net::IpAddress, std::vector<Contribution>> servers;
        for (const auto& [key, session] : expected_) {
            if (session.realm == realm && session.contribution.counted) {
                servers[session.contribution.server].push_back(session.contribution);
            }
        }
        std::multiset<std::string> rows;
        for (const auto& [ip, sessions] : servers) {
            int64_t blocked = 0;
            int64_t level = 0;
            int64_t first = INT64_MAX;
            int64_t last = 0;
            std::set<net::IpAddress> hosts;
            for (const Contribution& session : sessions) {
                blocked += session.blocked ? 1 : 0;
                level = std::max<int64_t>(level, session.level);
                first = std::min(first, session.start_us);
                last = std::max(last, session.last_us);
                hosts.insert(session.client);
            }
            rows.insert(text_of(ip, static_cast<int64_t>(sessions.size()), blocked, level,
                                static_cast<int64_t>(hosts.size()), first, last));
        }
        return rows;
    }
    std::multiset<std::string> servers_as_text(Realm realm, std::size_t limit) {
        std::multiset<std::string> rows;
        for (const ServerRow& row : all_servers(realm, limit)) {
            rows.insert(text_of(row));
            const auto alone = place_.history().server(realm, row.hit.ip, month());
            EXPECT_TRUE(alone && text_of(*alone) == text_of(row)) << text_of(row);
        }
        return rows;
    }
    std::multiset<std::string> expected_lines(const SessionQuery& query) const {
        std::multiset<std::string> lines;
        for (const auto& [key, session] : expected_) {
            const Contribution& facts = session.contribution;
            if (session.realm == query.realm && (!query.host || *query.host == facts.client) &&
                (!query.server || (*query.server == facts.server && facts.counted))) {
                lines.insert(session.line);
            }
        }
        return lines;
    }
    std::multiset<std::string> lines(const SessionQuery& query, std::size_t limit) {
        std::multiset<std::string> found;
        for (const SessionRow& session : all_sessions(query, limit)) {
            found.insert(session.record);
        }
        return found;
    }
    void expect_pages_equal_the_recount() {
        for (const Realm realm : {kDefaultRealm, kDefaultRealm + 1}) {
            for (const std::size_t limit : {std::size_t{3}, std::size_t{1000}}) {
                EXPECT_EQ(servers_as_text(realm, limit), recount(realm)) << realm;
                SessionQuery query;
                query.realm = realm;
                EXPECT_EQ(lines(query, limit), expected_lines(query)) << realm;
                query.server = *net::parse_ip("203.0.113.1");
                EXPECT_EQ(lines(query, limit), expected_lines(query)) << realm << " of a server";
                query.server.reset();
                query.host = *net::parse_ip("10.0.0.2");
                EXPECT_EQ(lines(query, limit), expected_lines(query)) << realm << " of a host";
            }
        }
    }

    Place place_;
    std::map<Key, ExpectedSession> expected_;
};
TYPED_TEST_SUITE_P(HistoryStoreConformance);

TYPED_TEST_P(HistoryStoreConformance, ALaterPhaseTakesAnEarlierOnesPlaceInWhateverOrderTheyCome) {
    std::vector<const char*> phases{"end", "handshake", "update"};
    int permutation = 0;
    do {
        const std::string id = "p-" + std::to_string(permutation++);
        for (const char* phase : phases) {
            this->send(RecordBuilder().id(id).set("/phase", phase));
        }
        const auto sessions = this->place_.history().named(kDefaultRealm, id);
        ASSERT_EQ(sessions.size(), 1U);
        EXPECT_EQ(nlohmann::json::parse(sessions[0].record)["phase"], "end");
    } while (std::next_permutation(phases.begin(), phases.end()));
    this->place_.settle();
    const auto servers = this->all_servers();
    ASSERT_EQ(servers.size(), 1U);
    EXPECT_EQ(servers[0].hit.attempts, permutation) << "each session counts once";
}

TYPED_TEST_P(HistoryStoreConformance, AReplayChangesNothing) {
    std::vector<RecordBuilder> sent;
    for (int i = 0; i < 10; ++i) {
        RecordBuilder record;
        record.id(std::to_string(i)).server("203.0.113." + std::to_string(i % 3));
        for (const char* phase : {"handshake", "end"}) {
            sent.push_back(record.set("/phase", phase));
            this->send(sent.back());
        }
    }
    this->place_.settle();
    const auto servers = this->servers_as_text(kDefaultRealm, 100);
    const auto sessions = this->lines({}, 100);
    EXPECT_EQ(servers.size(), 3U);
    this->place_.reopen();
    for (const RecordBuilder& record : sent) {
        this->send(record);
    }
    this->place_.settle();
    EXPECT_EQ(this->servers_as_text(kDefaultRealm, 100), servers);
    EXPECT_EQ(this->lines({}, 100), sessions);
}

TYPED_TEST_P(HistoryStoreConformance, ASessionIsItsSensorsOwn) {
    this->send(RecordBuilder().id("s"), "eti1");
    this->send(RecordBuilder().id("s").set("/sensor", "eti2"), "eti2");
    this->send(RecordBuilder().id("s"), "eti1", kDefaultRealm + 1);
    EXPECT_EQ(this->place_.history().named(kDefaultRealm, "s").size(), 2U);
    const auto theirs = this->place_.history().named(kDefaultRealm + 1, "s");
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].sensor, "eti1");
    EXPECT_TRUE(this->place_.history().named(kDefaultRealm, "t").empty());
}

TYPED_TEST_P(HistoryStoreConformance, WhatIsGivenUpLeavesNothing) {
    this->send(RecordBuilder().id("kept"));
    const int64_t sensor = this->place_.sensor(kDefaultRealm, "eti1");
    this->place_.give_up(
        [&] { this->insert(this->parsed(RecordBuilder().id("lost")), sensor, kDefaultRealm); });
    EXPECT_FALSE(this->place_.history().find(sensor, "lost"));
    EXPECT_TRUE(this->place_.history().find(sensor, "kept"));
    this->place_.settle();
    this->expect_pages_equal_the_recount();
    this->place_.reopen();
    this->expect_pages_equal_the_recount();
}

TYPED_TEST_P(HistoryStoreConformance, ChangesThatWaitSurviveARestart) {
    this->send(RecordBuilder());
    EXPECT_GT(this->place_.history().waiting(), 0U);
    this->place_.reopen();
    this->place_.settle();
    EXPECT_EQ(this->place_.history().waiting(), 0U);
    this->expect_pages_equal_the_recount();
    this->place_.settle();
    this->expect_pages_equal_the_recount();
}

TYPED_TEST_P(HistoryStoreConformance, WhoIsNotThereIsAbsent) {
    EXPECT_TRUE(this->all_servers().empty());
    EXPECT_FALSE(
        this->place_.history().server(kDefaultRealm, *net::parse_ip("203.0.113.9"), this->month()));
    this->send(RecordBuilder());
    this->place_.settle();
    EXPECT_TRUE(
        this->place_.history().server(kDefaultRealm, *net::parse_ip("203.0.113.9"), this->month()));
    EXPECT_FALSE(this->place_.history().server(kDefaultRealm + 1, *net::parse_ip("203.0.113.9"),
                                               this->month()))
        << "it is its realm's own";
}

TYPED_TEST_P(HistoryStoreConformance, ARaisedSessionStaysSoWhateverPhaseFollows) {
    const RecordBuilder handshake = RecordBuilder().set("/phase", "handshake");
    this->send(handshake);
    const int64_t sensor = this->place_.sensor(kDefaultRealm, "eti1");
    const auto raise = [&](uint8_t level) {
        this->place_.write([&] {
            HistoryStore& history = this->place_.history();
            history.raise(kDefaultRealm, *history.find(sensor, "s-1"), level, "suspected malware");
        });
        this->place_.settle();
    };
    const auto row = [&] {
        return this->place_.history()
            .server(kDefaultRealm, *net::parse_ip("203.0.113.9"), this->month())
            .value();
    };
    raise(7);
    EXPECT_EQ(row().hit.level, 7);
    EXPECT_EQ(row().hit.attempts, 1) << "it is still one session";
    EXPECT_EQ(row().state.category, "suspected malware");
    raise(4);
    EXPECT_EQ(row().hit.level, 7);
    this->send(RecordBuilder());
    this->place_.settle();
    EXPECT_EQ(row().hit.level, 7);
    EXPECT_EQ(row().hit.attempts, 1);
    this->place_.reopen();
    EXPECT_EQ(row().hit.level, 7);
}

// Phases in any order, repeated, with other levels, times, servers and actions from phase to phase;
// pages brought up to date, restarts and failures now and then.
TYPED_TEST_P(HistoryStoreConformance, PagesEqualARecount) {
    std::mt19937 random(42);
    const auto below = [&](unsigned bound) { return static_cast<int>(random() % bound); };
    const char* phases[] = {"handshake", "update", "end"};
    const char* protocols[] = {"tls", "quic", "unknown"};
    for (int i = 0; i < 300; ++i) {
        const int session = below(60);
        char start[64];
        std::snprintf(start, sizeof start, "2026-11-%02dT%02d:10:00.000000Z", 20 + session % 4,
                      (session + below(2)) % 24);
        RecordBuilder record;
        record.id("s-" + std::to_string(session))
            .server("203.0.113." + std::to_string(below(20) == 0 ? below(9) : session % 9))
            .client("10.0.0." + std::to_string(session % 7))
            .set("/start", start)
            .set("/end", start)
            .set("/phase", phases[below(3)])
            .set("/protocol", protocols[below(3)])
            .set("/action", below(3) == 0 ? "block" : "permit");
        if (below(4) == 0) {
            record.set("/threat_level", 1 + below(10));
        }
        this->send(record, session % 2 == 0 ? "eti1" : "eti2", kDefaultRealm + session % 3 / 2);
        if (below(20) == 0) {
            this->place_.settle();
        }
        if (below(50) == 0) {
            this->place_.give_up([&] {
                this->insert(this->parsed(record.id("lost")),
                             this->place_.sensor(kDefaultRealm, "eti1"), kDefaultRealm);
            });
        }
        if (below(50) == 0) {
            this->place_.reopen();
        }
    }
    this->place_.settle();
    this->expect_pages_equal_the_recount();
    this->place_.reopen();
    this->expect_pages_equal_the_recount();
}

REGISTER_TYPED_TEST_SUITE_P(HistoryStoreConformance,
                            ALaterPhaseTakesAnEarlierOnesPlaceInWhateverOrderTheyCome,
                            AReplayChangesNothing, ASessionIsItsSensorsOwn,
                            WhatIsGivenUpLeavesNothing, ChangesThatWaitSurviveARestart,
                            WhoIsNotThereIsAbsent, ARaisedSessionStaysSoWhateverPhaseFollows,
                            PagesEqualARecount);

}  // namespace eti::analysis::test
