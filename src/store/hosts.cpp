#include "eti/store/hosts.h"

#include <algorithm>

namespace eti::analysis {
namespace {

constexpr std::size_t kReasonsInEntry = 3;
constexpr int64_t kMaxTombstones = 10'000;
constexpr std::string_view kAlways = "always_include";
constexpr std::string_view kNever = "never_include";

struct HostRow {
    std::string status = "open";
    std::string policy = "use_configured_policy";
    int64_t resolved_us = 0;
};

HostRow host_row(Database& database, std::string_view ip) {
    HostRow host;
    Query row = database.query("SELECT status, policy, resolved FROM hosts WHERE ip = ?", ip);
    if (row.next()) {
        host = {row.text(0), row.text(1), row.integer(2)};
    }
    return host;
}

int64_t next_version(Database& database) {
    database.run("UPDATE meta SET value = value + 1 WHERE name = 'infected_version'");
    return infected_version(database);
}

std::optional<InfectedEntry> listed(Database& database, std::string_view ip) {
    Query row = database.query(
        "SELECT ip, level, reason, since, expires FROM infected WHERE ip = ? AND removed = 0", ip);
    if (!row.next()) {
        return std::nullopt;
    }
    InfectedEntry entry{row.text(0), row.integer(1), row.text(2), row.integer(3), std::nullopt};
    if (!row.is_null(4)) {
        entry.expires_us = row.integer(4);
    }
    return entry;
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

void put_infected(Database& database, InfectedEntry entry, std::chrono::seconds lifetime) {
    if (const auto old = listed(database, entry.ip)) {
        entry.since_us = old->since_us;
        if (!worth_a_version(*old, entry, lifetime)) {
            return;
        }
    } else {
        // New evidence reopens a case that was closed.
        database.run("UPDATE hosts SET status = 'open' WHERE ip = ? AND status LIKE 'resolved%'",
                     entry.ip);
    }
    database.run("INSERT OR REPLACE INTO infected VALUES(?, ?, ?, ?, ?, 0, ?)", entry.ip,
                 entry.level, entry.reason, entry.since_us, entry.expires_us,
                 next_version(database));
}

void remove_infected(Database& database, std::string_view ip) {
    if (listed(database, ip)) {
        database.run("UPDATE infected SET removed = 1, version = ?2 WHERE ip = ?1", ip,
                     next_version(database));
    }
}

std::string entry_reason(const HostScore& score, intel::ThreatLevel threshold) {
    std::string text;
    std::size_t named = 0;
    for (const HostReason& reason : score.reasons) {
        if (reason.level >= threshold && named < kReasonsInEntry) {
            text += (named == 0 ? "" : "; ") + reason.reason;
            ++named;
        }
    }
    return text;
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

bool add_evidence(Database& database, const SessionRecord& session, const Evidence& evidence,
                  Timestamp now) {
    const std::string client = net::to_string(session.client);
    const int64_t time =
        std::min(session.last_us, to_micros(now));  // a sensor's clock may run ahead
    const int64_t added = database.run(
        "INSERT OR IGNORE INTO evidence(sensor, id, kind, rule_version, client, server, level,"
        " reason, detail, feed_version, time, received) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        session.sensor, session.id, evidence.kind, int64_t{evidence.rule_version}, client,
        net::to_string(session.server), int64_t{evidence.level}, evidence.reason, evidence.detail,
        evidence.feed_version, time, to_micros(now));
    if (added > 0) {
        database.run(
            "INSERT INTO hosts(ip, first_seen, last_evidence) VALUES(?1, ?2, ?2)"
            " ON CONFLICT(ip) DO UPDATE SET last_evidence = max(last_evidence, ?2)",
            client, time);
    }
    return added > 0;
}

HostScore score_of(Database& database, std::string_view ip, const HostPolicy& policy,
                   Timestamp now) {
    HostScore score;
    const HostRow host = host_row(database, ip);
    Query row = database.query(
        "SELECT kind, level, reason, max(time), count(*) FROM evidence"
        " WHERE client = ? AND received > ? AND time > ? GROUP BY kind, level, reason"
        " ORDER BY level DESC, max(time) DESC, reason LIMIT ?",
        ip, to_micros(now - policy.window), host.resolved_us, kMaxHostReasons);
    while (row.next()) {
        score.reasons.push_back({row.text(0), static_cast<intel::ThreatLevel>(row.integer(1)),
                                 row.text(2), row.integer(3), row.integer(4)});
    }
    if (!score.reasons.empty()) {
        score.level = score.reasons.front().level;
    }
    return score;
}

void refresh_host(Database& database, std::string_view ip, const HostPolicy& policy,
                  Timestamp now) {
    const HostRow host = host_row(database, ip);
    const HostScore score = score_of(database, ip, policy, now);
    InfectedEntry entry{std::string(ip), score.level, entry_reason(score, policy.threshold),
                        to_micros(now), std::nullopt};
    if (host.policy == kAlways) {
        entry.level = intel::kMaxThreatLevel;
        entry.reason = "always included by an analyst";
        put_infected(database, std::move(entry), policy.expiry);
    } else if (host.policy != kNever && score.level >= policy.threshold) {
        entry.expires_us = to_micros(now + policy.expiry);
        put_infected(database, std::move(entry), policy.expiry);
    }
}

const std::vector<std::string>& host_statuses() {
    static const std::vector<std::string> statuses{"open", "in_progress", "resolved_false_positive",
                                                   "resolved_fixed", "resolved_ignored"};
    return statuses;
}

const std::vector<std::string>& host_policies() {
    static const std::vector<std::string> policies{"use_configured_policy", std::string(kAlways),
                                                   std::string(kNever)};
    return policies;
}

void patch_host(Database& database, std::string_view ip, const HostPatch& patch,
                const HostPolicy& policy, Timestamp now) {
    const HostRow old = host_row(database, ip);
    const HostRow next{patch.status.value_or(old.status), patch.policy.value_or(old.policy),
                       old.resolved_us};
    const bool resolves = patch.status && patch.status->starts_with("resolved_");
    database.run(
        "INSERT INTO hosts VALUES(?1, ?2, 0, ?3, ?4, ?5)"
        " ON CONFLICT(ip) DO UPDATE SET status = ?3, policy = ?4, resolved = ?5",
        ip, to_micros(now), next.status, next.policy, resolves ? to_micros(now) : old.resolved_us);
    const bool was_always = old.policy == kAlways && next.policy != kAlways;
    if (next.policy == kNever || was_always || (resolves && next.policy != kAlways)) {
        remove_infected(database, ip);
    }
    refresh_host(database, ip, policy, now);
}

int64_t infected_version(Database& database) {
    Query row = database.query("SELECT value FROM meta WHERE name = 'infected_version'");
    row.next();
    return row.integer(0);
}

InfectedChanges infected_since(Database& database, int64_t version) {
    InfectedChanges changes;
    changes.version = infected_version(database);
    {
        Query oldest = database.query("SELECT value FROM meta WHERE name = 'infected_oldest'");
        oldest.next();
        changes.full = version < oldest.integer(0) || version > changes.version;
    }
    Query row = database.query(
        "SELECT ip, level, reason, since, expires, removed FROM infected"
        " WHERE version > ? ORDER BY version",
        changes.full ? int64_t{0} : version);
    while (row.next()) {
        if (row.integer(5) == 0) {
            InfectedEntry entry{row.text(0), row.integer(1), row.text(2), row.integer(3),
                                std::nullopt};
            if (!row.is_null(4)) {
                entry.expires_us = row.integer(4);
            }
            changes.entries.push_back(std::move(entry));
        } else if (!changes.full) {
            changes.removed.push_back(row.text(0));
        }
    }
    return changes;
}

void expire_infected(Database& database, Timestamp now) {
    std::vector<std::string> due;
    {
        Query row = database.query(
            "SELECT ip FROM infected WHERE removed = 0 AND expires IS NOT NULL AND expires <= ?",
            to_micros(now));
        while (row.next()) {
            due.push_back(row.text(0));
        }
    }
    for (const std::string& ip : due) {
        remove_infected(database, ip);
    }
    if (!due.empty()) {
        forget_tombstones(database);
    }
}

}  // namespace eti::analysis
