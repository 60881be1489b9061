#include "store/infected.h"

namespace eti::analysis {
namespace {

constexpr int64_t kMaxTombstones = 10'000;

int64_t next_version(Database& database) {
    database.run("UPDATE meta SET value = value + 1 WHERE name = 'infected_version'");
    return infected_version(database);
}

InfectedEntry read_entry(const Query& row) {
    InfectedEntry entry{row.text(0), row.integer(1), row.text(2), row.integer(3), std::nullopt};
    if (!row.is_null(4)) {
        entry.expires_us = row.integer(4);
    }
    return entry;
}

std::optional<InfectedEntry> listed(Database& database, Realm realm, const std::string& ip) {
    Query row = database.query(
        "SELECT ip, level, reason, since, expires FROM infected"
        " WHERE realm = ? AND ip = ? AND removed = 0",
        realm, ip);
    return row.next() ? std::optional(read_entry(row)) : std::nullopt;
}

// Renewing an entry for every session would make every session a new version; a renewal worth
// less than this share of the lifetime waits for the next one.
bool worth_a_version(const InfectedEntry& old, const InfectedEntry& next,
                     std::chrono::seconds lifetime) {
    constexpr int64_t kRenewalShare = 24;
    if (old.level != next.level || old.reason != next.reason ||
        old.expires_us.has_value() != next.expires_us.has_value()) {
        return true;
    }
    const int64_t lifetime_us = std::chrono::microseconds(lifetime).count();
    return next.expires_us && *next.expires_us - *old.expires_us > lifetime_us / kRenewalShare;
}

void forget_tombstones(Database& database) {
    Query row = database.query(
        "SELECT version FROM infected WHERE removed = 1"
        " ORDER BY version DESC LIMIT 1 OFFSET ?",
        kMaxTombstones);
    if (row.next()) {
        const int64_t oldest = row.integer(0);
        database.run("DELETE FROM infected WHERE removed = 1 AND version <= ?", oldest);
        database.run("UPDATE meta SET value = ? WHERE name = 'infected_oldest'", oldest);
    }
}

}  // namespace

void put_infected(Database& database, Realm realm, InfectedEntry entry,
                  std::chrono::seconds lifetime) {
    if (const auto old = listed(database, realm, entry.ip)) {
        entry.since_us = old->since_us;
        if (!worth_a_version(*old, entry, lifetime)) {
            return;
        }
    } else {
        // New evidence reopens a case that was closed.
        database.run(
            "UPDATE hosts SET status = 'open' WHERE realm = ? AND host = ?"
            " AND status LIKE 'resolved%'",
            realm, ip_key(*net::parse_ip(entry.ip)));
    }
    database.run("INSERT OR REPLACE INTO infected VALUES(?, ?, ?, ?, ?, ?, 0, ?)", realm, entry.ip,
                 entry.level, entry.reason, entry.since_us, entry.expires_us,
                 next_version(database));
}

void remove_infected(Database& database, Realm realm, const std::string& ip) {
    if (listed(database, realm, ip)) {
        database.run("UPDATE infected SET removed = 1, version = ?3 WHERE realm = ?1 AND ip = ?2",
                     realm, ip, next_version(database));
    }
}

std::optional<InfectedEntry> infected_entry(Database& database, Realm realm,
                                            const net::IpAddress& host) {
    return listed(database, realm, net::to_string(host));
}

int64_t infected_version(Database& database) {
    Query row = database.query("SELECT value FROM meta WHERE name = 'infected_version'");
    row.next();
    return row.integer(0);
}

InfectedChanges infected_since(Database& database, Realm realm, int64_t version) {
    InfectedChanges changes;
    changes.version = infected_version(database);
    {
        Query oldest = database.query("SELECT value FROM meta WHERE name = 'infected_oldest'");
        oldest.next();
        changes.full = version < oldest.integer(0) || version > changes.version;
    }
    Query row = database.query(
        "SELECT ip, level, reason, since, expires, removed FROM infected"
        " WHERE realm = ? AND version > ? ORDER BY version",
        realm, changes.full ? int64_t{0} : version);
    while (row.next()) {
        if (row.integer(5) == 0) {
            changes.entries.push_back(read_entry(row));
        } else if (!changes.full) {
            changes.removed.push_back(row.text(0));
        }
    }
    return changes;
}

void expire_infected(Database& database, Timestamp now) {
    std::vector<std::pair<Realm, std::string>> due;
    {
        Query row = database.query(
            "SELECT realm, ip FROM infected WHERE removed = 0 AND expires IS NOT NULL"
            " AND expires <= ?",
            to_micros(now));
        while (row.next()) {
            due.emplace_back(row.integer(0), row.text(1));
        }
    }
    for (const auto& [realm, ip] : due) {
        remove_infected(database, realm, ip);
    }
    if (!due.empty()) {
        forget_tombstones(database);
    }
}

}  // namespace eti::analysis
