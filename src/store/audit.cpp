#include "eti/store/audit.h"

namespace eti::analysis {

void add_audit(Database& database, Realm realm, const AuditEntry& entry, Timestamp now) {
    database.run(
        "INSERT INTO audit(realm, time, actor, action, object, detail)"
        " VALUES(?, ?, ?, ?, ?, ?)",
        realm, to_micros(now), entry.actor, entry.action, entry.object, entry.detail);
}

std::vector<AuditRow> audit_page(Database& database, Realm realm, std::string_view object,
                                 int64_t before, int64_t limit) {
    std::vector<AuditRow> rows;
    Query row = database.query(
        "SELECT row, time, actor, action, object, detail FROM audit"
        " WHERE realm = ?1 AND row < ?2 AND (?3 = '' OR object = ?3) ORDER BY row DESC LIMIT ?4",
        realm, before, object, limit);
    while (row.next()) {
        rows.push_back(
            {row.integer(0), row.integer(1), {row.text(2), row.text(3), row.text(4), row.text(5)}});
    }
    return rows;
}

void put_false_positive(Database& database, Realm realm, const net::IpAddress& server,
                        const FalsePositive& report) {
    database.run("INSERT OR REPLACE INTO false_positives VALUES(?, ?, ?, ?, ?)", realm,
                 ip_key(server), report.comment, report.actor, report.created_us);
}

bool remove_false_positive(Database& database, Realm realm, const net::IpAddress& server) {
    return database.run("DELETE FROM false_positives WHERE realm = ? AND server = ?", realm,
                        ip_key(server)) > 0;
}

std::optional<FalsePositive> false_positive(Database& database, Realm realm,
                                            const net::IpAddress& server) {
    Query row = database.query(
        "SELECT comment, actor, created FROM false_positives WHERE realm = ? AND server = ?", realm,
        ip_key(server));
    return row.next() ? std::optional(FalsePositive{row.text(0), row.text(1), row.integer(2)})
                      : std::nullopt;
}

}  // namespace eti::analysis
