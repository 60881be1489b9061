#include "eti/feeds/merge.h"
#include "eti/ingest/encoding.h"
#include "store/sqlite_stores.h"

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

}  // namespace

FeedId feed_seen_by(Realm realm, std::string_view name) {
    return {name, name == kInfectedFeed ? realm : kEveryRealm};
}

std::vector<FeedRow> feeds_seen_by(Realm realm, const FeedStore& store) {
    std::vector<FeedRow> rows = store.feeds();
    std::erase_if(rows, [&](const FeedRow& feed) {
        return feed.realm != kEveryRealm && feed.realm != realm;
    });
    return rows;
}

std::vector<FeedRow> SqliteFeedStore::feeds() const {
    std::vector<FeedRow> rows;
    Query row = database_.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires FROM feeds"
        " ORDER BY name, realm");
    while (row.next()) {
        rows.push_back(read_feed(row));
    }
    return rows;
}

std::optional<FeedRow> SqliteFeedStore::feed(FeedId feed) const {
    Query row = database_.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires FROM feeds"
        " WHERE realm = ? AND name = ?",
        feed.realm, feed.name);
    return row.next() ? std::optional(read_feed(row)) : std::nullopt;
}

std::string SqliteFeedStore::body(FeedId feed) const {
    Query row = database_.query("SELECT body FROM feeds WHERE realm = ? AND name = ?", feed.realm,
                                feed.name);
    return row.next() ? row.text(0) : std::string();
}

bool SqliteFeedStore::publish(FeedId feed, std::string_view body, std::size_t entries,
                              const FeedCause& cause, Timestamp now) {
    const std::string sha256 = sha256_hex(body);
    const auto old = this->feed(feed);
    if (old && old->sha256 == sha256 && now < from_micros(old->created_us) + kFeedLifetime / 2) {
        return false;
    }
    const std::string day = day_of(now);
    int64_t day_count = 1;
    {
        Query row =
            database_.query("SELECT day_count FROM feeds WHERE realm = ? AND name = ? AND day = ?",
                            feed.realm, feed.name, day);
        if (row.next()) {
            day_count = row.integer(0) + 1;
        }
    }
    const int64_t serial = old ? old->serial + 1 : 1;
    const std::string version = day + "." + std::to_string(day_count);
    FeedDelta delta = intel::feed_difference(old ? this->body(feed) : "", body);
    delta.from = old ? old->version : "0";
    delta.to = version;
    const std::string text = intel::render_feed_delta(delta);
    // The first version has nothing to lead from.
    const std::optional<Blob> stored = old ? std::optional(Blob{text}) : std::nullopt;
    database_.run("INSERT OR REPLACE INTO feeds VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  feed.realm, feed.name, serial, version, day, day_count,
                  static_cast<int64_t>(entries), sha256, to_micros(now),
                  to_micros(now + kFeedLifetime), Blob{body});
    database_.run("INSERT INTO feed_versions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  feed.realm, feed.name, serial, version, static_cast<int64_t>(entries), sha256,
                  to_micros(now), to_micros(now + kFeedLifetime),
                  static_cast<int64_t>(delta.added.size()),
                  static_cast<int64_t>(delta.removed.size()), cause.why, cause.actor,
                  static_cast<int64_t>(stored ? text.size() : 0), stored);
    note_objects(database_, feed, delta, now);
    forget_old(database_, feed);
    return true;
}

std::vector<FeedVersion> SqliteFeedStore::versions(FeedId feed) const {
    std::vector<FeedVersion> kept;
    Query row = database_.query(
        "SELECT realm, name, serial, version, entries, sha256, created, expires, added, removed,"
        " why, actor FROM feed_versions WHERE realm = ? AND name = ? ORDER BY serial DESC",
        feed.realm, feed.name);
    while (row.next()) {
        kept.push_back(
            {read_feed(row), row.integer(8), row.integer(9), {row.text(10), row.text(11)}});
    }
    return kept;
}

std::optional<FeedDelta> SqliteFeedStore::way(FeedId feed, const std::string& from,
                                              const std::string& to) const {
    const auto first = serial_of(database_, feed, from);
    const auto last = serial_of(database_, feed, to);
    if (!first || !last) {
        return std::nullopt;
    }
    FeedDelta way;
    way.from = *first <= *last ? from : to;
    way.to = way.from;
    Query row = database_.query(
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

std::optional<std::string> SqliteFeedStore::body_at(FeedId feed, const std::string& version) const {
    const auto current = this->feed(feed);
    if (!current) {
        return std::nullopt;
    }
    const auto way = this->way(feed, current->version, version);
    std::string body;
    if (!way || !intel::apply_feed_delta(this->body(feed), *way, body).empty()) {
        return std::nullopt;
    }
    return body;
}

std::vector<FeedObject> SqliteFeedStore::objects(FeedId feed) const {
    std::vector<FeedObject> known;
    Query row = database_.query(
        "SELECT feed, line, created, modified, withdrawn FROM feed_objects"
        " WHERE realm = ? AND feed = ? ORDER BY entry",
        feed.realm, feed.name);
    while (row.next()) {
        known.push_back(
            {row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4) != 0});
    }
    return known;
}

}  // namespace eti::analysis
