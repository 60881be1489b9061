#include "store/migration.h"

#include "eti/ingest/record_parser.h"
#include "eti/scoring/evidence.h"
#include "eti/store/rollups.h"
#include "store/server_rows.h"
#include "store/session_lists.h"
#include "store/session_table.h"

#include <algorithm>
#include <map>

namespace eti::analysis {
namespace {

constexpr std::size_t kSessionsAtATime = 50'000;

struct Judgement {
    uint8_t level = 0;
    std::string category;
};

Judgement judgement_of(Database& database, std::string_view sensor, std::string_view id) {
    Query row = database.query(
        "SELECT level, kind, reason FROM evidence_1 WHERE sensor = ? AND id = ?"
        " ORDER BY level DESC",
        sensor, id);
    return row.next() ? Judgement{static_cast<uint8_t>(row.integer(0)),
                                  category_of(row.text(1), row.text(2))}
                      : Judgement{};
}

Contribution contribution_of(const SessionRecord& record, uint8_t level) {
    Contribution facts;
    facts.server = record.server;
    facts.client = record.client;
    facts.start_us = record.start_us;
    facts.last_us = record.last_us;
    facts.port = record.server_port;
    facts.protocol = record.protocol_index();
    facts.visibility = record.visibility;
    facts.level = std::max(level, record.threat_level.value_or(0));
    facts.blocked = record.action == "block";
    facts.counted = record.counts_for_server();
    facts.internal = true;  // schema 1 scored every client it kept
    return facts;
}

class OldSessions {
  public:
    explicit OldSessions(Database& database) : database_(database), rollups_(database, nullptr) {}

    void carry_over() {
        while (carry_over_some()) {
            rollups_.apply();
        }
    }

  private:
    // Small steps, so that neither the list nor a query in use grows with the store.
    bool carry_over_some() {
        std::vector<std::pair<std::string, int64_t>> lines;
        {
            Query row = database_.query(
                "SELECT row, record, received FROM sessions_1 WHERE row > ? ORDER BY row LIMIT ?",
                last_, static_cast<int64_t>(kSessionsAtATime));
            while (row.next()) {
                last_ = row.integer(0);
                lines.emplace_back(row.text(1), row.integer(2));
            }
        }
        for (auto& [line, received] : lines) {
            RecordBatch batch;
            if (parse_records(line, batch) && batch.sessions.size() == 1) {
                store(batch, from_micros(received));
            }
        }
        return !lines.empty();
    }

    void store(const RecordBatch& batch, Timestamp received) {
        const SessionRecord& record = batch.sessions.front();
        const int64_t sensor = sensor_id(database_, kDefaultRealm, record.sensor, received);
        if (sensor == 0) {
            return;
        }
        note_sensor(database_, sensor, 1, received);
        const Judgement judged = judgement_of(database_, record.sensor, record.id);
        RollupChange change;
        change.contribution = contribution_of(record, judged.level);
        change.name = record.server_name;
        change.name_source = record.name_source;
        change.category = judged.category;
        const SessionPlace place{kDefaultRealm, sensor,
                                 save_block(database_, kDefaultRealm, batch, received), received};
        change.session = put_session(database_, place, record, change.contribution, std::nullopt);
        note_endpoint(database_, kDefaultRealm, record.server, record.server_port, change.session);
        rollups_.add(std::move(change));
    }

