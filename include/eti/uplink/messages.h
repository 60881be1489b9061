// What the control thread and the uplink thread tell each other. All messages are moved.
#pragma once

#include "eti/base/clock.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/certificate_table.h"
#include "eti/intel/infected_hosts.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace eti::uplink {

// Batch is rendered NDJSON: session records and certificates. Control renders, so that uplink
// needs no record. Sessions are told of by several records; the last one's batch counts them.
struct Batch {
    uint64_t sequence = 0;  // with sensor and boot it makes the Idempotency-Key
    uint32_t records = 0;
    std::string ndjson;
    uint32_t sessions = 0;  // whose last record is in it
};

// --- from the uplink thread to the control thread ---

// SubmissionResult: the service acknowledged, or the records are lost for good.
struct SubmissionResult {
    enum class Outcome : uint8_t { Acknowledged, Rejected, SpoolFull, Corrupt };
    Outcome outcome = Outcome::Acknowledged;
    uint64_t records = 0;
    uint64_t sessions = 0;
};

// InfectedHostsUpdate is the whole table after a long poll: already merged and persisted.
struct InfectedHostsUpdate {
    uint64_t version = 0;
    std::vector<intel::InfectedHost> hosts;
    std::string store = {};  // identity of the store the version counts in; empty: not told
    // Hosts of a store that was lost: no whole list of another store removes them, only their
    // expiry or a removal by name. Ordered.
    std::vector<net::IpAddress> carried = {};
};

// Refusal is why an update was not taken.
enum class Refusal : uint8_t { Signature, Rollback, Expired, Size, Truncated, Other };
inline constexpr std::size_t kRefusals = 6;

struct FeedInfo {  // what "category summary" shows
    std::string name;
    std::string version;  // as the manifest says, e.g. 20261124.3
    uint64_t objects = 0;
    std::size_t rejected_lines = 0;
    Timestamp created{};
    Timestamp updated{};  // when this box took it
    Timestamp expires{};
    std::chrono::seconds update_interval{0};
    std::string status;   // "Store succeeded", or the error as a sentence
    bool loaded = false;  // a table is in force
    // Kept by control, since the daemon's start.
    uint64_t updates = 0;
    uint64_t failures = 0;
    std::array<uint64_t, kRefusals> refusals{};  // of the failures, by kind
    Timestamp failed{};                          // the last time; none: never
};

// BlocklistUpdate has the whole list, most of it shared with the one before when a delta led here.
struct BlocklistUpdate {
    FeedInfo info;
    std::shared_ptr<const intel::CertificateTable> table = {};  // never null when it is posted
};
struct AllowlistUpdate {
    FeedInfo info;
    std::vector<intel::AllowlistEntry> entries;
};
// FeedFailure: the last good table stays in force.
struct FeedFailure {
    std::string name;
    std::string reason;  // "signature does not verify with /etc/... (key id ab12)"
    Timestamp when{};
    Refusal kind = Refusal::Other;
};

// LinkStatus changes whenever a connection comes or goes.
struct LinkStatus {
    std::string server_host;
    uint16_t server_port = 0;
    std::string realm;  // "default" until the service names one
    bool connected = false;
    Timestamp connected_since{};
    uint64_t retries = 0;
    std::string last_error;  // a sentence with its remedy
    uint64_t spooled_batches = 0;
    uint64_t spooled_records = 0;
    uint64_t spool_bytes = 0;
    uint64_t in_flight_records = 0;
    std::chrono::milliseconds oldest_age{0};  // of what waits; 0: nothing does
    uint64_t restored_records = 0;            // of earlier runs, found in the spool at start
    uint64_t spooled_sessions = 0;
    uint64_t in_flight_sessions = 0;
    uint64_t restored_sessions = 0;
};

using Event = std::variant<SubmissionResult, InfectedHostsUpdate, BlocklistUpdate, AllowlistUpdate,
                           FeedFailure, LinkStatus>;

}  // namespace eti::uplink
