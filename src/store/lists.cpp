#include "eti/store/lists.h"

#include "eti/ingest/encoding.h"

#include <array>
#include <ctime>

namespace eti::analysis {
namespace {

constexpr const char* kFeedColumns =
    "SELECT name, serial, version, entries, sha256, created, expires FROM feeds ORDER BY name";

FeedRow read_feed(const Query& row) {
    return {row.text(0), row.integer(1), row.text(2),   row.integer(3),
            row.text(4), row.integer(5), row.integer(6)};
}

std::string day_of(Timestamp now) {
    const auto seconds = static_cast<std::time_t>(to_micros(now) / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y%m%d", &parts));
}

std::string_view name_of(TokenKind kind) {
    switch (kind) {
        case TokenKind::FirstStart:
            return "first-start";
        case TokenKind::Issued:
            return "issued";
        case TokenKind::Login:
            return "login";
    }
    return "issued";
}

}  // namespace

std::vector<AllowlistRow> allowlist_rows(Database& database) {
    std::vector<AllowlistRow> rows;
    Query row = database.query(
        "SELECT row, kind, value, comment, created, expires FROM allowlist ORDER BY row");
    while (row.next()) {
        AllowlistRow entry{row.integer(0), row.text(1),    row.text(2),
                           row.text(3),    row.integer(4), std::nullopt};
        if (!row.is_null(5)) {
            entry.expires_us = row.integer(5);
        }
        rows.push_back(std::move(entry));
    }
    return rows;
}

int64_t add_allowlist_row(Database& database, const AllowlistRow& row) {
    database.run(
        "INSERT INTO allowlist(kind, value, comment, created, expires) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT(kind, value) DO UPDATE SET comment = ?3, expires = ?5",
        row.kind, row.value, row.comment, row.created_us, row.expires_us);
    Query id = database.query("SELECT row FROM allowlist WHERE kind = ? AND value = ?", row.kind,
                              row.value);
    id.next();
    return id.integer(0);
}

bool remove_allowlist_row(Database& database, int64_t id) {
    return database.run("DELETE FROM allowlist WHERE row = ?", id) > 0;
}

bool expire_allowlist_rows(Database& database, Timestamp now) {
    return database.run("DELETE FROM allowlist WHERE expires IS NOT NULL AND expires <= ?",
                        to_micros(now)) > 0;
}

std::vector<FeedRow> feed_rows(Database& database) {
    std::vector<FeedRow> rows;
    Query row = database.query(kFeedColumns);
    while (row.next()) {
        rows.push_back(read_feed(row));
    }
    return rows;
}

std::optional<FeedRow> feed_row(Database& database, std::string_view name) {
    Query row = database.query(
        "SELECT name, serial, version, entries, sha256, created, expires FROM feeds"
        " WHERE name = ?",
        name);
    return row.next() ? std::optional(read_feed(row)) : std::nullopt;
}

std::string feed_body(Database& database, std::string_view name) {
    Query row = database.query("SELECT body FROM feeds WHERE name = ?", name);
    return row.next() ? row.text(0) : std::string();
}

bool publish_feed(Database& database, std::string_view name, std::string_view body,
                  std::size_t entries, Timestamp now) {
    const std::string sha256 = sha256_hex(body);
    const auto old = feed_row(database, name);
    if (old && old->sha256 == sha256 && now < from_micros(old->created_us) + kFeedLifetime / 2) {
        return false;
    }
    const std::string day = day_of(now);
    int64_t day_count = 1;
    {
        Query row =
            database.query("SELECT day_count FROM feeds WHERE name = ? AND day = ?", name, day);
        if (row.next()) {
            day_count = row.integer(0) + 1;
        }
    }
    database.run("INSERT OR REPLACE INTO feeds VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", name,
                 old ? old->serial + 1 : int64_t{1}, day + "." + std::to_string(day_count), day,
                 day_count, static_cast<int64_t>(entries), sha256, to_micros(now),
                 to_micros(now + kFeedLifetime), Blob{body});
    return true;
}

void save_token(Database& database, std::string_view name, TokenKind kind, std::string_view secret,
                Timestamp now) {
    database.run("INSERT OR REPLACE INTO tokens(name, kind, sha256, created) VALUES(?, ?, ?, ?)",
                 name, name_of(kind), sha256_hex(secret), to_micros(now));
}

std::vector<TokenDigest> token_digests(Database& database) {
    std::vector<TokenDigest> tokens;
    Query row = database.query("SELECT name, kind, sha256 FROM tokens");
    while (row.next()) {
        tokens.push_back({row.text(0), row.text(1), row.text(2)});
    }
    return tokens;
}

}  // namespace eti::analysis