    Database& database_;
    Rollups rollups_;
    int64_t last_ = 0;
};

void carry_over_evidence(Database& database) {
    std::vector<int64_t> rows;
    {
        Query row = database.query("SELECT row FROM evidence_1 ORDER BY row");
        while (row.next()) {
            rows.push_back(row.integer(0));
        }
    }
    for (const int64_t number : rows) {
        Query row = database.query(
            "SELECT sensor, id, kind, rule_version, client, server, level, reason, detail,"
            " feed_version, time, received FROM evidence_1 WHERE row = ?",
            number);
        row.next();
        const int64_t sensor =
            sensor_id(database, kDefaultRealm, row.text(0), from_micros(row.integer(11)));
        const auto client = net::parse_ip(row.text(4));
        const auto server = net::parse_ip(row.text(5));
        if (sensor == 0 || !client || !server) {
            continue;
        }
        database.run(
            "INSERT INTO evidence(realm, sensor, id, kind, rule_version, client, server, level,"
            " reason, detail, feed_version, time, received)"
            " VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            sensor, row.text(1), row.text(2), row.integer(3), ip_key(*client), ip_key(*server),
            row.integer(6), row.text(7), row.text(8), row.text(9), row.integer(10),
            row.integer(11));
    }
}

void carry_over_hosts(Database& database) {
    Query row = database.query(
        "SELECT ip, first_seen, last_evidence, status, policy, resolved FROM hosts_1");
    while (row.next()) {
        if (const auto ip = net::parse_ip(row.text(0))) {
            database.run(
                "INSERT INTO hosts(realm, host, first_seen, last_seen, last_evidence, status,"
                " policy, resolved) VALUES(1, ?1, ?2, ?3, ?3, ?4, ?5, ?6)"
                " ON CONFLICT(realm, host) DO UPDATE SET last_evidence = ?3, status = ?4,"
                " policy = ?5, resolved = ?6",
                ip_key(*ip), row.integer(1), row.integer(2), row.text(3), row.text(4),
                row.integer(5));
        }
    }
}

// sql reads realm, day, address and session in this order.
void carry_over_sessions(Database& database, const char* sql, ListOf list) {
    Query row = database.query(sql);
    bool more = row.next();
    while (more) {
        const Realm realm = row.integer(0);
        const int64_t day = row.integer(1);
        const std::string ip = row.text(2);
        const int64_t part = row.integer(3) / kSessionsInPart;
        std::vector<int64_t> rows;
        do {
            rows.push_back(row.integer(3));
            more = row.next();
        } while (more && row.integer(0) == realm && row.integer(1) == day && row.text(2) == ip &&
                 row.integer(3) / kSessionsInPart == part);
        add_to_list(database, list, realm, day, ip_from(ip), rows);
    }
}

void carry_over_hosts_of_days(Database& database) {
    Query row = database.query(
        "SELECT realm, day, server, host, attempts, blocked, level, last_seen FROM server_hosts_3"
        " ORDER BY realm, day, server, host");
    bool more = row.next();
    while (more) {
        const Realm realm = row.integer(0);
        const int64_t day = row.integer(1);
        const std::string server = row.text(2);
        HostDays hosts;
        do {
            hosts.push_back({ip_from(row.text(3)), row.integer(4), row.integer(5), row.integer(6),
                             row.integer(7)});
            more = row.next();
        } while (more && row.integer(0) == realm && row.integer(1) == day && row.text(2) == server);
        const std::string packed = pack_hosts(hosts, day);
        database.run(
            "UPDATE server_days SET hosts = ?4 WHERE realm = ?1 AND day = ?2 AND server = ?3",
            realm, day, Blob{server}, Blob{packed});
    }
}

void carry_over_met(Database& database) {
    Query row = database.query(
        "SELECT realm, day, host, server FROM server_hosts_3 ORDER BY realm, day, host, server");
    bool more = row.next();
    while (more) {
        const Realm realm = row.integer(0);
        const int64_t day = row.integer(1);
        const std::string host = row.text(2);
        std::string servers;
        do {
            put_ip(servers, ip_from(row.text(3)));
            more = row.next();
        } while (more && row.integer(0) == realm && row.integer(1) == day && row.text(2) == host);
        add_met(database, realm, day, ip_from(host), 0, servers);
    }
}

}  // namespace

void carry_over_lists(Database& database) {
    carry_over_sessions(database,
                        "SELECT realm, day, server, session FROM server_sessions_3"
                        " ORDER BY realm, day, server, session",
                        ListOf::Server);
    carry_over_sessions(database,
                        "SELECT realm, day, host, session FROM host_sessions_3"
                        " ORDER BY realm, day, host, session",
                        ListOf::Host);
    carry_over_hosts_of_days(database);
    carry_over_met(database);
    // The statements above still name these tables: they must be gone before.
    database.forget_statements();
    database.script(
        "DROP TABLE server_sessions_3; DROP TABLE host_sessions_3; DROP TABLE server_hosts_3;");
}

void carry_over_schema_1(Database& database) {
    OldSessions(database).carry_over();
    carry_over_evidence(database);
    carry_over_hosts(database);
    database.script(
        "INSERT INTO batches SELECT 1, key, response, received FROM batches_1;"
        "INSERT INTO certificates SELECT 1, sha1, der, subject, issuer, not_before, not_after,"
        " self_signed, received FROM certificates_1;"
        "INSERT INTO infected SELECT 1, ip, level, reason, since, expires, removed, version"
        " FROM infected_1;");
    // The statements above still name these tables: they must be gone before.
    database.forget_statements();
    database.script(
        "DROP TABLE batches_1; DROP TABLE sessions_1; DROP TABLE certificates_1;"
        "DROP TABLE evidence_1; DROP TABLE hosts_1; DROP TABLE infected_1;");
}

}  // namespace eti::analysis
