#include "eti/store/users.h"

#include "eti/ingest/encoding.h"
#include "eti/ingest/password.h"

namespace eti::analysis {
namespace {

std::optional<Identity> read_identity(Query row) {
    return row.next() ? std::optional(Identity{row.integer(0), row.text(1)}) : std::nullopt;
}

}  // namespace

void put_user(Database& database, const Identity& user, std::string_view password, Timestamp now) {
    const std::string salt = random_hex(16);
    const std::string hash = password_hash(password, salt);
    database.run("INSERT OR REPLACE INTO users VALUES(?, ?, ?, ?, ?)", user.name, user.realm,
                 Blob{salt}, Blob{hash}, to_micros(now));
}

std::optional<Identity> check_password(Database& database, std::string_view name,
                                       std::string_view password) {
    std::string salt = "no such user";
    std::string hash;
    Identity user;
    Query row = database.query("SELECT realm, name, salt, hash FROM users WHERE name = ?", name);
    if (row.next()) {
        user = {row.integer(0), row.text(1)};
        salt = row.text(2);
        hash = row.text(3);
    }
    return same_bytes(password_hash(password, salt), hash) ? std::optional(user) : std::nullopt;
}

void save_login(Database& database, const Identity& user, std::string_view secret,
                Timestamp expires) {
    database.run("INSERT OR REPLACE INTO logins VALUES(?, ?, ?, ?)", sha256_hex(secret), user.realm,
                 user.name, to_micros(expires));
}

void remove_login(Database& database, std::string_view secret) {
    database.run("DELETE FROM logins WHERE sha256 = ?", sha256_hex(secret));
}

std::optional<Identity> login_of(Database& database, std::string_view secret, Timestamp now) {
    return read_identity(
        database.query("SELECT realm, name FROM logins WHERE sha256 = ? AND expires > ?",
                       sha256_hex(secret), to_micros(now)));
}

std::optional<Identity> token_identity(Database& database, std::string_view secret) {
    return read_identity(database.query(
        "SELECT realm, name FROM tokens WHERE sha256 = ? AND kind IN ('first-start', 'issued')",
        sha256_hex(secret)));
}

std::optional<Identity> export_identity(Database& database, std::string_view secret) {
    return read_identity(database.query(
        "SELECT realm, name FROM tokens WHERE sha256 = ? AND kind = 'export'", sha256_hex(secret)));
}

std::optional<Identity> login_identity(Database& database, std::string_view pair) {
    auto identity = read_identity(database.query(
        "SELECT realm, name FROM tokens WHERE sha256 = ? AND kind = 'login'", sha256_hex(pair)));
    if (identity) {
        identity->name = pair.substr(0, pair.find(':'));
    }
    return identity;
}

std::optional<Realm> find_realm(Database& database, std::string_view name) {
    Query row = database.query("SELECT id FROM realms WHERE name = ?", name);
    return row.next() ? std::optional(row.integer(0)) : std::nullopt;
}

Realm realm_named(Database& database, std::string_view name) {
    if (const auto known = find_realm(database, name)) {
        return *known;
    }
    database.run("INSERT INTO realms(name) VALUES(?)", name);
    return database.last_row_id();
}

std::vector<Realm> all_realms(Database& database) {
    std::vector<Realm> realms;
    Query row = database.query("SELECT id FROM realms ORDER BY id");
    while (row.next()) {
        realms.push_back(row.integer(0));
    }
    return realms;
}

std::string realm_name(Database& database, Realm realm) {
    Query row = database.query("SELECT name FROM realms WHERE id = ?", realm);
    return row.next() ? row.text(0) : std::string();
}

}  // namespace eti::analysis
