// The service's state and every change to it. One thread at a time: the writer's, inside a
// transaction the writer opened. Methods throw StorageError when the disk fails; reload() then
// brings what is kept in memory back to what the file holds.
#pragma once

#include "eti/engine/feed_publisher.h"
#include "eti/engine/rollup_schedule.h"
#include "eti/feeds/certificate_list.h"
#include "eti/ingest/session_record.h"
#include "eti/intel/allowlist.h"
#include "eti/net/ip_address.h"
#include "eti/scoring/evidence.h"
#include "eti/store/audit.h"
#include "eti/store/facts.h"
#include "eti/store/hosts.h"
#include "eti/store/lists.h"
#include "eti/store/retention.h"
#include "eti/store/server_index.h"
#include "eti/store/stores.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct EngineOptions {
    HostPolicy hosts;
    Retention retention;
    std::vector<net::IpRange> internal;  // hosts that may be scored; empty: every client
    std::chrono::milliseconds rollup_delay{1000};
    // For this long after a realm's first record, behaviour only reports.
    std::chrono::seconds observe{0};
};

// Evidence by source and severity. no_verdicts has all there are, at zero.
using VerdictCounts = std::map<std::pair<std::string, std::string>, uint64_t>;
VerdictCounts no_verdicts();

// What ingest counted since the start, for the metrics.
struct IngestCounts {
    uint64_t batches = 0;
    uint64_t duplicates = 0;
    uint64_t records = 0;
    VerdictCounts verdicts = no_verdicts();
};

// What the behaviour of one session says against its client.
struct BehaviourFinding {
    SessionRecord session;
    std::vector<Evidence> evidence;
};

// RequestError: the caller's input is no good; what() is a sentence for the problem document.
class RequestError : public std::runtime_error {
  public:
    RequestError(int status, const std::string& why) : std::runtime_error(why), status_(status) {}
    int status() const { return status_; }

  private:
    int status_;
};

// stored_allowlist is the allowlist in the store. Any connection.
intel::Allowlist stored_allowlist(Database& database);

class Engine {
  public:
    // index may be null; else it is brought up to date after every commit that applied roll-ups.
    Engine(Stores& stores, EngineOptions options, ServerIndex* index = nullptr);

    // ingest stores a batch and what follows from it; returns the response body. A key seen
    // before stores nothing. An empty key is never remembered.
    std::string ingest(Realm realm, std::string_view key, const RecordBatch& batch, Timestamp now);
    // hold_behaviour holds what was found against the clients, but for hosts that are not ours and
    // what the allowlist names. A session that is gone keeps its evidence.
    void hold_behaviour(Realm realm, const std::vector<BehaviourFinding>& findings, Timestamp now);
    void behaviour_judged(std::string_view group, int64_t position);
    // settle is the last thing in a transaction: it applies the roll-ups when they are due, or
    // logs what was added. committed follows the commit.
    void settle(std::chrono::steady_clock::time_point now);
    void committed();
    // report_false_positive takes the server's evidence out of every score; undo brings it back.
    void report_false_positive(Realm realm, const net::IpAddress& server, const AuditEntry& by,
                               Timestamp now);
    bool undo_false_positive(Realm realm, const net::IpAddress& server, const AuditEntry& by,
                             Timestamp now);
    // last_changed: what the last commit changed. Writer thread.
    const std::vector<ServerState>& last_changed() const { return published_; }
    const IngestCounts& counts() const { return counts_; }
    // use_sources says which sources feeds are made from.
    void use_sources(std::vector<SourceOptions> sources, Timestamp now);
    // take_source publishes what was read; refused readings leave the last version in force.
    FeedPublisher::Taken take_source(const SourceOptions& source, const SourceReading& reading,
                                     Timestamp now);
    // roll_back_feed publishes an earlier version's content as a new version of a feed the realm
    // sees (RequestError 404, 422).
    void roll_back_feed(Realm realm, std::string_view feed, const std::string& version,
                        const AuditEntry& by, Timestamp now);
    // add_allowlist checks kind and value (RequestError 422) and returns the entry's id.
    int64_t add_allowlist(AllowlistRow row, Timestamp now);
    bool remove_allowlist(int64_t id, Timestamp now);
    void patch(Realm realm, const net::IpAddress& host, const HostPatch& patch,
               const AuditEntry& by, Timestamp now);
    // tick does what time brings: expiries, feeds renewed before they expire.
    void tick(Timestamp now);
    void prune_old(Timestamp now);
    uint64_t pruned() const { return pruned_; }  // rows, since the start
    // reload brings the lists kept in memory back to what the file holds; roll_back everything.
    void reload();
    void roll_back();

  private:
    struct Batch;
    struct Held {
        bool is_new = false;           // something was not held before
        intel::ThreatLevel level = 0;  // of the strongest
        std::string category;
    };
    void ingest_session(Batch& batch, const SessionRecord& session);
    // hold holds what was found in a session against its client.
    Held hold(Realm realm, int64_t sensor, const SessionRecord& session,
              const std::vector<Evidence>& found, Timestamp now);
    void refresh(Realm realm, const std::set<net::IpAddress>& hosts, Timestamp now);
    HostPolicy policy_of(Realm realm, Timestamp now) const;
    bool is_new_server(Realm realm, const SessionRecord& session, int64_t row);
    void note_server_facts(const Batch& batch, const SessionRecord& session, int64_t row);
    int64_t sensor_of(Realm realm, const std::string& name, Timestamp now);
    void review_server(Realm realm, const net::IpAddress& server, bool false_positive,
                       Timestamp now);
    std::vector<Evidence> judge(const SessionRecord& session, bool new_server) const;
    bool is_internal(const net::IpAddress& ip) const;
    bool is_allowlisted(const SessionRecord& session) const;
    void forget_known();
    void publish_allowlist(const FeedCause& cause, Timestamp now);
    void restore_allowlist(const std::string& version, Timestamp now);
    void reload_blocklist();

    Stores& stores_;
    Database& database_;  // of stores_
    EngineOptions options_;
    FeedPublisher feeds_;
    EvidenceRules rules_;
    CertificateList blocklist_;
    intel::Allowlist allowlist_;
    RollupSchedule schedule_;
    KnownKeys known_;           // end points and facts of servers
    KnownKeys known_sessions_;  // all of a session's at once
    Pruner pruner_;
    std::map<std::pair<Realm, std::string>, int64_t, std::less<>> sensors_;
    ServerIndex* index_;
    std::vector<ServerState> changed_;  // applied in this transaction
    std::vector<ServerState> published_;
    std::vector<ServerMark> marked_;  // reported or taken back in this transaction
    std::vector<std::pair<Realm, net::IpAddress>> removed_;
    IngestCounts counts_;
    uint64_t pruned_ = 0;
};

}  // namespace eti::analysis
