// The service's state and every change to it. One thread at a time: the writer's, inside a
// transaction the writer opened. Methods throw StorageError when the disk fails; reload() then
// brings what is kept in memory back to what the file holds.
#pragma once

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

inline constexpr std::string_view kCertificateFeed = "cc_cert_sha1";
inline constexpr std::string_view kAllowlistFeed = "eta_custom_whitelist";

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
    // load_certificate_feed publishes the text as the next version. It returns a sentence for the
    // log; on error (refused text) the last version stays and RequestError says why.
    std::string load_certificate_feed(std::string_view text, Timestamp now);
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
    void publish_allowlist(Timestamp now);

    Database& database_;
    EngineOptions options_;
    EvidenceRules rules_;
    CertificateList blocklist_;
    intel::Allowlist allowlist_;
};

}  // namespace eti::analysis
