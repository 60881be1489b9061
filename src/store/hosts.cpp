#include "eti/store/hosts.h"

#include "eti/scoring/kinds.h"

#include <algorithm>
#include <cmath>

namespace eti::analysis {
namespace {

constexpr std::size_t kReasonsInEntry = 3;
constexpr int kMaxAttempts = 10;  // at changing an entry that others change too
constexpr int64_t kMaxKindsOfEvidence = 512;
constexpr std::string_view kAlways = "always_include";
constexpr std::string_view kNever = "never_include";
constexpr const char* kHostColumns =
    "SELECT host, first_seen, last_seen, attempts, blocked, last_evidence, status, policy,"
    " resolved, heat, identifier FROM hosts WHERE realm = ? AND host = ?";

double micros_of(std::chrono::seconds time) {
    return static_cast<double>(std::chrono::microseconds(time).count());
}

void add_up(HostScore& score, const HostPolicy& policy, Timestamp now) {
    const bool reports_only = now < policy.behaviour_reports_until;
    PointSum all;
    PointSum enforced;
    for (const HostReason& reason : score.reasons) {
        all.add(reason.kind, reason.points);
        if (!reports_only || kind_named(reason.kind).worth == Worth::Alone) {
            enforced.add(reason.kind, reason.points);
        }
    }
    const auto level = [](double points) {
        return static_cast<intel::ThreatLevel>(
            std::lround(std::min<double>(points, intel::kMaxThreatLevel)));
    };
    score.total = all.total();
    score.score = std::min<double>(score.total, intel::kMaxThreatLevel);
    score.level = level(score.total);
    score.enforced = level(enforced.total());
}

// All contributions decay alike, so who is ahead stays ahead: a host's order by score is one
// number that no passing of time changes, the time at which its score is 1.
std::optional<int64_t> heat_of(const HostScore& score, const HostPolicy& policy, Timestamp now) {
    if (score.total <= 0) {
        return std::nullopt;
    }
    return to_micros(now) +
           static_cast<int64_t>(std::log2(score.total) * micros_of(policy.half_life));
}

// What put the host on the list: each proof that is enough, or the strongest of each behaviour.
std::string entry_reason(const HostScore& score, intel::ThreatLevel threshold) {
    std::string text;
    std::vector<std::string_view> named;
    for (const HostReason& reason : score.reasons) {
        const bool names = kind_named(reason.kind).worth == Worth::Alone
                               ? reason.level >= threshold
                               : std::ranges::find(named, reason.kind) == named.end();
        if (names && named.size() < kReasonsInEntry) {
            text += (named.empty() ? "" : "; ") + reason.reason;
            named.push_back(reason.kind);
        }
    }
    return text;
}

void note_heat(Database& database, Realm realm, const net::IpAddress& host, const HostScore& score,
               const HostPolicy& policy, Timestamp now) {
    database.run("UPDATE hosts SET heat = ?3 WHERE realm = ?1 AND host = ?2", realm, ip_key(host),
                 heat_of(score, policy, now));
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

[[noreturn]] void entry_changes_too_fast(const std::string& ip) {
    throw StorageError("others change the entry of infected host " + ip +
                       " faster than it can be read: try again");
}

// list puts the host on the infected list, or renews its entry.
void list(Database& database, VerdictStore& verdicts, Realm realm, InfectedEntry entry,
          std::chrono::seconds lifetime) {
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const auto old = verdicts.entry(realm, entry.ip);
        if (old) {
            entry.since_us = old->since_us;
            if (!worth_a_version(*old, entry, lifetime)) {
                return;
            }
        }
        if (verdicts.put(realm, entry, old ? old->version : kNotListed)) {
            if (!old) {
                // New evidence reopens a case that was closed.
                database.run(
                    "UPDATE hosts SET status = 'open' WHERE realm = ? AND host = ?"
                    " AND status LIKE 'resolved%'",
                    realm, ip_key(*net::parse_ip(entry.ip)));
            }
            return;
        }
    }
    entry_changes_too_fast(entry.ip);
}

void unlist(VerdictStore& verdicts, Realm realm, const std::string& ip) {
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const auto old = verdicts.entry(realm, ip);
        if (!old || verdicts.remove(realm, ip, old->version)) {
            return;
        }
    }
    entry_changes_too_fast(ip);
}

}  // namespace

HostRow read_host_row(const Query& row) {
    HostRow host{ip_from(row.text(0)), row.integer(1), row.integer(2), row.integer(3),
                 row.integer(4),       row.integer(5), row.text(6),    row.text(7),
                 row.integer(8),       row.text(10),   std::nullopt};
    if (!row.is_null(9)) {
        host.heat = row.integer(9);
    }
    return host;
}

bool add_evidence(Database& database, const EvidencePlace& place, const Evidence& evidence,
                  Timestamp now) {
    const int64_t time = std::min(place.last_us, to_micros(now));  // a sensor's clock may run ahead
    // A later phase of the session may show more.
    const int64_t added = database.run(
        "INSERT INTO evidence(realm, sensor, id, kind, rule_version, client, server,"
        " level, reason, detail, feed_version, time, received)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
        " ON CONFLICT(sensor, id, kind) DO UPDATE SET rule_version = ?5, level = ?8, reason = ?9,"
        " detail = ?10, feed_version = ?11, time = ?12, received = ?13 WHERE level < ?8",
        place.realm, place.sensor, place.id, evidence.kind, int64_t{evidence.rule_version},
        ip_key(place.client), ip_key(place.server), int64_t{evidence.level}, evidence.reason,
        evidence.detail, evidence.version, time, to_micros(now));
    if (added > 0) {
        database.run(
            "INSERT INTO hosts(realm, host, first_seen, last_seen, last_evidence)"
            " VALUES(?1, ?2, ?3, ?3, ?3)"
            " ON CONFLICT(realm, host) DO UPDATE SET last_evidence = max(last_evidence, ?3)",
            place.realm, ip_key(place.client), time);
    }
    return added > 0;
}

