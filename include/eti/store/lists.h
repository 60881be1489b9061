// Allowlist entries, served feeds and credentials. Writer thread unless a function says
// "any connection"; every function throws StorageError.
#pragma once

#include "eti/store/sqlite.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct AllowlistRow {
    int64_t id = 0;
    std::string kind;  // ip range cidr hostname sha1 sha256
    std::string value;
    std::string comment;
    int64_t created_us = 0;
    std::optional<int64_t> expires_us;
};
std::vector<AllowlistRow> allowlist_rows(Database& database);  // any connection; ordered by id
// add_allowlist_row returns the entry's id; the same kind and value again updates the entry.
int64_t add_allowlist_row(Database& database, const AllowlistRow& row);
bool remove_allowlist_row(Database& database, int64_t id);
bool expire_allowlist_rows(Database& database, Timestamp now);  // true: some have gone

struct FeedRow {
    std::string name;
    int64_t serial = 0;   // grows with every change
    std::string version;  // YYYYMMDD.n
    int64_t entries = 0;
    std::string sha256;  // of the body
    int64_t created_us = 0;
    int64_t expires_us = 0;
};
inline constexpr std::chrono::hours kFeedLifetime{40 * 24};

std::vector<FeedRow> feed_rows(Database& database);                          // any connection
std::optional<FeedRow> feed_row(Database& database, std::string_view name);  // any connection
std::string feed_body(Database& database, std::string_view name);            // any connection
// publish_feed stores a body as the feed's next version. An unchanged body only becomes a new
// version when half its lifetime has passed, so that sensors never see it expire.
bool publish_feed(Database& database, std::string_view name, std::string_view body,
                  std::size_t entries, Timestamp now);

enum class TokenKind : uint8_t { FirstStart, Issued, Login };
void save_token(Database& database, std::string_view name, TokenKind kind, std::string_view secret,
                Timestamp now);
struct TokenDigest {
    std::string name;
    std::string kind;
    std::string sha256;
};
std::vector<TokenDigest> token_digests(Database& database);  // any connection

}  // namespace eti::analysis
