// Allowlist entries and credentials. Writer thread unless a function says
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

// Export: reads /v1/export and nothing else.
enum class TokenKind : uint8_t { FirstStart, Issued, Login, Export };
void save_token(Database& database, std::string_view name, TokenKind kind, std::string_view secret,
                Timestamp now);
struct TokenDigest {
    std::string name;
    std::string kind;
    std::string sha256;
};
std::vector<TokenDigest> token_digests(Database& database);  // any connection

}  // namespace eti::analysis
