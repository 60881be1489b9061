#include "eti/store/feeds.h"

#include "eti/feeds/merge.h"
#include "eti/ingest/encoding.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace eti::analysis {
namespace {

using intel::FeedDelta;

constexpr int64_t kMaxWithdrawn = 10'000;  // objects of a feed that are remembered as withdrawn

FeedRow read_feed(const Query& row) {
    return {row.integer(0), row.text(1), row.integer(2), row.text(3),
            row.integer(4), row.text(5), row.integer(6), row.integer(7)};
}

std::string day_of(Timestamp now) {
    const auto seconds = static_cast<std::time_t>(to_micros(now) / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y%m%d", &parts));
}

// forget_old keeps the newest versions, by number and by the bytes of their deltas.
void forget_old(Database& database, FeedId feed) {
    int64_t kept = 0;
    int64_t bytes = 0;
    int64_t oldest = 0;
    {
        Query row = database.query(
            "SELECT serial, delta_bytes FROM feed_versions WHERE realm = ? AND name = ?"
            " ORDER BY serial DESC",
            feed.realm, feed.name);
        while (row.next() && kept < kKeptVersions && bytes <= kKeptDeltaBytes) {
            oldest = row.integer(0);
            bytes += row.integer(1);
            ++kept;
        }
    }
    database.run("DELETE FROM feed_versions WHERE realm = ? AND name = ? AND serial < ?",
                 feed.realm, feed.name, oldest);
}

// note_objects moves each changed entry's object on. One that only changed its line is modified.
void note_objects(Database& database, FeedId feed, const FeedDelta& delta, Timestamp now) {
    for (const std::string& line : delta.removed) {
        database.run(
            "UPDATE feed_objects SET withdrawn = 1, modified = ?4"
            " WHERE realm = ?1 AND feed = ?2 AND entry = ?3",
            feed.realm, feed.name, read_feed_entry(feed.name, line).key(), to_micros(now));
    }
    for (const std::string& line : delta.added) {
        database.run(
            "INSERT INTO feed_objects VALUES(?1, ?2, ?3, ?4, ?5, ?5, 0)"
            " ON CONFLICT(realm, feed, entry)"
            " DO UPDATE SET line = ?4, modified = ?5, withdrawn = 0",
            feed.realm, feed.name, read_feed_entry(feed.name, line).key(), line, to_micros(now));
    }
    if (!delta.removed.empty()) {
        database.run(
            "DELETE FROM feed_objects WHERE realm = ?1 AND feed = ?2 AND withdrawn = 1"
            " AND modified <= (SELECT modified FROM feed_objects"
            " WHERE realm = ?1 AND feed = ?2 AND withdrawn = 1 ORDER BY modified DESC LIMIT 1 "
            "OFFSET ?3)",
            feed.realm, feed.name, kMaxWithdrawn);
    }
}

std::optional<int64_t> serial_of(Database& database, FeedId feed, const std::string& version) {
    Query row = database.query(
        "SELECT serial FROM feed_versions WHERE realm = ? AND name = ? AND version = ?", feed.realm,
        feed.name, version);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

std::string rejected_text(const std::vector<intel::RejectedLine>& rejected) {
    std::string text;
    for (std::size_t i = 0; i < rejected.size() && i < kMaxStoredRejected; ++i) {
        text += std::to_string(rejected[i].line) + " " + rejected[i].why + "\n";
    }
    return text;
}

std::vector<intel::RejectedLine> rejected_of(std::string_view text) {
    std::vector<intel::RejectedLine> rejected;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t blank = std::min(line.find(' '), line.size());
        rejected.push_back({std::stoul("0" + std::string(line.substr(0, blank))),
                            std::string(line.substr(std::min(blank + 1, line.size())))});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return rejected;
}

}  // namespace

FeedId feed_seen_by(Realm realm, std::string_view name) {
    return {name, name == kInfectedFeed ? realm : kEveryRealm};
}

std::vector<FeedRow> feed_rows(Database& database) {
    std::vector<FeedRow> rows;
    Query row = database.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires FROM feeds"
        " ORDER BY name, realm");
    while (row.next()) {
        rows.push_back(read_feed(row));
    }
    return rows;
}

std::vector<FeedRow> feed_rows(Database& database, Realm realm) {
    std::vector<FeedRow> rows = feed_rows(database);
    std::erase_if(rows, [&](const FeedRow& feed) {
        return feed.realm != kEveryRealm && feed.realm != realm;
    });
    return rows;
}

std::optional<FeedRow> feed_row(Database& database, FeedId feed) {
    Query row = database.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires FROM feeds"
        " WHERE realm = ? AND name = ?",
        feed.realm, feed.name);
    return row.next() ? std::optional(read_feed(row)) : std::nullopt;
}

