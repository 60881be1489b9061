// All that the control thread knows of the dataplane: rings, counters and published tables.
// The program hands in the real ones, tests hand in their own.
#pragma once

#include "eti/base/counters.h"
#include "eti/base/published.h"
#include "eti/base/record_ring.h"
#include "eti/base/worker_timing.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"
#include "eti/intel/sha1_blocklist.h"
#include "eti/metadata/port_status.h"
#include "eti/metadata/record.h"
#include "eti/metadata/session_view.h"
#include "eti/policy/policy.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace eti::control {

struct WorkerLink {
    RecordRing<metadata::Record>* records = nullptr;                 // control: consumer
    RecordRing<metadata::CertificateBytes>* certificates = nullptr;  // control: consumer
    RecordRing<metadata::SessionView>* sessions = nullptr;           // control: consumer
    std::atomic<uint64_t>* session_request = nullptr;  // control: w | worker: r; a new number asks
    RecordRing<metadata::DnsAnswer>* dns_answers = nullptr;  // control: consumer; may be missing
    const WorkerTiming* timing = nullptr;                    // control: r; may be missing
};

// CounterReader reads one named counter of one worker; the names and order are the dataplane's.
struct CounterSet {
    std::vector<CounterText> texts;
    std::function<uint64_t(unsigned worker, std::size_t counter)> read;
};

struct PublishedTables {
    QuiescentDomain& domain;
    Published<policy::Policy>& policy;
    Published<intel::Sha1Blocklist>& blocklist;
    Published<intel::InfectedHosts>& infected_hosts;
    Published<intel::Allowlist>& allowlist;
};

// DataplaneView is everything control gets at construction.
struct DataplaneView {
    std::vector<WorkerLink> workers;
    CounterSet counters;
    PublishedTables tables;
    std::function<std::vector<metadata::PortStatus>()> ports;  // control thread only
};

}  // namespace eti::control
