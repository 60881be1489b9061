// The service's state and every change to it. One thread at a time: the writer's, inside a
// transaction the writer opened. Methods throw StorageError when the disk fails; reload() then
// brings what is kept in memory back to what the file holds.
#pragma once

#include "eti/engine/feed_publisher.h"
#include "eti/feeds/certificate_list.h"
#include "eti/ingest/session_record.h"
#include "eti/intel/allowlist.h"
#include "eti/net/ip_address.h"
#include "eti/scoring/evidence.h"
#include "eti/store/hosts.h"
#include "eti/store/lists.h"
#include "eti/store/sessions.h"
#include "eti/store/sqlite.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct EngineOptions {
    HostPolicy hosts;
    Retention retention;
    std::vector<net::IpRange> internal;  // hosts that may be scored; empty: every client
};

// RequestError: the caller's input is no good; what() is a sentence for the problem document.
class RequestError : public std::runtime_error {
  public:
    RequestError(int status, const std::string& why) : std::runtime_error(why), status_(status) {}
    int status() const { return status_; }

  private:
    int status_;
};

class Engine {
  public:
    Engine(Database& database, EngineOptions options);

    // ingest stores a batch and what follows from it; returns the response body. A key seen
    // before stores nothing. An empty key is never remembered.
    std::string ingest(std::string_view key, const RecordBatch& batch, Timestamp now);
    // use_sources says which sources feeds are made from.
    void use_sources(std::vector<SourceOptions> sources, Timestamp now);
    // take_source publishes what was read; refused readings leave the last version in force.
    FeedPublisher::Taken take_source(const SourceOptions& source, const SourceReading& reading,
                                     Timestamp now);
    // load_certificate_feed takes a text as the source "feed". It returns a sentence for the log;
    // RequestError says why a text is refused.
    std::string load_certificate_feed(std::string_view text, Timestamp now);
    // roll_back publishes an earlier version's content as a new version (RequestError 404, 422).
    void roll_back(std::string_view feed, const std::string& version, const FeedCause& cause,
                   Timestamp now);
    // add_allowlist checks kind and value (RequestError 422) and returns the entry's id.
    int64_t add_allowlist(AllowlistRow row, Timestamp now);
    bool remove_allowlist(int64_t id, Timestamp now);
    void patch(std::string_view ip, const HostPatch& patch, Timestamp now);
    // tick does what time brings: expiries, feeds renewed before they expire.
    void tick(Timestamp now);
    void prune_old(Timestamp now) { prune(database_, options_.retention, now); }
    void reload();

  private:
    void ingest_session(const SessionRecord& session, Timestamp now,
                        std::set<std::string>& touched);
    std::vector<Evidence> judge(const SessionRecord& session, bool new_server) const;
    bool is_internal(const net::IpAddress& ip) const;
    bool is_allowlisted(const SessionRecord& session) const;
    void publish_allowlist(const FeedCause& cause, Timestamp now);
    void restore_allowlist(const std::string& version, Timestamp now);
    void reload_blocklist();

    Database& database_;
    EngineOptions options_;
    FeedPublisher feeds_;
    EvidenceRules rules_;
    CertificateList blocklist_;
    intel::Allowlist allowlist_;
};

}  // namespace eti::analysis
