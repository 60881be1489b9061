#include "eti/store/schema.h"

#include "eti/ingest/encoding.h"
#include "store/migration.h"

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
)sql",
    // Realms; roll-ups; lines kept in blocks. Rows of schema 1 are carried over by migration.cpp.
    R"sql(
CREATE TABLE realms(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO realms VALUES(1, 'default');
INSERT INTO meta VALUES('facts', 0);
ALTER TABLE tokens ADD COLUMN realm INTEGER NOT NULL DEFAULT 1;
CREATE TABLE users(
    name TEXT PRIMARY KEY, realm INTEGER NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL,
    created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE logins(
    sha256 TEXT PRIMARY KEY, realm INTEGER NOT NULL, name TEXT NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE batches RENAME TO batches_1;
ALTER TABLE sessions RENAME TO sessions_1;
ALTER TABLE certificates RENAME TO certificates_1;
ALTER TABLE evidence RENAME TO evidence_1;
ALTER TABLE hosts RENAME TO hosts_1;
ALTER TABLE infected RENAME TO infected_1;
DROP INDEX batches_received;
DROP INDEX evidence_client;
DROP INDEX evidence_id;
DROP INDEX infected_version;
DROP TABLE server_hosts;
DROP TABLE servers;
DROP TABLE endpoints;

CREATE TABLE batches(
    realm INTEGER NOT NULL, key TEXT NOT NULL, response TEXT NOT NULL, received INTEGER NOT NULL,
    PRIMARY KEY(realm, key)) WITHOUT ROWID;
CREATE INDEX batches_received ON batches(received);
CREATE TABLE sensors(
    id INTEGER PRIMARY KEY, realm INTEGER NOT NULL, name TEXT NOT NULL,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, records INTEGER NOT NULL,
    UNIQUE(realm, name));
CREATE TABLE blocks(
    id INTEGER PRIMARY KEY, realm INTEGER NOT NULL, received INTEGER NOT NULL,
    packed INTEGER NOT NULL, lines BLOB NOT NULL);
CREATE TABLE sessions(
    row INTEGER PRIMARY KEY, realm INTEGER NOT NULL, sensor INTEGER NOT NULL, id TEXT NOT NULL,
    phase INTEGER NOT NULL, start INTEGER NOT NULL, last INTEGER NOT NULL,
    received INTEGER NOT NULL, client BLOB NOT NULL, server BLOB NOT NULL, port INTEGER NOT NULL,
    facts INTEGER NOT NULL, level INTEGER NOT NULL, block INTEGER NOT NULL,
    place INTEGER NOT NULL, length INTEGER NOT NULL);
CREATE UNIQUE INDEX session_key ON sessions(sensor, id);
CREATE TABLE certificates(
    realm INTEGER NOT NULL, sha1 TEXT NOT NULL, der BLOB NOT NULL, subject TEXT NOT NULL,
    issuer TEXT NOT NULL, not_before TEXT NOT NULL, not_after TEXT NOT NULL,
    self_signed INTEGER NOT NULL, received INTEGER NOT NULL,
    PRIMARY KEY(realm, sha1)) WITHOUT ROWID;

CREATE TABLE rollup_log(row INTEGER PRIMARY KEY, changes BLOB NOT NULL);
CREATE TABLE servers(
    realm INTEGER NOT NULL, server BLOB NOT NULL, name TEXT NOT NULL, name_source INTEGER NOT NULL,
    level INTEGER NOT NULL, category TEXT NOT NULL, category_level INTEGER NOT NULL,
    country TEXT NOT NULL, attempts INTEGER NOT NULL, blocked INTEGER NOT NULL,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, visibility BLOB NOT NULL,
    ports BLOB NOT NULL, history BLOB NOT NULL, PRIMARY KEY(realm, server)) WITHOUT ROWID;
CREATE TABLE server_days(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, server BLOB NOT NULL, attempts INTEGER NOT NULL,
    blocked INTEGER NOT NULL, level INTEGER NOT NULL, hours BLOB NOT NULL,
    visibility BLOB NOT NULL, ports BLOB NOT NULL,
    PRIMARY KEY(realm, day, server)) WITHOUT ROWID;
CREATE TABLE realm_days(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, attempts INTEGER NOT NULL,
    blocked INTEGER NOT NULL, visibility BLOB NOT NULL, hours BLOB NOT NULL,
    PRIMARY KEY(realm, day)) WITHOUT ROWID;
CREATE TABLE server_hosts(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, server BLOB NOT NULL, host BLOB NOT NULL,
    attempts INTEGER NOT NULL, blocked INTEGER NOT NULL, level INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, PRIMARY KEY(realm, day, server, host)) WITHOUT ROWID;
CREATE INDEX server_hosts_host ON server_hosts(realm, host, day);
CREATE TABLE server_sessions(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, server BLOB NOT NULL, session INTEGER NOT NULL,
    PRIMARY KEY(realm, day, server, session)) WITHOUT ROWID;
CREATE TABLE host_sessions(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, host BLOB NOT NULL, session INTEGER NOT NULL,
    PRIMARY KEY(realm, day, host, session)) WITHOUT ROWID;
CREATE TABLE facts(
    realm INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY(realm, kind, value)) WITHOUT ROWID;
CREATE TABLE server_facts(
    realm INTEGER NOT NULL, fact INTEGER NOT NULL, server BLOB NOT NULL,
    PRIMARY KEY(realm, fact, server)) WITHOUT ROWID;
CREATE INDEX server_facts_server ON server_facts(realm, server);
CREATE TABLE endpoints(
    realm INTEGER NOT NULL, server BLOB NOT NULL, port INTEGER NOT NULL, session INTEGER NOT NULL,
    PRIMARY KEY(realm, server, port)) WITHOUT ROWID;

CREATE TABLE hosts(
    realm INTEGER NOT NULL, host BLOB NOT NULL, first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0, heat INTEGER, last_evidence INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'open', policy TEXT NOT NULL DEFAULT 'use_configured_policy',
    resolved INTEGER NOT NULL DEFAULT 0, identifier TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(realm, host)) WITHOUT ROWID;
CREATE INDEX hosts_heat ON hosts(realm, coalesce(heat, -4611686018427387904) DESC, host);
CREATE TABLE evidence(
    row INTEGER PRIMARY KEY, realm INTEGER NOT NULL, sensor INTEGER NOT NULL, id TEXT NOT NULL,
    kind TEXT NOT NULL, rule_version INTEGER NOT NULL, client BLOB NOT NULL, server BLOB NOT NULL,
    level INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    feed_version TEXT NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
    UNIQUE(sensor, id, kind));
CREATE INDEX evidence_client ON evidence(realm, client, received);
CREATE INDEX evidence_server ON evidence(realm, server, received);
CREATE INDEX evidence_id ON evidence(realm, id);
CREATE TABLE infected(
    realm INTEGER NOT NULL, ip TEXT NOT NULL, level INTEGER NOT NULL, reason TEXT NOT NULL,
    since INTEGER NOT NULL, expires INTEGER, removed INTEGER NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY(realm, ip)) WITHOUT ROWID;
CREATE INDEX infected_version ON infected(realm, version);
CREATE TABLE false_positives(
    realm INTEGER NOT NULL, server BLOB NOT NULL, comment TEXT NOT NULL, actor TEXT NOT NULL,
    created INTEGER NOT NULL, PRIMARY KEY(realm, server)) WITHOUT ROWID;
CREATE TABLE audit(
    row INTEGER PRIMARY KEY, realm INTEGER NOT NULL, time INTEGER NOT NULL, actor TEXT NOT NULL,
    action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX audit_realm ON audit(realm, row);
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append only'); END;
CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append only'); END;
)sql",
    // Versions of feeds and their sources. feeds holds each feed's version in force, feed_versions
    // how each came from the one before. Realm 0: every realm sees the feed.
    R"sql(
ALTER TABLE feeds RENAME TO feeds_2;
CREATE TABLE feeds(
    realm INTEGER NOT NULL, name TEXT NOT NULL, serial INTEGER NOT NULL, version TEXT NOT NULL,
    day TEXT NOT NULL, day_count INTEGER NOT NULL, entries INTEGER NOT NULL, sha256 TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY(realm, name)) WITHOUT ROWID;
INSERT INTO feeds SELECT 0, name, serial, version, day, day_count, entries, sha256, created,
    expires, body FROM feeds_2;
DROP TABLE feeds_2;
CREATE TABLE feed_versions(
    realm INTEGER NOT NULL, name TEXT NOT NULL, serial INTEGER NOT NULL, version TEXT NOT NULL,
    entries INTEGER NOT NULL, sha256 TEXT NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL, added INTEGER NOT NULL, removed INTEGER NOT NULL, why TEXT NOT NULL,
    actor TEXT NOT NULL, delta_bytes INTEGER NOT NULL, delta BLOB, UNIQUE(realm, name, serial));
INSERT INTO feed_versions SELECT 0, name, serial, version, entries, sha256, created, expires,
    entries, 0, 'earlier', '', 0, NULL FROM feeds;
CREATE TABLE feed_objects(
    realm INTEGER NOT NULL, feed TEXT NOT NULL, entry TEXT NOT NULL, line TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    PRIMARY KEY(realm, feed, entry)) WITHOUT ROWID;
CREATE INDEX feed_objects_withdrawn ON feed_objects(realm, feed, modified) WHERE withdrawn = 1;
CREATE TABLE feed_sources(
    name TEXT PRIMARY KEY, location TEXT NOT NULL, fetched INTEGER, result TEXT NOT NULL,
    why TEXT NOT NULL, entries INTEGER NOT NULL, rejected_count INTEGER NOT NULL,
    rejected TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE feed_source_parts(
    source TEXT NOT NULL, part TEXT NOT NULL, stamp TEXT NOT NULL, entries INTEGER NOT NULL,
    body TEXT NOT NULL, UNIQUE(source, part));
CREATE TABLE feed_merged(feed TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE store_identity(id TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE log_groups(name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
)sql",
    // Lists packed, see session_lists.h and server_rows.h; migration.cpp carries them over.
    R"sql(
ALTER TABLE server_sessions RENAME TO server_sessions_3;
ALTER TABLE host_sessions RENAME TO host_sessions_3;
CREATE TABLE server_sessions(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, server BLOB NOT NULL, part INTEGER NOT NULL,
    sessions BLOB NOT NULL, PRIMARY KEY(realm, day, server, part)) WITHOUT ROWID;
CREATE TABLE host_sessions(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, host BLOB NOT NULL, part INTEGER NOT NULL,
    sessions BLOB NOT NULL, PRIMARY KEY(realm, day, host, part)) WITHOUT ROWID;
ALTER TABLE server_hosts RENAME TO server_hosts_3;
ALTER TABLE server_days ADD COLUMN hosts BLOB NOT NULL DEFAULT x'';
CREATE TABLE host_servers(
    realm INTEGER NOT NULL, day INTEGER NOT NULL, host BLOB NOT NULL, part INTEGER NOT NULL,
    servers BLOB NOT NULL, PRIMARY KEY(realm, day, host, part)) WITHOUT ROWID;
)sql"};

constexpr int64_t kSchemaOfRealms = 2;
constexpr int64_t kSchemaOfIdentity = 3;
constexpr int64_t kSchemaOfParts = 4;

int64_t current_version(Database& database) {
    Query row = database.query("PRAGMA user_version");
    return row.next() ? row.integer(0) : 0;
}

}  // namespace

void migrate(Database& database, Timestamp now) {
    migrate_to(database, static_cast<int64_t>(kMigrations.size()), now);
}

void migrate_to(Database& database, int64_t newest, Timestamp now) {
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
    // By today's statements, so once today's tables are there.
    if (version < kSchemaOfParts && newest >= kSchemaOfParts) {
        carry_over_lists(database);
    }
    if (version < kSchemaOfRealms && newest >= kSchemaOfParts) {
        carry_over_schema_1(database);
    }
    if (version == 0) {
        // Versions start at the creation time: a sensor that knew a lost store never mistakes
        // this one for it.
        const int64_t seconds = to_micros(now) / 1'000'000;
        database.run("INSERT INTO meta VALUES('infected_version', ?)", seconds);
        database.run("INSERT INTO meta VALUES('infected_oldest', ?)", seconds);
    }
    if (version < kSchemaOfIdentity && newest >= kSchemaOfIdentity) {
        database.run("INSERT INTO store_identity VALUES(?, ?)", random_hex(8), to_micros(now));
    }
    database.script(("PRAGMA user_version=" + std::to_string(newest)).c_str());
    database.script("COMMIT");
}

}  // namespace eti::analysis
