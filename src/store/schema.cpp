#include "eti/store/schema.h"

#include "store/feed_schema.h"

#include <array>
#include <string>

namespace eti::analysis {
namespace {

// One entry per schema number, applied in order; never edited after a release.
// Times are microseconds since the epoch, UTC.
constexpr std::array kMigrations = {
    R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens(
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, sha256 TEXT NOT NULL, created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE batches(
    key TEXT PRIMARY KEY, response TEXT NOT NULL, received INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX batches_received ON batches(received);

CREATE TABLE sessions(
    row INTEGER PRIMARY KEY, sensor TEXT NOT NULL, id TEXT NOT NULL, phase INTEGER NOT NULL,
    start INTEGER NOT NULL, last INTEGER NOT NULL, received INTEGER NOT NULL,
    client TEXT NOT NULL, server TEXT NOT NULL, server_port INTEGER NOT NULL,
    server_row INTEGER, record TEXT NOT NULL, UNIQUE(sensor, id));
CREATE INDEX sessions_client ON sessions(client, start);
CREATE INDEX sessions_server ON sessions(server_row, start);

CREATE TABLE certificates(
    sha1 TEXT PRIMARY KEY, der BLOB NOT NULL, subject TEXT NOT NULL, issuer TEXT NOT NULL,
    not_before TEXT NOT NULL, not_after TEXT NOT NULL, self_signed INTEGER NOT NULL,
    received INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE servers(
    row INTEGER PRIMARY KEY, ip TEXT NOT NULL, hostname TEXT NOT NULL,
    level INTEGER NOT NULL, count INTEGER NOT NULL, first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, category TEXT NOT NULL, UNIQUE(ip, hostname));
CREATE INDEX servers_order ON servers(level DESC, last_seen DESC);
CREATE TABLE server_hosts(
    server_row INTEGER NOT NULL, client TEXT NOT NULL, count INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, PRIMARY KEY(server_row, client)) WITHOUT ROWID;
CREATE TABLE endpoints(
    ip TEXT NOT NULL, port INTEGER NOT NULL, sensor TEXT NOT NULL, id TEXT NOT NULL,
    last_seen INTEGER NOT NULL, PRIMARY KEY(ip, port)) WITHOUT ROWID;

CREATE TABLE evidence(
    row INTEGER PRIMARY KEY, sensor TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    rule_version INTEGER NOT NULL, client TEXT NOT NULL, server TEXT NOT NULL,
    level INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    feed_version TEXT NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
    UNIQUE(sensor, id, kind));
CREATE INDEX evidence_client ON evidence(client, received);
CREATE INDEX evidence_id ON evidence(id);

CREATE TABLE hosts(
    ip TEXT PRIMARY KEY, first_seen INTEGER NOT NULL, last_evidence INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open',
    policy TEXT NOT NULL DEFAULT 'use_configured_policy',
    resolved INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE infected(
    ip TEXT PRIMARY KEY, level INTEGER NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,
    expires INTEGER, removed INTEGER NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX infected_version ON infected(version);

CREATE TABLE allowlist(
    row INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, comment TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER, UNIQUE(kind, value));
CREATE TABLE feeds(
    name TEXT PRIMARY KEY, serial INTEGER NOT NULL, version TEXT NOT NULL, day TEXT NOT NULL,
    day_count INTEGER NOT NULL, entries INTEGER NOT NULL, sha256 TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
)sql"};

int64_t current_version(Database& database) {
    Query row = database.query("PRAGMA user_version");
    return row.next() ? row.integer(0) : 0;
}

void migrate_main(Database& database, Timestamp now) {
    const auto newest = static_cast<int64_t>(kMigrations.size());
    const int64_t version = current_version(database);
    if (version > newest) {
        throw StorageError("the store has schema " + std::to_string(version) +
                           ", this program knows up to " + std::to_string(newest) +
                           ": start the newer eti-analysis that wrote it");
    }
    if (version == newest) {
        return;
    }
    database.script("BEGIN IMMEDIATE");
    for (int64_t i = version; i < newest; ++i) {
        database.script(kMigrations[static_cast<std::size_t>(i)]);
    }
    if (version == 0) {
        // Versions start at the creation time: a sensor that knew a lost store never mistakes
        // this one for it.
        const int64_t seconds = to_micros(now) / 1'000'000;
        database.run("INSERT INTO meta VALUES('infected_version', ?)", seconds);
        database.run("INSERT INTO meta VALUES('infected_oldest', ?)", seconds);
    }
    database.script(("PRAGMA user_version=" + std::to_string(newest)).c_str());
    database.script("COMMIT");
}

}  // namespace

void migrate(Database& database, Timestamp now) {
    migrate_main(database, now);
    migrate_feeds(database, now);
}

}  // namespace eti::analysis
