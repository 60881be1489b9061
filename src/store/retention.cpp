#include "eti/store/retention.h"

#include <algorithm>

namespace eti::analysis {
namespace {

constexpr int64_t kPruneRows = 20'000;

int64_t pragma(Database& database, const char* sql) {
    Query row = database.query(sql);
    return row.next() ? row.integer(0) : 0;
}

// A store at its limit would refuse every batch until its oldest rows reach their age.
bool nearly_full(Database& database) {
    const int64_t used =
        pragma(database, "PRAGMA page_count") - pragma(database, "PRAGMA freelist_count");
    return used > pragma(database, "PRAGMA max_page_count") / 10 * 9;
}

int64_t before(Timestamp now, std::chrono::hours age) {
    return to_micros(now - age);
}

}  // namespace

Pruned Pruner::prune(const Retention& retention, Timestamp now) {
    Pruned pruned;
    pruned.other += database_.run(
        "DELETE FROM batches WHERE (realm, key) IN"
        " (SELECT realm, key FROM batches WHERE received < ? ORDER BY received LIMIT ?)",
        before(now, retention.batches), kPruneRows);
    prune_sessions(retention, now, pruned);
    pruned.other += database_.run(
        "DELETE FROM evidence WHERE row IN (SELECT row FROM evidence ORDER BY row LIMIT ?1)"
        " AND received < ?2",
        kPruneRows, before(now, retention.evidence));
    pruned.other += database_.run("DELETE FROM logins WHERE expires < ?", to_micros(now));
    prune_days(retention, now, pruned);
    prune_servers(retention, now, pruned);
    return pruned;
}

void Pruner::prune_sessions(const Retention& retention, Timestamp now, Pruned& pruned) {
    // Row numbers grow with arrival, so the oldest rows are the smallest ones.
    pruned.sessions = database_.run(
        "DELETE FROM sessions WHERE row IN"
        " (SELECT row FROM sessions ORDER BY row LIMIT ?1) AND (received < ?2"
        " OR row <= (SELECT max(row) FROM sessions) - ?3)",
        kPruneRows, nearly_full(database_) ? to_micros(now) : before(now, retention.sessions),
        retention.max_sessions);
    // A session may lean on a later block than its first phase came in, never on an earlier one.
    int64_t oldest = before(now, retention.sessions);
    {
        Query row = database_.query("SELECT received FROM sessions ORDER BY row LIMIT 1");
        if (row.next()) {
            oldest = row.integer(0);
        }
    }
    // The newest block stays, so that the next one's number was never another's: groups that read
    // the record log remember numbers.
    pruned.other += database_.run(
        "DELETE FROM blocks WHERE id IN (SELECT id FROM blocks ORDER BY id LIMIT ?1)"
        " AND received < ?2 AND id < (SELECT max(id) FROM blocks)",
        kPruneRows, oldest);
}

void Pruner::prune_days(const Retention& retention, Timestamp now, Pruned& pruned) {
    struct Table {
        const char* sql;
        std::chrono::hours age;
    };
    const Table tables[] = {
        {"DELETE FROM server_days WHERE (realm, day, server) IN (SELECT realm, day, server FROM"
         " server_days WHERE realm = ?1 AND day < ?2 LIMIT ?3)",
         retention.servers},
        {"DELETE FROM host_servers WHERE (realm, day, host, part) IN (SELECT realm, day, host,"
         " part FROM host_servers WHERE realm = ?1 AND day < ?2 LIMIT ?3)",
         retention.servers},
        {"DELETE FROM server_sessions WHERE (realm, day, server, part) IN (SELECT realm, day,"
         " server, part FROM server_sessions WHERE realm = ?1 AND day < ?2 LIMIT ?3)",
         retention.sessions},
        {"DELETE FROM host_sessions WHERE (realm, day, host, part) IN (SELECT realm, day, host,"
         " part FROM host_sessions WHERE realm = ?1 AND day < ?2 LIMIT ?3)",
         retention.sessions}};
    std::vector<Realm> realms;
    {
        Query row = database_.query("SELECT id FROM realms");
        while (row.next()) {
            realms.push_back(row.integer(0));
        }
    }
    for (const Table& table : tables) {
        for (const Realm realm : realms) {
            pruned.other +=
                database_.run(table.sql, realm, day_of_us(before(now, table.age)), kPruneRows);
        }
    }
    // A host an analyst edited, or that still has a score, stays.
    pruned.other += database_.run(
        "DELETE FROM hosts WHERE (realm, host) IN (SELECT realm, host FROM hosts"
        " WHERE last_seen < ?1 AND last_evidence < ?1 AND status = 'open'"
        " AND policy = 'use_configured_policy' AND identifier = '' LIMIT ?2)",
        before(now, retention.servers), kPruneRows);
}

// No index serves "last seen": a stretch of the table is looked at in each call.
void Pruner::prune_servers(const Retention& retention, Timestamp now, Pruned& pruned) {
    const int64_t oldest = before(now, retention.servers);
    int64_t seen = 0;
    {
        Query row = database_.query(
            "SELECT realm, server, last_seen FROM servers WHERE (realm, server) > (?, ?)"
            " ORDER BY realm, server LIMIT ?",
            realm_, ip_key(server_), kPruneRows);
        for (; row.next(); ++seen) {
            realm_ = row.integer(0);
            server_ = ip_from(row.text(1));
            if (row.integer(2) < oldest) {
                pruned.servers.emplace_back(realm_, server_);
            }
        }
    }
    if (seen < kPruneRows) {
        realm_ = 0;
        server_ = {};
    }
    for (const auto& [realm, ip] : pruned.servers) {
        database_.run("DELETE FROM servers WHERE realm = ? AND server = ?", realm, ip_key(ip));
        database_.run("DELETE FROM endpoints WHERE realm = ? AND server = ?", realm, ip_key(ip));
        database_.run("DELETE FROM server_facts WHERE realm = ? AND server = ?", realm, ip_key(ip));
    }
    pruned.other += static_cast<int64_t>(pruned.servers.size());
}

}  // namespace eti::analysis
