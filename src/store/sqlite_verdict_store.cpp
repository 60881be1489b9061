#include "store/sqlite_stores.h"

namespace eti::analysis {
namespace {

constexpr int64_t kMaxTombstones = 10'000;

InfectedEntry read_entry(const Query& row) {
    InfectedEntry entry{row.text(0),    row.integer(1), row.text(2),
                        row.integer(3), std::nullopt,   row.integer(5)};
    if (!row.is_null(4)) {
        entry.expires_us = row.integer(4);
    }
    return entry;
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

int64_t SqliteVerdictStore::version() const {
    Query row = database_.query("SELECT value FROM meta WHERE name = 'infected_version'");
    row.next();
    return row.integer(0);
}

std::optional<InfectedEntry> SqliteVerdictStore::entry(Realm realm, const std::string& ip) const {
    Query row = database_.query(
        "SELECT ip, level, reason, since, expires, version FROM infected"
        " WHERE realm = ? AND ip = ? AND removed = 0",
        realm, ip);
    return row.next() ? std::optional(read_entry(row)) : std::nullopt;
}

InfectedChanges SqliteVerdictStore::changes(Realm realm, int64_t since) const {
    InfectedChanges changes;
    changes.version = version();
    {
        Query oldest = database_.query("SELECT value FROM meta WHERE name = 'infected_oldest'");
        oldest.next();
        changes.full = since < oldest.integer(0) || since > changes.version;
    }
    Query row = database_.query(
        "SELECT ip, level, reason, since, expires, version, removed FROM infected"
        " WHERE realm = ? AND version > ? ORDER BY version",
        realm, changes.full ? int64_t{0} : since);
    while (row.next()) {
        if (row.integer(6) == 0) {
            changes.entries.push_back(read_entry(row));
        } else if (!changes.full) {
            changes.removed.push_back(row.text(0));
        }
    }
    return changes;
}

// Each change takes the next version itself; the counter follows when there was one.
bool SqliteVerdictStore::count_version(int64_t changed_rows) {
    if (changed_rows > 0) {
        database_.run("UPDATE meta SET value = value + 1 WHERE name = 'infected_version'");
    }
    return changed_rows > 0;
}

bool SqliteVerdictStore::put(Realm realm, const InfectedEntry& entry, int64_t expected) {
    const char* sql =
        expected == kNotListed
            ? "INSERT INTO infected SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0, value + 1 FROM meta"
              " WHERE name = 'infected_version' ON CONFLICT(realm, ip) DO UPDATE SET"
              " level = ?3, reason = ?4, since = ?5, expires = ?6, removed = 0,"
              " version = excluded.version WHERE infected.removed = 1 AND ?7 = 0"
            : "UPDATE infected SET level = ?3, reason = ?4, since = ?5, expires = ?6,"
              " version = (SELECT value + 1 FROM meta WHERE name = 'infected_version')"
              " WHERE realm = ?1 AND ip = ?2 AND removed = 0 AND version = ?7";
    return count_version(database_.run(sql, realm, entry.ip, entry.level, entry.reason,
                                       entry.since_us, entry.expires_us, expected));
}

bool SqliteVerdictStore::remove(Realm realm, const std::string& ip, int64_t expected) {
    return count_version(
        database_.run("UPDATE infected SET removed = 1,"
                      " version = (SELECT value + 1 FROM meta WHERE name = 'infected_version')"
                      " WHERE realm = ? AND ip = ? AND removed = 0 AND version = ?",
                      realm, ip, expected));
}

void SqliteVerdictStore::expire(Timestamp now) {
    struct Due {
        Realm realm;
        std::string ip;
        int64_t version;
    };
    std::vector<Due> due;
    {
        Query row = database_.query(
            "SELECT realm, ip, version FROM infected WHERE removed = 0 AND expires IS NOT NULL"
            " AND expires <= ?",
            to_micros(now));
        while (row.next()) {
            due.push_back({row.integer(0), row.text(1), row.integer(2)});
        }
    }
    for (const Due& each : due) {
        remove(each.realm, each.ip, each.version);
    }
    if (!due.empty()) {
        forget_tombstones(database_);
    }
}

}  // namespace eti::analysis
