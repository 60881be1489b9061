// Internal hosts: their evidence, their score, and the infected-host list with its versions.
// Writer thread, inside its transaction, unless a function says "any connection".
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/scoring/evidence.h"
#include "eti/store/sqlite.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

struct HostPolicy {
    intel::ThreatLevel threshold = intel::kDefaultInfectedThreshold;
    std::chrono::seconds window{24 * 3600};  // evidence older than this no longer counts
    std::chrono::seconds expiry{24 * 3600};  // an entry lives this long after its last evidence
};

struct HostReason {
    std::string kind;
    intel::ThreatLevel level = 0;
    std::string reason;
    int64_t last_us = 0;
    int64_t sessions = 0;
};

struct HostScore {
    intel::ThreatLevel level = 0;
    std::vector<HostReason> reasons;  // highest first, at most kMaxHostReasons
};
inline constexpr int64_t kMaxHostReasons = 16;

// add_evidence is false when the session already had evidence of this kind.
bool add_evidence(Database& database, const SessionRecord& session, const Evidence& evidence,
                  Timestamp now);
// score_of counts evidence that arrived within the window about sessions after the last
// resolution. Any connection.
HostScore score_of(Database& database, std::string_view ip, const HostPolicy& policy,
                   Timestamp now);
// refresh_host lists the host, or renews its entry, when its score reaches the threshold. It
// never removes one: entries leave by expiry or by an analyst.
void refresh_host(Database& database, std::string_view ip, const HostPolicy& policy, Timestamp now);

struct HostPatch {
    std::optional<std::string> status;  // checked by the caller: host_statuses()
    std::optional<std::string> policy;  // host_policies()
};
const std::vector<std::string>& host_statuses();
const std::vector<std::string>& host_policies();
void patch_host(Database& database, std::string_view ip, const HostPatch& patch,
                const HostPolicy& policy, Timestamp now);

struct InfectedEntry {
    std::string ip;
    int64_t level = 0;
    std::string reason;
    int64_t since_us = 0;
    std::optional<int64_t> expires_us;
};
struct InfectedChanges {
    int64_t version = 0;
    bool full = false;
    std::vector<InfectedEntry> entries;
    std::vector<std::string> removed;
};
int64_t infected_version(Database& database);                         // any connection
InfectedChanges infected_since(Database& database, int64_t version);  // any connection
// expire_infected removes entries whose time has come; tombstones beyond a bound are forgotten.
void expire_infected(Database& database, Timestamp now);

}  // namespace eti::analysis