std::string feed_body(Database& database, FeedId feed) {
    Query row = database.query("SELECT body FROM feeds WHERE realm = ? AND name = ?", feed.realm,
                               feed.name);
    return row.next() ? row.text(0) : std::string();
}

bool publish_feed(Database& database, FeedId feed, std::string_view body, std::size_t entries,
                  const FeedCause& cause, Timestamp now) {
    const std::string sha256 = sha256_hex(body);
    const auto old = feed_row(database, feed);
    if (old && old->sha256 == sha256 && now < from_micros(old->created_us) + kFeedLifetime / 2) {
        return false;
    }
    const std::string day = day_of(now);
    int64_t day_count = 1;
    {
        Query row =
            database.query("SELECT day_count FROM feeds WHERE realm = ? AND name = ? AND day = ?",
                           feed.realm, feed.name, day);
        if (row.next()) {
            day_count = row.integer(0) + 1;
        }
    }
    const int64_t serial = old ? old->serial + 1 : 1;
    const std::string version = day + "." + std::to_string(day_count);
    FeedDelta delta = intel::feed_difference(old ? feed_body(database, feed) : "", body);
    delta.from = old ? old->version : "0";
    delta.to = version;
    const std::string text = intel::render_feed_delta(delta);
    // The first version has nothing to lead from.
    const std::optional<Blob> stored = old ? std::optional(Blob{text}) : std::nullopt;
    database.run("INSERT OR REPLACE INTO feeds VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", feed.realm,
                 feed.name, serial, version, day, day_count, static_cast<int64_t>(entries), sha256,
                 to_micros(now), to_micros(now + kFeedLifetime), Blob{body});
    database.run("INSERT INTO feed_versions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 feed.realm, feed.name, serial, version, static_cast<int64_t>(entries), sha256,
                 to_micros(now), to_micros(now + kFeedLifetime),
                 static_cast<int64_t>(delta.added.size()),
                 static_cast<int64_t>(delta.removed.size()), cause.why, cause.actor,
                 static_cast<int64_t>(stored ? text.size() : 0), stored);
    note_objects(database, feed, delta, now);
    forget_old(database, feed);
    return true;
}

std::vector<FeedVersion> feed_versions(Database& database, FeedId feed) {
    std::vector<FeedVersion> versions;
    Query row = database.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires, added, removed,"
        " why, actor FROM feed_versions WHERE realm = ? AND name = ? ORDER BY serial DESC",
        feed.realm, feed.name);
    while (row.next()) {
        versions.push_back(
            {read_feed(row), row.integer(8), row.integer(9), {row.text(10), row.text(11)}});
    }
    return versions;
}

std::optional<FeedDelta> feed_way(Database& database, FeedId feed, const std::string& from,
                                  const std::string& to) {
    const auto first = serial_of(database, feed, from);
    const auto last = serial_of(database, feed, to);
    if (!first || !last) {
        return std::nullopt;
    }
    FeedDelta way;
    way.from = *first <= *last ? from : to;
    way.to = way.from;
    Query row = database.query(
        "SELECT delta FROM feed_versions WHERE realm = ? AND name = ? AND serial > ?"
        " AND serial <= ? ORDER BY serial",
        feed.realm, feed.name, std::min(*first, *last), std::max(*first, *last));
    while (row.next()) {
        FeedDelta step;
        if (row.is_null(0) || !intel::parse_feed_delta(row.text(0), step).empty()) {
            return std::nullopt;
        }
        intel::append_delta(way, step);
    }
    return *first <= *last ? way : intel::reversed(std::move(way));
}

