// Internal hosts: their evidence, their score, and what gets on the infected-host list by it.
// Writer thread, inside its transaction, unless a function says "any connection".
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/scoring/evidence.h"
#include "eti/store/keys.h"
#include "eti/store/verdict_store.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

struct HostPolicy {
    intel::ThreatLevel threshold = intel::kDefaultInfectedThreshold;
    std::chrono::seconds window{7 * 24 * 3600};  // evidence older than this no longer counts
    std::chrono::seconds expiry{24 * 3600};      // an entry lives this long after its last evidence
    std::chrono::seconds half_life{24 * 3600};   // a contribution is worth half after this
    // What behaviour holds against hosts puts none on the infected-host list until then.
    Timestamp behaviour_reports_until{};
};

// HostReason is one line of a host's ledger: contributions that say the same, and what they are
// worth by now.
struct HostReason {
    std::string kind;
    intel::ThreatLevel level = 0;
    double points = 0;  // the level, halved with every half-life since the last one arrived
    std::string reason;
    int64_t last_us = 0;
    int64_t sessions = 0;
    net::IpAddress server;  // of the last one, with its session and the rule's version
    std::string session;
    int64_t rule_version = 0;
    std::string feed_version;
};

// A host's score is what its contributions are worth together by now, as scoring/kinds.h has it.
struct HostScore {
    double total = 0;                 // not capped
    double score = 0;                 // 10 at most
    intel::ThreatLevel level = 0;     // the score, rounded
    intel::ThreatLevel enforced = 0;  // the level without what only reports, see HostPolicy
    std::vector<HostReason> reasons;  // most points first, at most kMaxHostReasons
};
inline constexpr std::size_t kMaxHostReasons = 16;

// The session some evidence comes from.
struct EvidencePlace {
    Realm realm = kDefaultRealm;
    int64_t sensor = 0;
    std::string id;
    net::IpAddress client;
    net::IpAddress server;
    int64_t last_us = 0;
};
// add_evidence is false when the session already had evidence of this kind that is worth as much.
bool add_evidence(Database& database, const EvidencePlace& place, const Evidence& evidence,
                  Timestamp now);
// score_of counts evidence that arrived within the window about sessions after the last
// resolution and about no server reported as a false positive. Any connection.
HostScore score_of(Database& database, Realm realm, const net::IpAddress& host,
                   const HostPolicy& policy, Timestamp now);
// refresh_host lists the host, or renews its entry, when its score reaches the threshold. It
// never removes one: entries leave by expiry or by an analyst.
void refresh_host(Database& database, VerdictStore& verdicts, Realm realm,
                  const net::IpAddress& host, const HostPolicy& policy, Timestamp now);
// review_host also removes an entry the score no longer bears: an analyst took evidence away.
void review_host(Database& database, VerdictStore& verdicts, Realm realm,
                 const net::IpAddress& host, const HostPolicy& policy, Timestamp now);
// hosts_of_server are those with evidence about the server. Any connection.
std::vector<net::IpAddress> hosts_of_server(Database& database, Realm realm,
                                            const net::IpAddress& server);

struct HostPatch {
    std::optional<std::string> status;                     // checked by the caller: host_statuses()
    std::optional<std::string> policy;                     // host_policies()
    std::optional<std::string> identifier = std::nullopt;  // the name an analyst gives it
};
const std::vector<std::string>& host_statuses();
const std::vector<std::string>& host_policies();
void patch_host(Database& database, VerdictStore& verdicts, Realm realm, const net::IpAddress& host,
                const HostPatch& patch, const HostPolicy& policy, Timestamp now);

// What a query reads. Any connection.
struct HostRow {
    net::IpAddress ip;
    int64_t first_us = 0;
    int64_t last_us = 0;
    int64_t attempts = 0;
    int64_t blocked = 0;
    int64_t last_evidence_us = 0;  // 0: none
    std::string status = "open";
    std::string policy = "use_configured_policy";
    int64_t resolved_us = 0;
    std::string identifier;
    std::optional<int64_t> heat;  // orders by score at any time; none without a score
};
HostRow read_host_row(const Query& row);  // the columns of a host, in hosts.cpp's order
double score_at(std::optional<int64_t> heat, const HostPolicy& policy, Timestamp now);
std::optional<HostRow> host_row(Database& database, Realm realm, const net::IpAddress& host);
enum class HostSort : uint8_t { Score, Ip, FirstSeen, LastEvidence };
// A page of the hosts the other fields let through; equal ones follow by address. after continues
// behind that host.
struct HostQuery {
    Realm realm = kDefaultRealm;
    HostSort sort = HostSort::Score;
    bool descending = true;
    std::optional<HostRow> after;
    std::string status;                    // empty: any
    std::optional<bool> infected;          // listed, or not
    std::string text;                      // an address's start, or a part of the identifier
    int64_t evidence_from_us = INT64_MIN;  // of the last evidence, inclusive
    int64_t evidence_to_us = INT64_MAX;    // exclusive
    std::size_t limit = 200;
};
std::vector<HostRow> hosts_page(Database& database, const HostQuery& query);

}  // namespace eti::analysis