HostScore score_of(Database& database, Realm realm, const net::IpAddress& host,
                   const HostPolicy& policy, Timestamp now) {
    HostScore score;
    const auto stored = host_row(database, realm, host);
    // Worth is counted from the arrival: a record that waited in a sensor's spool is no weaker.
    Query row = database.query(
        "SELECT kind, level, reason, max(received), time, count(*), server, id, rule_version,"
        " feed_version FROM evidence e WHERE realm = ?1 AND client = ?2 AND received > ?3"
        " AND time > ?4 AND NOT EXISTS (SELECT 1 FROM false_positives f WHERE f.realm = e.realm"
        " AND f.server = e.server) GROUP BY kind, level, reason"
        " ORDER BY level DESC, max(received) DESC, reason LIMIT ?5",
        realm, ip_key(host), to_micros(now - policy.window), stored ? stored->resolved_us : 0,
        kMaxKindsOfEvidence);
    while (row.next()) {
        const auto level = static_cast<intel::ThreatLevel>(row.integer(1));
        const std::chrono::microseconds age(to_micros(now) - row.integer(3));
        score.reasons.push_back({row.text(0), level, halved(level, age, policy.half_life),
                                 row.text(2), row.integer(4), row.integer(5), ip_from(row.text(6)),
                                 row.text(7), row.integer(8), row.text(9)});
    }
    add_up(score, policy, now);
    std::stable_sort(score.reasons.begin(), score.reasons.end(),
                     [](const auto& a, const auto& b) { return a.points > b.points; });
    score.reasons.resize(std::min(score.reasons.size(), kMaxHostReasons));
    return score;
}

void refresh_host(Database& database, VerdictStore& verdicts, Realm realm, const net::IpAddress& ip,
                  const HostPolicy& policy, Timestamp now) {
    const HostRow host = host_row(database, realm, ip).value_or(HostRow{});
    const HostScore score = score_of(database, realm, ip, policy, now);
    note_heat(database, realm, ip, score, policy, now);
    InfectedEntry entry{net::to_string(ip), score.enforced, entry_reason(score, policy.threshold),
                        to_micros(now),     std::nullopt,   0};
    if (host.policy == kAlways) {
        entry.level = intel::kMaxThreatLevel;
        entry.reason = "always included by an analyst";
        list(database, verdicts, realm, std::move(entry), policy.expiry);
    } else if (host.policy != kNever && score.enforced >= policy.threshold) {
        entry.expires_us = to_micros(now + policy.expiry);
        list(database, verdicts, realm, std::move(entry), policy.expiry);
    }
}

void review_host(Database& database, VerdictStore& verdicts, Realm realm, const net::IpAddress& ip,
                 const HostPolicy& policy, Timestamp now) {
    const HostRow host = host_row(database, realm, ip).value_or(HostRow{});
    const bool bears = score_of(database, realm, ip, policy, now).enforced >= policy.threshold;
    if (host.policy != kAlways && (host.policy == kNever || !bears)) {
        unlist(verdicts, realm, net::to_string(ip));
    }
    refresh_host(database, verdicts, realm, ip, policy, now);
}

std::vector<net::IpAddress> hosts_of_server(Database& database, Realm realm,
                                            const net::IpAddress& server) {
    std::vector<net::IpAddress> hosts;
    Query row =
        database.query("SELECT DISTINCT client FROM evidence WHERE realm = ? AND server = ?", realm,
                       ip_key(server));
    while (row.next()) {
        hosts.push_back(ip_from(row.text(0)));
    }
    return hosts;
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

void patch_host(Database& database, VerdictStore& verdicts, Realm realm, const net::IpAddress& ip,
                const HostPatch& patch, const HostPolicy& policy, Timestamp now) {
    const HostRow old = host_row(database, realm, ip).value_or(HostRow{});
    const std::string status = patch.status.value_or(old.status);
    const std::string override = patch.policy.value_or(old.policy);
    const bool resolves = patch.status && patch.status->starts_with("resolved_");
    database.run(
        "INSERT INTO hosts(realm, host, first_seen, last_seen, status, policy, resolved, "
        "identifier)"
        " VALUES(?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(realm, host) DO UPDATE SET"
        " status = ?4, policy = ?5, resolved = ?6, identifier = ?7",
        realm, ip_key(ip), to_micros(now), status, override,
        resolves ? to_micros(now) : old.resolved_us, patch.identifier.value_or(old.identifier));
    const bool was_always = old.policy == kAlways && override != kAlways;
    if (override == kNever || was_always || (resolves && override != kAlways)) {
        unlist(verdicts, realm, net::to_string(ip));
    }
    refresh_host(database, verdicts, realm, ip, policy, now);
}

double score_at(std::optional<int64_t> heat, const HostPolicy& policy, Timestamp now) {
    if (!heat) {
        return 0;
    }
    return std::min<double>(
        std::exp2(static_cast<double>(*heat - to_micros(now)) / micros_of(policy.half_life)),
        intel::kMaxThreatLevel);
}

std::optional<HostRow> host_row(Database& database, Realm realm, const net::IpAddress& host) {
    Query row = database.query(kHostColumns, realm, ip_key(host));
    return row.next() ? std::optional(read_host_row(row)) : std::nullopt;
}

}  // namespace eti::analysis
