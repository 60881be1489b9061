// What the daemon knows about itself, as plain values: the show commands' only source.
#pragma once

#include "eti/base/clock.h"
#include "eti/control/process_status.h"
#include "eti/control/worker_link.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"
#include "eti/metadata/session_view.h"
#include "eti/uplink/messages.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eti::control {

struct CounterValue {
    std::string name;
    std::string help;
    uint64_t value = 0;  // all workers together
};

// Sessions and records in the vendor's words, and the ledger behind them.
// SessionLedger says where the last record of each session is: recognised = open + whitelisted +
// acknowledged + waiting + in flight + spooled + lost by reason.
struct SessionLedger {
    uint64_t ended = 0;  // their last record was made, or lost in the ring
    uint64_t acknowledged = 0;
    uint64_t waiting = 0;  // in the workers' rings and the open batch
    uint64_t rejected = 0;
    uint64_t spool_full = 0;
    uint64_t corrupt = 0;
    uint64_t ring_full = 0;
};

struct StatisticsStatus {
    uint64_t sessions_inspected = 0;
    uint64_t sessions_whitelisted = 0;
    uint64_t sessions_detected = 0;
    uint64_t records_acknowledged = 0;
    uint64_t records_rejected = 0;    // lost: the service will never take them
    uint64_t records_spool_full = 0;  // lost: the spool's byte limit
    uint64_t records_corrupt = 0;     // lost: unreadable spool
    uint64_t records_ring_full = 0;   // lost: the control thread was behind
    uint64_t records_batched = 0;     // waiting for their batch to leave
    uint64_t records_drained = 0;     // taken over from the workers since start
    SessionLedger sessions;           // since start, whatever was cleared
    std::vector<CounterValue> counters;

    uint64_t records_lost() const {
        return records_rejected + records_spool_full + records_corrupt + records_ring_full;
    }
};

// since takes what had been counted at a clear from what has been counted now.
StatisticsStatus since(const StatisticsStatus& now, const StatisticsStatus& cleared);

// What "clear ... statistics" may clear.
enum class Cleared : uint8_t { MetadataStreaming, SecurityIntelligence, AntiMalware };

struct CategoryStatus {
    std::string name;         // CC, Infected-Hosts, Whitelist
    std::string description;  // for people
    bool enabled = false;
    std::vector<uplink::FeedInfo> feeds;
};

// One line group of "show services security-intelligence statistics".
struct ProfileStatistics {
    std::string category;
    std::string profile;
    uint64_t permitted = 0;
    uint64_t dropped = 0;
    uint64_t closed = 0;
};
std::vector<ProfileStatistics> since(std::vector<ProfileStatistics> now,
                                     const std::vector<ProfileStatistics>& cleared);

struct RingStatus {
    std::size_t used = 0;
    std::size_t capacity = 0;
};
struct WorkerStatus {
    RingStatus records;
    RingStatus certificates;
    uint64_t flows = 0;  // entries in use
    WorkerTiming::Reading timing;
};
struct WireStatus {
    std::string name;
    std::array<std::string, 2> interfaces;  // ge-0/0/0
};
struct LogStreamStatus {
    std::string name;
    std::string transport;   // udp, tcp, tls
    bool connected = false;  // events leave at once
    uint64_t queued = 0;     // wait for the connection
    uint64_t sent = 0;
    uint64_t dropped = 0;
    std::string problem;  // empty, or why nothing is sent
};

struct Status {
    std::string host_name;
    std::string version;
    Timestamp now{};
    Timestamp started{};
    StatisticsStatus statistics;  // since start: clearing moves only the next two
    StatisticsStatus streaming_cleared;
    StatisticsStatus anti_malware_cleared;
    std::shared_ptr<const intel::Allowlist> allowlist;           // never null
    std::shared_ptr<const intel::InfectedHosts> infected_hosts;  // never null
    std::shared_ptr<const intel::Sha1Blocklist> blocklist;       // never null
    std::shared_ptr<const policy::Policy> policy;                // never null
    std::vector<CategoryStatus> categories;
    std::vector<ProfileStatistics> profiles;
    std::vector<ProfileStatistics> profiles_cleared;
    bool cloud_configured = false;
    uplink::LinkStatus link;
    std::vector<WorkerStatus> workers;
    std::vector<metadata::PortStatus> ports;
    std::vector<WireStatus> wires;
    std::vector<LogStreamStatus> log_streams;
    std::vector<std::string> policies;  // names of security policies, in order; index + 1: number
    uint64_t maximum_flows = 0;         // all workers together
    uint64_t spool_limit_bytes = 0;
    ProcessStatus process;
};

struct SessionListing {
    std::vector<metadata::SessionView> sessions;
    uint64_t left_out = 0;                 // beyond the bound on a listing
    std::vector<unsigned> silent_workers;  // did not answer in time
};

}  // namespace eti::control