std::optional<std::string> feed_body_at(Database& database, FeedId feed,
                                        const std::string& version) {
    const auto current = feed_row(database, feed);
    if (!current) {
        return std::nullopt;
    }
    const auto way = feed_way(database, feed, current->version, version);
    std::string body;
    if (!way || !intel::apply_feed_delta(feed_body(database, feed), *way, body).empty()) {
        return std::nullopt;
    }
    return body;
}

std::vector<FeedObject> feed_objects(Database& database, FeedId feed) {
    std::vector<FeedObject> objects;
    Query row = database.query(
        "SELECT feed, line, created, modified, withdrawn FROM feed_objects"
        " WHERE realm = ? AND feed = ? ORDER BY entry",
        feed.realm, feed.name);
    while (row.next()) {
        objects.push_back(
            {row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4) != 0});
    }
    return objects;
}

std::vector<SourceRow> source_rows(Database& database) {
    std::vector<SourceRow> sources;
    Query row = database.query(
        "SELECT name, location, fetched, result, why, entries, rejected_count, rejected, etag,"
        " last_modified FROM feed_sources ORDER BY name");
    while (row.next()) {
        SourceRow source;
        source.name = row.text(0);
        source.location = row.text(1);
        if (!row.is_null(2)) {
            source.fetched_us = row.integer(2);
        }
        source.result = row.text(3);
        source.why = row.text(4);
        source.entries = row.integer(5);
        source.rejected_count = row.integer(6);
        source.rejected = rejected_of(row.text(7));
        source.etag = row.text(8);
        source.last_modified = row.text(9);
        sources.push_back(std::move(source));
    }
    return sources;
}

void save_source(Database& database, const SourceRow& source) {
    database.run("INSERT OR REPLACE INTO feed_sources VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 source.name, source.location, source.fetched_us, source.result, source.why,
                 source.entries, source.rejected_count, rejected_text(source.rejected), source.etag,
                 source.last_modified);
}

bool keep_sources(Database& database, const std::vector<std::string>& names) {
    bool gone = false;
    for (const SourceRow& source : source_rows(database)) {
        if (std::find(names.begin(), names.end(), source.name) == names.end()) {
            gone =
                database.run("DELETE FROM feed_source_parts WHERE source = ?", source.name) > 0 ||
                gone;
            database.run("DELETE FROM feed_sources WHERE name = ?", source.name);
        }
    }
    return gone;
}

std::vector<SourcePart> source_parts(Database& database, std::string_view source) {
    std::vector<SourcePart> parts;
    Query row = database.query(
        "SELECT part, stamp, entries, body FROM feed_source_parts WHERE source = ? ORDER BY part",
        source);
    while (row.next()) {
        parts.push_back({row.text(0), row.text(1), row.integer(2), row.text(3)});
    }
    return parts;
}

void save_source_part(Database& database, std::string_view source, const SourcePart& part) {
    database.run(
        "INSERT INTO feed_source_parts VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(source, part)"
        " DO UPDATE SET stamp = ?3, entries = ?4, body = ?5",
        source, part.part, part.stamp, part.entries, part.body);
}

void remove_source_part(Database& database, std::string_view source, std::string_view part) {
    database.run("DELETE FROM feed_source_parts WHERE source = ? AND part = ?", source, part);
}

std::string merged_digest(Database& database, std::string_view feed) {
    Query row = database.query("SELECT sha256 FROM feed_merged WHERE feed = ?", feed);
    return row.next() ? row.text(0) : std::string();
}

void save_merged_digest(Database& database, std::string_view feed, std::string_view sha256) {
    database.run("INSERT OR REPLACE INTO feed_merged VALUES(?, ?)", feed, sha256);
}

std::string store_identity(Database& database) {
    Query row = database.query("SELECT id FROM store_identity");
    return row.next() ? row.text(0) : std::string();
}

int64_t store_created_us(Database& database) {
    Query row = database.query("SELECT created FROM store_identity");
    return row.next() ? row.integer(0) : 0;
}

}  // namespace eti::analysis
