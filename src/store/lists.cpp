#include "eti/store/lists.h"

#include "eti/ingest/encoding.h"

namespace eti::analysis {
namespace {

std::string_view name_of(TokenKind kind) {
    switch (kind) {
        case TokenKind::FirstStart:
            return "first-start";
        case TokenKind::Issued:
            return "issued";
        case TokenKind::Login:
            return "login";
        case TokenKind::Export:
            return "export";
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
