#include "store/feed_schema.h"

#include "eti/ingest/encoding.h"

#include <array>

namespace eti::analysis {
namespace {

// One entry per schema number, applied in order; never edited after a release. feeds, of the main
// schema, holds each feed's version in force; feed_versions how each came from the one before.
constexpr std::array kFeedMigrations = {R"sql(
CREATE TABLE feed_versions(
    name TEXT NOT NULL, serial INTEGER NOT NULL, version TEXT NOT NULL, entries INTEGER NOT NULL,
    sha256 TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
    added INTEGER NOT NULL, removed INTEGER NOT NULL, why TEXT NOT NULL, actor TEXT NOT NULL,
    delta_bytes INTEGER NOT NULL, delta BLOB, UNIQUE(name, serial));
CREATE TABLE feed_objects(
    feed TEXT NOT NULL, entry TEXT NOT NULL, line TEXT NOT NULL, created INTEGER NOT NULL,
    modified INTEGER NOT NULL, withdrawn INTEGER NOT NULL, PRIMARY KEY(feed, entry)) WITHOUT ROWID;
CREATE INDEX feed_objects_withdrawn ON feed_objects(feed, modified) WHERE withdrawn = 1;
CREATE TABLE feed_sources(
    name TEXT PRIMARY KEY, location TEXT NOT NULL, fetched INTEGER, result TEXT NOT NULL,
    why TEXT NOT NULL, entries INTEGER NOT NULL, rejected_count INTEGER NOT NULL,
    rejected TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE feed_source_parts(
    source TEXT NOT NULL, part TEXT NOT NULL, stamp TEXT NOT NULL, entries INTEGER NOT NULL,
    body TEXT NOT NULL, UNIQUE(source, part));
CREATE TABLE feed_merged(feed TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE store_identity(id TEXT NOT NULL, created INTEGER NOT NULL);
INSERT INTO feed_versions
    SELECT name, serial, version, entries, sha256, created, expires, entries, 0, 'earlier', '', 0,
           NULL FROM feeds;
)sql"};

int64_t feed_schema(Database& database) {
    Query row = database.query("SELECT value FROM meta WHERE name = 'feed_schema'");
    return row.next() ? row.integer(0) : 0;
}

}  // namespace

void migrate_feeds(Database& database, Timestamp now) {
    const auto newest = static_cast<int64_t>(kFeedMigrations.size());
    const int64_t version = feed_schema(database);
    if (version > newest) {
        throw StorageError("the store's feeds have schema " + std::to_string(version) +
                           ", this program knows up to " + std::to_string(newest) +
                           ": start the newer eti-analysis that wrote it");
    }
    if (version == newest) {
        return;
    }
    database.script("BEGIN IMMEDIATE");
    for (int64_t i = version; i < newest; ++i) {
        database.script(kFeedMigrations[static_cast<std::size_t>(i)]);
    }
    if (version == 0) {
        database.run("INSERT INTO store_identity VALUES(?, ?)", random_hex(8), to_micros(now));
    }
    database.run("INSERT OR REPLACE INTO meta VALUES('feed_schema', ?)", newest);
    database.script("COMMIT");
}

}  // namespace eti::analysis
